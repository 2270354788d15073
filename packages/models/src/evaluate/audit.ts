import { randomStream, shuffled } from '../train/random.ts';
import type { Fold } from './folds.ts';
import type { AuditReport, ControlReport, DataReport, EntrantReport, StimulusReport } from './report.ts';
import { leastVariance, momentsOf } from './scaling.ts';
import { rounded } from './summarise.ts';
import { type EvaluationTable, rowFeatures, widthOf } from './table.ts';

/** How many windows a search for neighbours looks at. */
const mostSearched = 400;
/** Shares above this are worth a sentence. */
const worthSaying = 0.005;

/** How much of the test is known from training: shares of the test windows, mean over folds. */
export const sharedWithTraining = (table: EvaluationTable, folds: readonly Fold[]): AuditReport['shared'] => {
  let [trial, subject, overlaps, all] = [0, 0, 0, 0];
  for (const { train, validate, test } of folds) {
    const [trials, people] = [new Set<number>(), new Set<number>()];
    const isKnown = new Uint8Array(table.nRows);
    for (const known of [train, validate]) {
      for (const row of known) {
        trials.add(table.trial[row]);
        people.add(table.subject[row]);
        isKnown[row] = 1;
      }
    }
    for (const row of test) {
      all++;
      if (trials.has(table.trial[row])) trial++;
      if (people.has(table.subject[row])) subject++;
      if (overlapsKnown(table, row, isKnown)) overlaps++;
    }
  }
  const share = (n: number): number => rounded(n / Math.max(1, all));
  return { sameTrialInTraining: share(trial), sameSubjectInTraining: share(subject), overlapsTrainingInTime: share(overlaps) };
};

/** Whether a window shares time with a training window of its session. Rows of a session lie together, in order of time. */
const overlapsKnown = ({ session, tmin, tmax, nRows }: EvaluationTable, row: number, isKnown: Uint8Array): boolean => {
  const shares = (other: number): boolean => tmin[other] < tmax[row] - 1e-9 && tmax[other] > tmin[row] + 1e-9;
  for (const step of [-1, 1]) {
    for (let other = row + step; other >= 0 && other < nRows && session[other] === session[row] && shares(other); other += step) {
      if (isKnown[other] === 1) return true;
    }
  }
  return false;
};

/** Names of values that never change within a trial but differ between trials of one session: each is a trial's name. */
export const trialConstants = (table: EvaluationTable): string[] => {
  const found: string[] = [];
  for (const feature of table.features) {
    const width = widthOf(feature);
    for (let i = 0; i < width; i++) {
      const ofTrial = new Map<number, number>();
      const ofSession = new Map<number, number>();
      let [isConstant, differs] = [true, false];
      for (let row = 0; row < table.nRows && isConstant; row++) {
        const value = feature.values[row * width + i];
        const trial = table.trial[row];
        const session = table.session[row];
        isConstant = (ofTrial.get(trial) ?? value) === value;
        differs ||= (ofSession.get(session) ?? value) !== value;
        ofTrial.set(trial, value);
        ofSession.set(session, value);
      }
      if (isConstant && differs) found.push(`${feature.spec.name}[${i}]`);
    }
  }
  return found;
};

/** How often the nearest other window of a session (none that shares time) is of the same trial, beside how often a random one is. */
export const trialRecognition = (table: EvaluationTable): DataReport['trialRecognition'] => {
  const rows = rowFeatures(table);
  const { width, values } = rows;
  const everyRow = Int32Array.from({ length: table.nRows }, (_, row) => row);
  const scale = momentsOf(rows, everyRow).variance.map((variance) => (variance > leastVariance ? 1 / variance : 1));
  const ofSession = table.sessions.map((): number[] => []);
  table.session.forEach((session, row) => {
    ofSession[session].push(row);
  });
  let [hits, expected, asked] = [0, 0, 0];
  for (const row of shuffled(table.nRows, randomStream(11, 0)).slice(0, mostSearched)) {
    let least = Number.POSITIVE_INFINITY;
    let nearest = -1;
    let [own, others] = [0, 0];
    for (const other of ofSession[table.session[row]]) {
      if (other === row || (table.tmin[other] < table.tmax[row] - 1e-9 && table.tmax[other] > table.tmin[row] + 1e-9)) continue;
      if (table.trial[other] === table.trial[row]) own++;
      else others++;
      let sum = 0;
      for (let i = 0; i < width && sum < least; i++) sum += (values[row * width + i] - values[other * width + i]) ** 2 * scale[i];
      if (sum < least) [least, nearest] = [sum, other];
    }
    if (own === 0 || others === 0) continue;
    asked++;
    expected += own / (own + others);
    if (table.trial[nearest] === table.trial[row]) hits++;
  }
  return { share: rounded(hits / Math.max(1, asked)), chance: rounded(expected / Math.max(1, asked)) };
};

/** What a coin of this many trials and classes gets in 95 of 100 draws, in balanced accuracy. */
export const chanceInterval = (nTrials: number, nClasses: number): readonly [number, number] => {
  const chance = 1 / nClasses;
  const spread = 1.96 * Math.sqrt((chance * (1 - chance)) / nTrials);
  return [rounded(Math.max(0, chance - spread)), rounded(Math.min(1, chance + spread))];
};

/** A share for a sentence: `73 %`, near the ends with a digit more. */
export const percent = (share: number): string => `${(100 * share).toFixed(share > 0.995 || share < 0.005 ? 1 : 0)} %`;

/**
 * Puts what was found together and stamps it. `selfReportNames`: names of inputs that say who and in which condition; `stimuli` stands beside the
 * stamp.
 */
export const auditOf = (
  shared: AuditReport['shared'],
  controls: readonly ControlReport[],
  entrants: readonly Pick<EntrantReport, 'entrant' | 'reads' | 'fitted'>[],
  selfReportNames: readonly string[],
  stimuli?: StimulusReport,
): AuditReport => {
  const fittedOnTest = entrants.flatMap(({ entrant, fitted }) =>
    fitted.filter(({ nTestRows }) => nTestRows > 0).map((fact) => ({ entrant, ...fact })),
  );
  const selfReport = entrants
    .map(({ entrant, reads }) => ({ entrant, reads: reads.filter((name) => selfReportNames.includes(name)) }))
    .filter(({ reads }) => reads.length > 0);
  const above = controls.filter(({ isAbove }) => isAbove);
  const cheats = fittedOnTest.filter(({ usesLabels }) => usesLabels);
  const findings = [
    ...above.map(
      ({ control, draws, chance }) =>
        `${control}: ${draws.map(percent).join(' and ')} where chance is ${percent(chance[0])} to ${percent(chance[1])}`,
    ),
    ...(shared.sameTrialInTraining > worthSaying
      ? [`${percent(shared.sameTrialInTraining)} of the test windows have windows of their own trial in training`]
      : []),
    ...(shared.overlapsTrainingInTime > worthSaying
      ? [`${percent(shared.overlapsTrainingInTime)} of the test windows share time with a training window`]
      : []),
    ...cheats.map(({ entrant, what, nTestRows }) => `${entrant}: ${what} was fitted on labels of ${nTestRows} test windows`),
    ...[...new Set(fittedOnTest.filter(({ usesLabels }) => !usesLabels).map(({ what }) => what))].map(
      (what) => `${what}: has seen test windows, without labels`,
    ),
    ...selfReport.map(({ entrant, reads }) => `${entrant} is told ${reads.join(' and ')}, which state the label`),
  ];
  const stamp = above.length > 0 || cheats.length > 0 ? 'LEAKS' : 'no leak found';
  return { stamp, shared, controls, fittedOnTest, selfReport, ...(stimuli && { stimuli }), findings };
};
