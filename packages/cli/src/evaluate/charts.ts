import type { EvaluationReport, OverFolds, ProtocolReport } from '@affect-edge/models';
import { type BarsLayer, type Chart, type Layer, svgChart } from '../svg/chart.ts';
import { figureOf, hasKnownStimuli, mainEntrant, protocolText } from './figures-text.ts';

/** What the reader of a bar must know. */
const remark = (protocol: ProtocolReport): string =>
  protocol.audit.stamp === 'LEAKS' ? ' (LEAKS)' : hasKnownStimuli(protocol) ? ' (known stimuli)' : '';

/** Balanced accuracy of the strongest of each kind under every protocol. */
export const overviewChart = ({ protocols, data }: EvaluationReport): Chart => {
  const competitors = [
    ...new Set([
      ...protocols.flatMap(({ entrants }) =>
        entrants.filter(({ entrant }) => ['LDA', '1-NN'].includes(entrant)).map(({ entrant }) => entrant),
      ),
      ...protocols.flatMap(({ entrants }) =>
        entrants.filter(({ kind, figures }) => kind === 'network' && figures.length > 0).map(({ entrant }) => entrant),
      ),
    ]),
  ];
  const bars = competitors.map((name): BarsLayer => {
    const figures = protocols.map(({ entrants }) =>
      figureOf(entrants.find(({ entrant }) => entrant === name)?.figures ?? [], 'balanced accuracy'),
    );
    return {
      kind: 'bars',
      name,
      values: figures.map((figure) => figure?.value ?? Number.NaN),
      intervals: figures.map((figure) => figure?.interval95),
    };
  });
  return {
    title: 'Balanced accuracy by protocol, 95 % interval over subjects; dashed: chance',
    x: {
      label: '',
      categories: protocols.map((protocol) => `${protocolText(protocol)}${remark(protocol)}`),
    },
    y: { label: 'balanced accuracy', low: 0, high: 1 },
    layers: [...bars, { kind: 'rule', axis: 'y', at: 1 / Object.keys(data.classes).length, colour: 5 }],
    width: 960,
    height: 340,
  };
};

/** Each subject's balanced accuracy. */
export const subjectsChart = (protocol: ProtocolReport): string => {
  const main = mainEntrant(protocol);
  if (!main?.subjects) return '';
  return svgChart({
    title: `${main.entrant}, each subject`,
    x: { label: 'subject', categories: main.subjects.map(({ subject }) => subject) },
    y: { label: 'balanced accuracy', low: 0, high: 1 },
    layers: [
      { kind: 'scatter', x: main.subjects.map((_, i) => i), y: main.subjects.map(({ balancedAccuracy }) => balancedAccuracy) },
      { kind: 'rule', axis: 'y', at: figureOf(main.figures, 'balanced accuracy')?.value ?? 0, colour: 1 },
    ],
    width: 520,
    height: 240,
  });
};

/** How often an answer of some confidence was right. */
export const calibrationChart = (protocol: ProtocolReport): string => {
  const main = mainEntrant(protocol);
  if (!main?.calibration) return '';
  const x = main.calibration.map(([confidence]) => confidence);
  const y = main.calibration.map(([, right]) => right);
  return svgChart({
    title: `${main.entrant}, calibration`,
    x: { label: 'confidence of the answer', low: 0, high: 1 },
    y: { label: 'share right', low: 0, high: 1 },
    layers: [
      { kind: 'line', x: [0, 1], y: [0, 1], colour: 5 },
      { kind: 'line', x, y, colour: 0 },
      { kind: 'scatter', x, y, colour: 0 },
    ],
    width: 420,
    height: 240,
  });
};

/** A learned number, fold by fold. */
export const learnedChart = (entrant: string, name: string, { folds }: OverFolds): string => {
  const layers: Layer[] = [{ kind: 'scatter', x: folds.map((_, i) => i + 1), y: folds }];
  return svgChart({
    title: `${entrant}: ${name}`,
    x: { label: 'fold' },
    y: { label: name.split(',')[0] },
    layers,
    width: 420,
    height: 200,
  });
};
