import type { ModelCard, OutputUncertainty } from '@affect-edge/models';
import { describeFigure } from '../dashboard/page.ts';
import { madeFrom } from '../inputs-of.ts';
import { usableQuality } from './collect-eeg.ts';
import type { EstimateFacts } from './collect-estimates.ts';
import { stretchesWhere } from './course.ts';
import { type Html, html } from './html.ts';
import { figure } from './quality-section.ts';
import type { ReportData } from './report-data.ts';
import { timeChart } from './time-chart.ts';

/** The same sentence the live page shows. */
const simulatedWarning = 'Simulated data: shows the wiring, says nothing about people.';

/** What the models say, never without how far they can be believed. */
export const estimatesSection = (data: ReportData): Html => {
  const { estimates, models, durationSec, marks } = data;
  return html`<section id="estimates"><h2>Estimates</h2>
${
  estimates.length === 0
    ? html`<p>None. What that takes is written under what was not measured.</p>`
    : html`<p class="lead">What the models say, with the quality of what went in and how they did when they were tested. Shaded bands: how far a value is to be believed (95 % interval) where the model's card tells, else the spread within one pixel; shaded stretches: the signal was poor, whatever the model says of its inputs. An estimate says how the signals look to the model, not how the wearer felt.</p>`
}
${models.map((card) =>
  modelEstimates(
    card,
    estimates.filter(({ model }) => model === card.name),
    { durationSec, marks: marks.map(({ atSec }) => atSec), doubtful: doubtful(data, card) },
  ),
)}</section>`;
};

interface Around {
  readonly durationSec: number;
  readonly marks: readonly number[];
  readonly doubtful: readonly (readonly [number, number])[];
}

/** When what a model is made from was poor: a quarter of the electrodes or more unusable, skin conductance not to be trusted. */
const doubtful = ({ eeg, eda }: ReportData, card: ModelCard): [number, number][] => {
  const from = madeFrom(card);
  const brain = from.includes('EEG')
    ? eeg.flatMap(({ electrodes }) => {
        const courses = electrodes.map(({ course }) => course);
        const bad = courses[0].mean.map((value, i) =>
          value === null ? null : courses.filter(({ mean }) => (mean[i] ?? 1) < usableQuality).length / courses.length,
        );
        return stretchesWhere({ ...courses[0], mean: bad }, (share) => share !== null && share >= 0.25);
      })
    : [];
  const skin = from.includes('EDA') ? eda.flatMap(({ trust }) => stretchesWhere(trust, (value) => value !== null && value < 0.5)) : [];
  return [...brain, ...skin];
};

const modelEstimates = (card: ModelCard, own: readonly EstimateFacts[], { durationSec, marks, doubtful: stretches }: Around): Html => {
  const shaded = { name: 'poor signal', stretches };
  const chance = own.filter(({ range }) => range[0] >= 0 && range[1] <= 1);
  const others = own.filter((one) => !chance.includes(one));
  const tested = card.evaluation[0];
  return html`<div class="model"><h3>${card.name} <span class="pill">${madeFrom(card) || 'features'}</span>${card.trainedOn.simulated && html` <span class="pill fair">trained on simulated data</span>`}</h3>
${own.length === 0 && html`<p>No estimate: not once were all of its inputs there.</p>`}
${
  chance.length > 0 &&
  figure(
    timeChart({
      title: chance.map(({ output }) => output).join(', '),
      unit: '0 to 1',
      fromSec: 0,
      toSec: durationSec,
      lines: [
        ...chance.map(({ output, course }, i) => ({ name: output, course, colour: i, spread: true })),
        { name: 'quality', course: chance[0].quality, colour: 5, faint: true },
      ],
      low: 0,
      high: 1,
      marks,
      shaded,
      height: 130,
    }),
    html`${chance.map(({ output, meaning, mean, n }) => html`<b>${output}</b>: ${meaning} Mean ${mean.toFixed(2)} of ${n.toLocaleString('en')} estimates. `)}Mean quality of the inputs ${chance[0].meanQuality.toFixed(2)}.`,
  )
}
${
  others.length > 0 &&
  figure(
    timeChart({
      title: commonName(others.map(({ output }) => output)),
      unit: others[0].unit,
      fromSec: 0,
      toSec: durationSec,
      lines: others.map(({ output, course, interval }, i) => ({ name: output, course, colour: i, spread: interval !== undefined })),
      marks,
      shaded,
      height: 110,
    }),
    others.map(({ meaning }) => meaning).join(' '),
  )
}
${tested !== undefined && html`<p><b>How sure that is.</b> ${describeFigure(tested)}. ${intervalMeaning(own)}</p>`}
${card.trainedOn.simulated && html`<p class="banner">${simulatedWarning}</p>`}</div>`;
};

/** What the bands are, and who showed it. */
const intervalMeaning = (outputs: readonly EstimateFacts[]): string => {
  const intervals = outputs.flatMap(({ interval }) => interval ?? []);
  const kinds = [...new Set(intervals.map(({ kind }) => meanings[kind]))];
  const protocols = [...new Set(intervals.map(({ protocol }) => protocol))];
  return kinds.length === 0 ? '' : `The band is ${kinds.join('; ')} (${protocols.join('; ')}).`;
};

const meanings: Readonly<Record<OutputUncertainty['kind'], string>> = {
  frequency:
    'for a probability how often it was so where the model said about as much: a line above its band claims too much, one below too little',
  error: 'for a quantity where 95 % of the true values lay',
  'relative-error': 'for a conductance where 95 % of the true values lay, in proportion to it',
};

/** What names have in common at their beginning, for a title: `eda_forecast` for `eda_forecast_1s` and `eda_forecast_5s`. */
const commonName = (names: readonly string[]): string => {
  if (names.length === 1) return names[0];
  let n = 0;
  while (n < names[0].length && names.every((name) => name[n] === names[0][n])) n++;
  return names[0].slice(0, n).replace(/_[^_]*$|_$/, '') || names.join(', ');
};

/** The cards of the models: made from what, for what, not for what. */
export const cardsSection = ({ models }: ReportData): Html | undefined =>
  models.length === 0
    ? undefined
    : html`<section id="models"><h2>Models and their limits</h2>
${models.map(
  (card) => html`<div class="model"><h3>${card.name} ${card.version}</h3>
<p class="limits"><b>Limits.</b> ${card.limits}</p>
<dl><dt>For</dt><dd>${card.intendedUse}</dd><dt>Trained on</dt><dd>${card.trainedOn.description} (${card.trainedOn.people} people, ${card.trainedOn.licence})</dd>
<dt>Needs</dt><dd>${card.inputs.map(({ name, unit, recipe }) => `${name} in ${unit}${typeof recipe.windowSec === 'number' ? `, ${recipe.windowSec} s` : ''}`).join('; ')}</dd>
<dt>Weights</dt><dd><code>sha256 ${card.sha256}</code></dd></dl>${testsOf(card)}</div>`,
)}</section>`;

/** How a model was tested: figures of one protocol together, each beside what trivial predictors reach under it. */
const testsOf = ({ evaluation }: ModelCard): Html => {
  const protocols = [...new Set(evaluation.map(({ protocol }) => protocol))];
  return html`<div class="tested">${protocols.map((protocol) => {
    const own = evaluation.filter((one) => one.protocol === protocol);
    return html`<p><b>Tested:</b> ${protocol}.</p><div class="scroll"><table><thead><tr><th>Figure</th><th class="n">Value</th><th class="n">95 %</th><th>Under the same protocol</th></tr></thead><tbody>${own.map(
      ({ metric, value, interval95, baselines }) =>
        html`<tr><td>${metric}</td><td class="n">${figureOf(value)}</td><td class="n">${interval95 === undefined ? '–' : `${figureOf(interval95[0])} to ${figureOf(interval95[1])}`}</td><td>${Object.entries(
          baselines,
        )
          .map(([name, other]) => `${name} ${figureOf(other)}`)
          .join(', ')}</td></tr>`,
    )}</tbody></table></div>`;
  })}</div>`;
};

/** Three digits: more than any of these figures deserves. */
const figureOf = (value: number): string => (Math.abs(value) >= 0.01 || value === 0 ? value.toFixed(3) : value.toPrecision(2));

/** What somebody might look for and not find. */
export const limitsSection = ({ notMeasured }: ReportData): Html =>
  html`<section id="limits"><h2>What was not measured</h2><ul>${notMeasured.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`;
