import type { EntrantReport, EvaluationReport, Figure, OverFolds, ProtocolReport } from '@affect-edge/models';

/** How figures are written in every form of a report. */

/** `0.712 [0.655, 0.770]`; `–` where there is none. */
export const figureText = (figure: Figure | undefined): string => {
  if (figure === undefined) return '–';
  // Zero has no sign, also where it is a rounded −0.0003.
  const short = (value: number): string => (Number(value.toFixed(3)) + 0).toFixed(3);
  return figure.interval95 === undefined ? short(figure.value) : `${short(figure.value)} [${figure.interval95.map(short).join(', ')}]`;
};

export const figureOf = (figures: readonly Figure[], metric: string): Figure | undefined =>
  figures.find((figure) => figure.metric === metric);

/** The metrics of labels, in the order of the tables. */
export const labelMetrics = ['accuracy', 'balanced accuracy', 'macro-F1', 'AUC', 'calibration error'] as const;

/** `mean (smallest–largest)` of a number over folds. */
export const overFoldsText = ({ mean, range }: OverFolds): string =>
  range[0] === range[1] ? String(mean) : `${mean} (${range[0]}–${range[1]})`;

/** `leave-one-subject-out, train-fit`: what a number is never printed without. */
export const protocolText = ({ protocol, normalisation }: Pick<ProtocolReport, 'protocol' | 'normalisation'>): string =>
  `${protocol}, ${normalisation}`;

/** The entrant that stands for a protocol in plots: the first network that tells labels, else the linear discriminant. */
export const mainEntrant = ({ entrants }: ProtocolReport): EntrantReport | undefined =>
  entrants.find(({ kind, figures }) => kind === 'network' && figures.length > 0) ?? entrants.find(({ entrant }) => entrant === 'LDA');

/** `Leave-one … 12 folds, 340 test windows. Left out, with too few sessions or trials of their own: S03.` */
export const foldsText = ({ title, nFolds, nTestWindows, leftOut = [] }: ProtocolReport): string => {
  const without = leftOut.length > 0 ? ` Left out, with too few sessions or trials of their own: ${leftOut.join(', ')}.` : '';
  return `${title[0].toUpperCase()}${title.slice(1)}. ${nFolds} folds, ${nTestWindows} test windows.${without}`;
};

/** What a coin gets in 95 of 100 draws under a protocol, by its number of test trials: `0.40–0.60`. Trials, not windows, are independent. */
export const chanceText = ({ audit }: ProtocolReport): string => {
  const chance = audit.controls.find(({ control }) => control === 'labels dealt anew')?.chance;
  return chance === undefined ? '–' : chance.map((value) => value.toFixed(2)).join('–');
};

/** Whether the audit found that training was shown what test trials were shown. */
export const hasKnownStimuli = ({ audit }: Pick<ProtocolReport, 'audit'>): boolean => audit.stimuli?.isShared === true;

/** The stamp of the audit, and whether training was shown what the test was shown: no row of a table is without it. */
export const stampText = (protocol: Pick<ProtocolReport, 'audit'>): string =>
  `${protocol.audit.stamp}${hasKnownStimuli(protocol) ? ', known stimuli' : ''}`;

/** What the audit says of stimuli, as a line of a list; none where it is not documented what was shown. */
export const stimuliLines = ({ audit: { stimuli } }: Pick<ProtocolReport, 'audit'>): string[] =>
  stimuli === undefined ? [] : [`${stimuli.isShared ? 'caution' : 'stimuli'}: ${stimuli.sentence}`];

/** What `known stimuli` in a table means; none where no protocol has it. */
export const stimuliSentences = ({ protocols }: EvaluationReport): string[] =>
  protocols.some(hasKnownStimuli)
    ? [
        'Known stimuli: training was shown what the test trials were shown. Where labels go with clips, a label can be told by recognising the clip and not the emotion. It is a caution and no leak: published protocols have it too.',
      ]
    : [];

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** What the lookup tables do where a network stands beside them: whether anything learned does better than knowing who, in which condition and when. */
export const lookupSentences = ({ protocols }: EvaluationReport): string[] =>
  protocols.flatMap((protocol) => {
    const tables = protocol.entrants.filter(({ entrant }) => entrant.startsWith('lookup'));
    const networks = protocol.entrants.filter(({ kind }) => kind !== 'baseline');
    const labels = comparison(tables, networks, ({ figures }) => figureOf(figures, 'balanced accuracy')?.value, 1);
    const names = [...new Set(networks.flatMap(({ quantities }) => Object.keys(quantities)))].filter((name) => name.includes('mean of'));
    return [
      ...labels.map((text) => `${protocolText(protocol)}, balanced accuracy: ${text}`),
      ...names.flatMap((name) =>
        comparison(tables, networks, ({ quantities }) => figureOf(quantities[name] ?? [], 'RMSE, µS')?.value, -1).map(
          (text) => `${protocolText(protocol)}, ${name}, RMSE in µS: ${text}`,
        ),
      ),
    ];
  });

/** The best of each side, in words; nothing where a side has no number. `sign`: 1 where more is better, −1 where less is. */
const comparison = (
  tables: readonly EntrantReport[],
  networks: readonly EntrantReport[],
  of: (entrant: EntrantReport) => number | undefined,
  sign: 1 | -1,
): string[] => {
  const best = (side: readonly EntrantReport[]) =>
    side
      .flatMap((one) => (of(one) === undefined ? [] : [{ name: one.entrant, value: of(one)! }]))
      .reduce<{ readonly name: string; readonly value: number } | undefined>(
        (a, b) => (a && sign * a.value >= sign * b.value ? a : b),
        undefined,
      );
  const [table, network] = [best(tables), best(networks)];
  if (!table || !network) return [];
  const verdict = sign * table.value >= sign * network.value ? 'no network does better' : 'a network does better';
  return [`${table.name}, which reads no sensor, ${table.value.toFixed(3)}; ${verdict} (${network.name}, ${network.value.toFixed(3)}).`];
};
