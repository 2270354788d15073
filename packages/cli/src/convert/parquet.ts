import { play, type Recording, type Signal, type WriteOptions, type Written, watched } from '@affect-edge/acquire';
import {
  type AnyFeature,
  condition,
  epochs,
  extract,
  FEATURES,
  type FeatureSpec,
  type FeatureVector,
  findFeature,
} from '@affect-edge/features';
import { tap } from 'rxjs';
import { checkHop } from '../check-hop.ts';
import { ConfigError } from '../errors.ts';
import { refusalOf, specOf } from '../spec-of.ts';

export interface ParquetOptions extends WriteOptions {
  readonly hopSec: number;
  /** Names of features; all that fit the signals when absent. */
  readonly features?: readonly string[];
}

/** Rows that are kept open for signals that lag behind: at a hop of 0.5 s, two minutes. */
const openRows = 240;
const rowsPerGroup = 4096;

/** The columns of one feature of one signal. */
interface Columns {
  readonly signal: string;
  readonly spec: FeatureSpec;
  /** `eeg.band-de.Fp1.theta`, in the order of the vector's values; then the quality. */
  readonly names: readonly string[];
  readonly first: number;
}

/**
 * Computes features of a recording by the operators of the live line and writes them as a Parquet file: a row for each time on the grid at which there is
 * one, `t_sec` (the end of the window), a column for each element and one for the quality of each feature, null where there is none. The
 * specs lie in the file's metadata under `affect`. Constant memory. Overwrites: give it a new path. Throws `ConfigError('no-input')` where no
 * feature can be computed, `ConfigError('bad-option')` for a hop that does not go into the windows, and `FeatureError` for an unknown one.
 */
export const writeParquet = async (recording: Recording, path: string, options: ParquetOptions): Promise<Written> => {
  const { hopSec, progress, stop, report = () => {} } = options;
  const { ParquetWriter, fileWriter } = await import('hyparquet-writer');
  const { features, left } = featuresFor(recording.signals, options.features);
  checkHop(() => features, recording.signals, hopSec);
  const columns = layOut(recording.signals, features);
  const width = columns.reduce((sum, { names }) => sum + names.length, 0);
  if (width === 0)
    throw new ConfigError(
      'no-input',
      `No feature can be computed of ${recording.signals.map(({ id, kind }) => `${id} (${kind})`).join(', ') || 'a recording without signals'}.${left.map((why) => ` ${why}`).join('')}`,
    );
  const byVector = new Map(columns.map((one) => [`${one.signal}\n${JSON.stringify(one.spec)}`, one]));
  const known = new WeakMap<FeatureSpec, Map<string, Columns | undefined>>();
  const columnsOf = ({ signal, spec }: FeatureVector): Columns | undefined => {
    const bySignal = known.get(spec) ?? new Map<string, Columns | undefined>();
    known.set(spec, bySignal);
    if (!bySignal.has(signal)) bySignal.set(signal, byVector.get(`${signal}\n${JSON.stringify(spec)}`));
    return bySignal.get(signal);
  };
  const names = columns.flatMap((one) => one.names);
  const file = fileWriter(path);
  const writer = new ParquetWriter({
    writer: file,
    schema: [
      { name: 'root', num_children: width + 1 },
      { name: 't_sec', type: 'DOUBLE', repetition_type: 'REQUIRED' },
      ...names.map((name) => ({ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }) as const),
    ],
    createdBy: 'affect-edge',
    kvMetadata: [{ key: 'affect', value: JSON.stringify(describe(recording, hopSec, columns)) }],
  });

  const open = new Map<number, Float64Array>();
  let group: { tSec: number; row: Float64Array }[] = [];
  let newest = Number.NEGATIVE_INFINITY;
  let nRows = 0;
  let nLate = 0;
  let closedUntil = Number.NEGATIVE_INFINITY;
  const writeGroup = () => {
    if (group.length === 0) return;
    const columnData = [
      { name: 't_sec', data: Float64Array.from(group, ({ tSec }) => tSec) },
      ...names.map((name, c) => ({ name, data: group.map(({ row }) => (Number.isFinite(row[c]) ? row[c] : null)) })),
    ];
    void writer.write({ columnData, rowGroupSize: rowsPerGroup });
    nRows += group.length;
    group = [];
  };
  const closeRows = (until: number) => {
    for (const index of [...open.keys()].filter((k) => k <= until).sort((a, b) => a - b)) {
      group.push({ tSec: index * hopSec, row: open.get(index)! });
      open.delete(index);
      if (group.length >= rowsPerGroup) writeGroup();
    }
    closedUntil = Math.max(closedUntil, until);
  };
  const take = (vector: FeatureVector) => {
    const place = columnsOf(vector);
    if (place === undefined) return;
    const { index, values, quality } = vector;
    if (index <= closedUntil) {
      nLate++;
      return;
    }
    let row = open.get(index);
    if (row === undefined) {
      row = new Float64Array(width).fill(Number.NaN);
      open.set(index, row);
      if (index > newest + openRows / 2) closeRows(index - openRows);
      newest = Math.max(newest, index);
      if (open.size > openRows) closeRows(newest - openRows);
    }
    row.set(values, place.first);
    row[place.first + values.length] = quality;
  };

  const see = watched('writing', progress, stop);
  const counts = new Map<string, number>();
  await new Promise<void>((resolve, reject) => {
    play([recording], { speed: 'max', report, ...(stop !== undefined && { signal: stop }) })
      .pipe(
        tap((block) => {
          see(block);
          counts.set(block.signal.id, (counts.get(block.signal.id) ?? 0) + block.data.length / block.signal.montage.channels.length);
        }),
        condition([], report),
        epochs({ hopSec }, report),
        extract(features, hopSec, report),
        tap(take), // here, so that a disk that is full ends the reading; what a subscriber throws ends the program
      )
      .subscribe({ error: reject, complete: resolve });
  });
  stop?.throwIfAborted();
  closeRows(Number.POSITIVE_INFINITY);
  writeGroup();
  await writer.finish();
  return {
    bytes: file.offset,
    signals: recording.signals.map(({ id }) => ({ id, nSamples: counts.get(id) ?? 0, quantum: 0, shiftSec: 0, driftSec: 0 })),
    notes: [
      `${nRows} rows, ${width} columns of features`,
      ...left,
      ...(nLate > 0 ? [`${nLate} feature vectors came too late for their row`] : []),
    ],
  };
};

/** The features that can be computed of these signals: those named, or all; and why others are left out. */
const featuresFor = (signals: readonly Signal[], wanted: readonly string[] | undefined): { features: AnyFeature[]; left: string[] } => {
  const left: string[] = [];
  const features = (wanted?.map(findFeature) ?? FEATURES).flatMap((entry): AnyFeature[] => {
    const of = signals.filter(({ kind }) => kind === entry.kind);
    if (of.length === 0) {
      if (wanted !== undefined) left.push(`${entry.name} needs ${entry.kind}, and there is none.`);
      return [];
    }
    const feature = entry.create();
    const refusals = of.flatMap((signal) => refusalOf(feature, signal) ?? []);
    left.push(...refusals.map((why) => `${entry.name} is left out: ${why}`));
    return refusals.length === of.length ? [] : [feature];
  });
  return { features, left };
};

const layOut = (signals: readonly Signal[], features: readonly AnyFeature[]): Columns[] => {
  let first = 0;
  return signals.flatMap((signal) =>
    features
      .filter((feature) => feature.kind === signal.kind && refusalOf(feature, signal) === undefined)
      .map((feature): Columns => {
        const spec = specOf(feature, signal);
        const stem = `${signal.id}.${spec.name}`;
        const names = [...elements(spec).map((labels) => [stem, ...labels].join('.')), `${stem}.quality`];
        first += names.length;
        return { signal: signal.id, spec, names, first: first - names.length };
      }),
  );
};

/** The labels of every element of a feature, row-major over its axes. */
const elements = ({ axes }: FeatureSpec): string[][] =>
  axes.reduce<string[][]>((before, { labels }) => before.flatMap((one) => labels.map((label) => [...one, label])), [[]]);

const describe = ({ name, format, startedAt }: Recording, hopSec: number, columns: readonly Columns[]) => ({
  schema: 'affect.features/1',
  recording: { name, format, started: startedAt === undefined ? null : new Date(startedAt * 1000).toISOString() },
  hop_sec: hopSec,
  features: columns.map(({ signal, spec, names }) => ({ signal, spec, columns: names })),
});
