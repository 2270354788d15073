import { type EdaSignal, nTimesOf, type SampleBlock, type Trial } from '@affect-edge/acquire';
import { edaCourse, edaHistory, type FeatureSpec } from '@affect-edge/features';
import { horizonsSec } from '../eda-physics.ts';
import { ModelError } from '../errors.ts';
import { edaExamples, vectorsOf } from '../train/eda-examples.ts';
import { edaSummary, edaSummaryLabels } from '../train/eda-summary.ts';
import { type LabelChoice, labelValue } from './label-choice.ts';
import type { EvaluationTable } from './table.ts';
import { sessionClock, type TableRow, type TrialName, tableOf, trialName } from './table-rows.ts';

/** How skin conductance becomes windows. */
export interface EdaTableOptions {
  readonly name: string;
  readonly description: string;
  readonly label: LabelChoice;
  /** Distance between windows, s; 15 when absent. Windows are 60 s long. */
  readonly strideSec?: number;
  /** Windows with a smaller share of trustworthy values are left out; 0.5 when absent. */
  readonly minQuality?: number;
  /** Windows that end earlier in the session are left out, s: the rest by which a wearer is known. 240 when absent. */
  readonly settledSec?: number;
  /** Id of the signal where a trial has several: the wrist's, the chest's. */
  readonly signal?: string;
}

const windowSec = 60;
/** What the published network predicts: the mean of a few seconds. */
const levelSec = 5;
const perSec = 4;

/** Mean conductance of the last 5 s of a window, µS; persistence answers with the 5 s before them. */
export const levelName = `EDA, mean of ${levelSec} s`;
/** Conductance at a time after the window, µS; persistence answers with the last value. */
export const forecastName = (seconds: number): string => `EDA in ${seconds} s`;

type EdaBlock = SampleBlock<EdaSignal>;

interface Stretch extends TrialName {
  readonly tmin: number;
  readonly tmax: number;
  readonly blocks: readonly EdaBlock[];
}

const edaOf = ({ blocks, subject, trial }: Trial, id: string | undefined): EdaBlock[] => {
  const all = blocks.filter((block): block is EdaBlock => block.signal.kind === 'eda');
  const ids = [...new Set(all.map(({ signal }) => signal.id))];
  if (id === undefined && ids.length > 1) {
    throw new ModelError(
      'bad-option',
      `Trial ${trial} of ${subject} has several signals of skin conductance (${ids.join(', ')}); name one as 'signal'.`,
    );
  }
  return id === undefined ? all : all.filter(({ signal }) => signal.id === id);
};

const shifted = (blocks: readonly EdaBlock[], by: number): EdaBlock[] =>
  blocks.map((block) =>
    by === 0 ? block : { ...block, tmin: block.tmin + by, firstSample: Math.round((block.tmin + by) * block.signal.sfreq) },
  );

/** The windows of one session, whose stretches follow each other in time. */
const sessionRows = (
  stretches: readonly Stretch[],
  { strideSec = 15, minQuality = 0.5, settledSec = 240 }: EdaTableOptions,
): { readonly specs: readonly FeatureSpec[]; readonly rows: TableRow[] } => {
  const vectors = vectorsOf(
    stretches.flatMap(({ blocks }) => blocks),
    [edaCourse(), edaHistory()],
  );
  const courses = vectors.get('eda-course') ?? [];
  const histories = vectors.get('eda-history') ?? [];
  if (courses.length === 0 || histories.length === 0) return { specs: [], rows: [] };
  const within = (tmax: number): Stretch | undefined =>
    stretches.find((one) => tmax - windowSec >= one.tmin - 1e-6 && tmax <= one.tmax + 1e-6);
  const first = stretches[0].tmin;
  const kept = {
    vectors,
    stressAt: (tmax: number) => (tmax - first >= settledSec ? (within(tmax)?.value ?? Number.NaN) : Number.NaN),
    arousalAt: () => Number.NaN,
  };
  const examples = edaExamples([kept], { strideSec, minQuality });
  if (!examples.history) return { specs: [], rows: [] };
  const summary = edaSummary(examples);
  const nCourse = examples.course.length / examples.nRows;
  const nHistory = examples.history.length / examples.nRows;
  const rows: TableRow[] = [];
  for (let row = 0; row < examples.nRows; row++) {
    const tmax = examples.tmax[row];
    const stretch = Number.isNaN(examples.stress[row]) ? undefined : within(tmax);
    if (!stretch) continue;
    const course = examples.course.subarray(row * nCourse, (row + 1) * nCourse);
    const microsiemens = course.subarray((nCourse / 4) * 3);
    const meanOf = (part: Float32Array): number => part.reduce((sum, value) => sum + value, 0) / part.length;
    const n = levelSec * perSec;
    rows.push({
      ...stretch,
      tmin: tmax - windowSec,
      tmax,
      features: [course, examples.history.subarray(row * nHistory, (row + 1) * nHistory), summary[row]],
      quantities: [
        [meanOf(microsiemens.subarray(-n)), meanOf(microsiemens.subarray(-2 * n, -n))],
        ...horizonsSec.map((_, h) => [examples.future[row * horizonsSec.length + h], microsiemens[microsiemens.length - 1]] as const),
      ],
    });
  }
  const specs = [
    courses[0].spec,
    histories[0].spec,
    { name: 'eda-summary', unit: '1', axes: [{ name: 'statistic', labels: edaSummaryLabels }], recipe: { windowSec } },
  ];
  return { specs, rows };
};

/**
 * Windows of skin conductance as a table: the minute's course and the wearer's history for the physics network, eight numbers of the same inputs for
 * classifiers of rows, and conductance to be told. Trials of a session whose clocks go on are one stream, as on the device; a window counts where it
 * lies wholly in one trial.
 * @throws ModelError('bad-option') where there is no window, or several signals and no choice.
 */
export const edaTable = async (trials: AsyncIterable<Trial>, options: EdaTableOptions): Promise<EvaluationTable> => {
  const place = sessionClock();
  const sessions = new Map<string, Stretch[]>();
  for await (const trial of trials) {
    const value = labelValue(trial, options.label) ?? Number.NaN;
    const blocks = edaOf(trial, options.signal);
    if (blocks.length === 0) continue;
    const key = `${trial.subject}/${trial.session}`;
    const last = blocks[blocks.length - 1];
    const [tmin, tmax] = [blocks[0].tmin, last.tmin + nTimesOf(last) / last.signal.sfreq];
    const shift = place(key, tmin, tmax);
    const stretch: Stretch = {
      ...trialName(trial, value),
      tmin: tmin + shift,
      tmax: tmax + shift,
      blocks: shifted(blocks, shift),
    };
    const session = sessions.get(key);
    if (session) session.push(stretch);
    else sessions.set(key, [stretch]);
  }
  const made = [...sessions.values()].map((stretches) => sessionRows(stretches, options));
  const specs = made.find((one) => one.specs.length > 0)?.specs;
  if (!specs)
    throw new ModelError(
      'bad-option',
      `'${options.name}' has no window of ${windowSec} s of skin conductance with the label '${options.label.name}'.`,
    );
  return tableOf(
    {
      ...options,
      features: specs.map((spec, i) => ({ spec, origin: 'sensor', use: i === 2 ? 'rows' : 'network' })),
      quantities: [levelName, ...horizonsSec.map(forecastName)].map((name) => ({ name, unit: 'µS' })),
    },
    made.flatMap(({ rows }) => rows),
  );
};
