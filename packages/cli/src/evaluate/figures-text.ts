import type { EntrantReport, EvaluationReport, Figure, OverFolds, ProtocolReport } from '@affect-edge/models';

/** How figures are written in every form of a report. */

/** `0.712 [0.655, 0.770]`; `–` where there is none. */
export const figureText = (figure: Figure | undefined): string => {
  if (figure === undefined) return '–';
  const short = (value: number): string => value.toFixed(3);
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

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Sentences on what was found wherever a random split stands beside the lookup table: whether anything learned did better than knowing who and when. */
export const lookupSentences = ({ protocols }: EvaluationReport): string[] =>
  protocols.flatMap((protocol) => {
    const table = protocol.entrants.find(({ entrant }) => entrant.startsWith('lookup'));
    const networks = protocol.entrants.filter(({ kind, figures }) => kind !== 'baseline' && figures.length > 0);
    const own = table && figureOf(table.figures, 'balanced accuracy');
    if (own === undefined || networks.length === 0) return [];
    const best = networks
      .map(({ entrant, figures }) => ({ entrant, value: figureOf(figures, 'balanced accuracy')?.value ?? 0 }))
      .reduce((a, b) => (b.value > a.value ? b : a));
    const beaten = own.value > best.value;
    return [
      `${protocolText(protocol)}: the (subject, condition) table scores ${own.value.toFixed(3)} in balanced accuracy without reading a sensor${
        beaten ? `; no network does better (best: ${best.entrant}, ${best.value.toFixed(3)})` : `, ${best.entrant} ${best.value.toFixed(3)}`
      }.`,
    ];
  });
