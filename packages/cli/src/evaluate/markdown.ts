import type { EvaluationReport, ProtocolReport } from '@affect-edge/models';
import {
  chanceText,
  figureOf,
  figureText,
  foldsText,
  labelMetrics,
  lookupSentences,
  overFoldsText,
  percent,
  protocolText,
  stampText,
  stimuliLines,
  stimuliSentences,
} from './figures-text.ts';

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [row(head), row(head.map(() => '---')), ...rows.map(row), ''];

/** All protocols beside each other: each entrant's balanced accuracy, with the stamp of the audit. */
export const overviewTable = ({ protocols }: EvaluationReport): string[] => {
  const names = [
    ...new Set(protocols.flatMap(({ entrants }) => entrants.filter(({ figures }) => figures.length > 0).map(({ entrant }) => entrant))),
  ];
  return table(
    ['protocol, normalisation', 'audit', 'chance', ...names],
    protocols.map((protocol) => [
      protocolText(protocol),
      stampText(protocol).replace('LEAKS', '**LEAKS**'),
      chanceText(protocol),
      ...names.map((name) =>
        figureText(figureOf(protocol.entrants.find(({ entrant }) => entrant === name)?.figures ?? [], 'balanced accuracy')),
      ),
    ]),
  );
};

const quantityTables = ({ entrants }: ProtocolReport): string[] => {
  const names = [...new Set(entrants.flatMap(({ quantities }) => Object.keys(quantities)))];
  return names.flatMap((name) => {
    const own = entrants.filter(({ quantities }) => quantities[name] !== undefined);
    const metrics = [...new Set(own.flatMap(({ quantities }) => quantities[name].map(({ metric }) => metric)))];
    return [
      `${name}:`,
      '',
      ...table(
        ['', ...metrics],
        own.map(({ entrant, quantities }) => [entrant, ...metrics.map((metric) => figureText(figureOf(quantities[name], metric)))]),
      ),
    ];
  });
};

/** One protocol in full: figures, audit, what was chosen and learned. */
const protocolSection = (protocol: ProtocolReport): string[] => {
  const { audit, entrants } = protocol;
  const told = entrants.filter(({ figures }) => figures.length > 0);
  const notes = entrants.flatMap(({ entrant, chosen, learned }) => [
    ...Object.entries(chosen).map(([name, folds]) => `- ${entrant}: ${name} ${overFoldsText(folds)}`),
    ...Object.entries(learned).map(([name, folds]) => `- ${entrant}: learned ${name} ${overFoldsText(folds)}`),
  ]);
  return [
    `### ${protocolText(protocol)} — ${stampText(protocol)}`,
    '',
    foldsText(protocol),
    '',
    ...table(
      ['', ...labelMetrics],
      told.map(({ entrant, figures }) => [entrant, ...labelMetrics.map((metric) => figureText(figureOf(figures, metric)))]),
    ),
    ...quantityTables(protocol),
    ...audit.controls.map(
      ({ control, draws, chance, nTrials }) =>
        `- control, ${control}: nearest neighbour ${draws.map(percent).join(' and ')}; a coin gets ${percent(chance[0])} to ${percent(chance[1])} (${nTrials} trials)`,
    ),
    ...stimuliLines(protocol).map((line) => `- ${line}`),
    ...audit.findings.map((finding) => `- found: ${finding}`),
    ...notes,
    '',
  ];
};

/** A report as Markdown: overview, one section a protocol, data, environment. */
export const markdownReport = (report: EvaluationReport): string => {
  const { title, data, environment, plan } = report;
  return [
    `# ${title}`,
    '',
    `${data.name}: ${data.description}. ${data.windows} windows of ${data.trials} trials, ${data.sessions} sessions, ${data.subjects} subjects; told is ${data.label} (${Object.entries(
      data.classes,
    )
      .map(([name, n]) => `${name}: ${n}`)
      .join(', ')}).`,
    '',
    'Balanced accuracy, mean over subjects, with its 95 % bootstrap interval over subjects:',
    '',
    ...overviewTable(report),
    ...[...stimuliSentences(report), ...lookupSentences(report)].flatMap((sentence) => [sentence, '']),
    ...report.protocols.flatMap(protocolSection),
    '### Data and environment',
    '',
    ...data.features.map(
      ({ name, unit, shape, origin, recipe }) =>
        `- ${name} (${shape.join(' × ')}, ${unit}, ${origin}): ${Object.entries(recipe)
          .map(([key, value]) => `${key} ${value}`)
          .join(', ')}`,
    ),
    `- a window’s nearest neighbour in its session is of the same trial ${percent(data.trialRecognition.share)} of the time (${percent(data.trialRecognition.chance)} by chance)`,
    ...(data.trialConstants.length > 0
      ? [
          `- values that name the trial: ${data.trialConstants.slice(0, 12).join(', ')}${data.trialConstants.length > 12 ? ` and ${data.trialConstants.length - 12} more` : ''}`,
        ]
      : []),
    ...Object.entries(environment).map(([name, value]) => `- ${name}: ${value}`),
    `- sha-256 of the windows ${data.sha256.slice(0, 16)}…, of the plan ${plan.slice(0, 16)}…`,
    '',
  ].join('\n');
};

/** A report as a section of a page of several: the overview, sentences, and every protocol in full to be unfolded. */
export const resultsSection = (report: EvaluationReport): string => {
  const { title, data, environment } = report;
  return [
    `## ${title}`,
    '',
    `${data.name}: ${data.description}. ${data.windows} windows of ${data.trials} trials, ${data.sessions} sessions, ${data.subjects} subjects; told is ${data.label}. ${Object.entries(
      environment,
    )
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}. Windows sha-256 ${data.sha256.slice(0, 12)}….`,
    '',
    ...overviewTable(report),
    ...[...stimuliSentences(report), ...lookupSentences(report)].flatMap((sentence) => [sentence, '']),
    ...report.protocols.flatMap((protocol) => [
      '<details>',
      `<summary>${protocolText(protocol)}: ${stampText(protocol)}</summary>`,
      '',
      ...protocolSection(protocol),
      '</details>',
      '',
    ]),
  ].join('\n');
};
