import type { EntrantReport, EvaluationReport, ProtocolReport } from '@affect-edge/models';
import { svgChart } from '../svg/chart.ts';
import { escapeText } from '../svg/escape-text.ts';
import { chartStyle } from '../svg/style.ts';
import { calibrationChart, learnedChart, overviewChart, subjectsChart } from './charts.ts';
import {
  figureOf,
  figureText,
  foldsText,
  hasKnownStimuli,
  labelMetrics,
  lookupSentences,
  mainEntrant,
  overFoldsText,
  percent,
  protocolText,
  stampText,
  stimuliLines,
  stimuliSentences,
} from './figures-text.ts';

const pageStyle = `:root{color-scheme:light dark;--ink:#0f172a;--paper:#fff;--soft:#475569;--line:#cbd5e1;--bad:#b91c1c;--good:#047857;--care:#92400e}
@media(prefers-color-scheme:dark){:root{--ink:#e2e8f0;--paper:#0f172a;--soft:#94a3b8;--line:#334155;--bad:#f87171;--good:#34d399;--care:#fbbf24}}
@media print{:root{--ink:#000;--paper:#fff;--soft:#333;--line:#999}table{font-size:8px}.scroll{overflow:visible}tr,svg{break-inside:avoid}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.2rem}.soft{color:var(--soft)}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;margin:.8rem 0}th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;white-space:nowrap}
.stamp{font-weight:700;padding:.05rem .45rem;border:2px solid;border-radius:.3rem;font-size:.8rem}.LEAKS{color:var(--bad)}.clean{color:var(--good)}.caution{color:var(--care)}
.plots{display:flex;flex-wrap:wrap;gap:1rem}`;

const t = escapeText;
const paragraph = (text: string, style = ''): string => `<p${style && ` class="${style}"`}>${t(text)}</p>`;
const list = (items: readonly string[]): string =>
  items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${t(item)}</li>`).join('')}</ul>`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ''
    : `<div class="scroll"><table><thead><tr>${head.map((cell) => `<th>${t(cell)}</th>`).join('')}</tr></thead><tbody>${rows
        .map((cells) => `<tr>${cells.map((cell) => `<td>${t(cell)}</td>`).join('')}</tr>`)
        .join('\n')}</tbody></table></div>`;

const stamp = (protocol: ProtocolReport): string => {
  const style = protocol.audit.stamp === 'LEAKS' ? 'LEAKS' : hasKnownStimuli(protocol) ? 'caution' : 'clean';
  return `<span class="stamp ${style}">${t(stampText(protocol))}</span>`;
};

const confusionTable = ({ confusion }: EntrantReport, classes: readonly string[]): string =>
  confusion === undefined
    ? ''
    : table(
        ['truth \\ answer', ...classes],
        confusion.map((counts, k) => [classes[k], ...counts.map(String)]),
      );

const quantityTables = ({ entrants }: ProtocolReport): string =>
  [...new Set(entrants.flatMap(({ quantities }) => Object.keys(quantities)))]
    .map((name) => {
      const own = entrants.filter(({ quantities }) => quantities[name] !== undefined);
      const metrics = [...new Set(own.flatMap(({ quantities }) => quantities[name].map(({ metric }) => metric)))];
      return table(
        [name, ...metrics],
        own.map(({ entrant, quantities }) => [entrant, ...metrics.map((metric) => figureText(figureOf(quantities[name], metric)))]),
      );
    })
    .join('\n');

const auditList = (protocol: ProtocolReport): string => {
  const { audit } = protocol;
  return list([
    ...audit.controls.map(
      ({ control, draws, chance, nTrials }) =>
        `control, ${control}: nearest neighbour ${draws.map(percent).join(' and ')}; a coin gets ${percent(chance[0])} to ${percent(chance[1])} (${nTrials} trials)`,
    ),
    ...stimuliLines(protocol),
    ...audit.findings.map((finding) => `found: ${finding}`),
  ]);
};

const protocolSection = (protocol: ProtocolReport, classes: readonly string[]): string => {
  const { entrants } = protocol;
  const main = mainEntrant(protocol);
  return [
    `<section><h2>${t(protocolText(protocol))} ${stamp(protocol)}</h2>`,
    paragraph(foldsText(protocol), 'soft'),
    table(
      ['', ...labelMetrics],
      entrants
        .filter(({ figures }) => figures.length > 0)
        .map(({ entrant, kind, figures }) => [
          kind === 'baseline' ? entrant : `${entrant} (${kind})`,
          ...labelMetrics.map((metric) => figureText(figureOf(figures, metric))),
        ]),
    ),
    quantityTables(protocol),
    auditList(protocol),
    `<div class="plots">${subjectsChart(protocol)}${calibrationChart(protocol)}</div>`,
    main ? `${paragraph(`${main.entrant}: answers by truth`, 'soft')}${confusionTable(main, classes)}` : '',
    table(
      ['set, chosen or learned', 'mean (range over the folds)'],
      entrants.flatMap(({ entrant, chosen, learned }) =>
        [...Object.entries(chosen), ...Object.entries(learned)].map(([name, folds]) => [`${entrant}: ${name}`, overFoldsText(folds)]),
      ),
    ),
    `<div class="plots">${entrants
      .filter(({ kind }) => kind === 'network')
      .flatMap(({ entrant, learned }) => Object.entries(learned).map(([name, folds]) => learnedChart(entrant, name, folds)))
      .join('')}</div>`,
    main?.subjects
      ? table(
          [`${main.entrant}`, 'windows', 'accuracy', 'balanced accuracy', 'macro-F1'],
          main.subjects.map(({ subject, nWindows, accuracy, balancedAccuracy, macroF1 }) => [
            subject,
            String(nWindows),
            ...[accuracy, balancedAccuracy, macroF1].map((value) => value.toFixed(3)),
          ]),
        )
      : '',
    '</section>',
  ].join('\n');
};

/** A report as one page: nothing is loaded from anywhere, everything is text and inline SVG, for screen (light, dark) and paper. */
export const htmlReport = (report: EvaluationReport): string => {
  const { title, data, protocols, environment, plan } = report;
  const classes = Object.keys(data.classes);
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${t(title)}</title><style>${pageStyle}${chartStyle}</style></head><body>`,
    `<h1>${t(title)}</h1>`,
    paragraph(
      `${data.name}: ${data.description}. ${data.windows} windows of ${data.trials} trials, ${data.sessions} sessions, ${data.subjects} subjects. Told is ${data.label}.`,
    ),
    table(
      ['class', 'windows'],
      Object.entries(data.classes).map(([name, n]) => [name, String(n)]),
    ),
    svgChart(overviewChart(report)),
    list([...stimuliSentences(report), ...lookupSentences(report)]),
    ...protocols.map((protocol) => protocolSection(protocol, classes)),
    '<section><h2>Data and environment</h2>',
    table(
      ['feature', 'shape', 'unit', 'origin', 'recipe'],
      data.features.map(({ name, shape, unit, origin, recipe }) => [
        name,
        shape.join(' × '),
        unit,
        origin,
        Object.entries(recipe)
          .map(([key, value]) => `${key} ${value}`)
          .join(', '),
      ]),
    ),
    paragraph(
      `A window’s nearest neighbour in its session is of the same trial ${percent(data.trialRecognition.share)} of the time (${percent(data.trialRecognition.chance)} by chance). ${
        data.trialConstants.length === 0
          ? 'No value is constant within trials.'
          : `Values that name the trial: ${data.trialConstants.slice(0, 12).join(', ')}.`
      }`,
    ),
    table(['', ''], [...Object.entries(environment), ['sha-256 of the windows', data.sha256], ['sha-256 of the plan', plan]]),
    paragraph('Not a medical device. A number without its protocol means nothing.', 'soft'),
    '</section></body></html>',
    '',
  ].join('\n');
};
