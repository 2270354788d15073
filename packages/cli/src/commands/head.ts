import { ignoreReports, nTimesOf, type Recording, type Signal } from '@affect-edge/acquire';
import { oneRecording, type ReadingOptions } from '../convert/one-recording.ts';
import { say, type Terminal } from '../terminal.ts';

export interface HeadOptions extends ReadingOptions {
  readonly lines: number;
  readonly json?: boolean;
}

/** The first samples of one signal. */
interface Beginning {
  readonly signal: Signal;
  readonly rows: { readonly tSec: number; readonly values: number[] }[];
}

/** A signal that has not begun by then is not waited for, s. */
const longestSec = 60;

/** The first samples of every signal and the first marks, as they are read: with times and units. */
export const head = async (paths: readonly string[], options: HeadOptions, { out, stop }: Terminal): Promise<number> => {
  const { lines, json = false } = options;
  const recording = await oneRecording(paths, options);
  const beginnings = await beginningsOf(recording, lines, stop);
  const marks = (recording.marks ?? []).slice(0, lines);
  if (json) {
    for (const { signal, rows } of beginnings) {
      for (const { tSec, values } of rows)
        say(out, JSON.stringify({ signal: signal.id, t_sec: tSec, unit: signal.unit, values: valuesByName(signal, values) }));
    }
    for (const { atSec, text } of marks) say(out, JSON.stringify({ mark: text, t_sec: atSec }));
    return 0;
  }
  for (const { signal, rows } of beginnings) {
    say(
      out,
      `${signal.id}  ${signal.unit}, ${signal.sfreq === 0 ? 'irregular' : `${signal.sfreq} Hz`}${rows.length === 0 ? ', no samples' : ''}`,
    );
    if (rows.length === 0) continue;
    say(out, `  ${['time (s)', ...signal.montage.channels].map((name) => name.padStart(12)).join(' ')}`);
    for (const { tSec, values } of rows)
      say(out, `  ${[tSec.toFixed(6), ...values.map(figure)].map((text) => text.padStart(12)).join(' ')}`);
  }
  for (const { atSec, text } of marks) say(out, `mark  ${atSec.toFixed(6)} s  ${text}`);
  return 0;
};

const beginningsOf = async (recording: Recording, lines: number, stop: AbortSignal): Promise<readonly Beginning[]> => {
  const found = new Map<Signal, Beginning>(recording.signals.map((signal) => [signal, { signal, rows: [] }]));
  let firstSec = Number.NaN;
  for await (const block of recording.blocks(ignoreReports)) {
    const beginning = found.get(block.signal);
    const { sfreq } = block.signal;
    const nTimes = nTimesOf(block);
    for (let t = 0; beginning !== undefined && t < nTimes && beginning.rows.length < lines; t++) {
      const values = block.signal.montage.channels.map((_, c) => block.data[c * nTimes + t]);
      beginning.rows.push({ tSec: block.tmin + (sfreq > 0 ? t / sfreq : 0), values });
    }
    if (Number.isNaN(firstSec)) firstSec = block.tmin;
    const isEnough = [...found.values()].every(({ rows }) => rows.length >= lines);
    if (isEnough || block.tmin - firstSec > longestSec || stop.aborted) break;
  }
  return [...found.values()];
};

const valuesByName = ({ montage }: Signal, values: readonly number[]) =>
  Object.fromEntries(montage.channels.map((name, c) => [name, values[c]]));
const figure = (value: number): string => `${Number(value.toPrecision(7))}`;
