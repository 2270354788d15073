import { stretchesWhere } from './course.ts';
import { heatStrip, levels } from './heat-strip.ts';
import { clockTime, duration, type Html, html, percent, raw } from './html.ts';
import { deviations, figure, swatches } from './quality-section.ts';
import type { ReportData } from './report-data.ts';
import { hasScalpMap, scalpMap } from './scalp-map.ts';
import { spectrumPanels } from './spectrum-chart.ts';
import { timeChart } from './time-chart.ts';

/** Brain activity: spectra, then the bands over the scalp and over time. */
export const eegSection = ({ eeg, durationSec }: ReportData): Html | undefined =>
  eeg.length === 0
    ? undefined
    : html`<section id="eeg"><h2>Brain activity</h2>
<p class="lead">Spectra of each electrode, and the power of each band over the head and over the session. Bands are differential entropy: in bits, one more is twice the amplitude.</p>
${eeg.map(
  ({ signal, channels, spectra, bands, bandDe, bandUnit, bandEdges, blinksPerMinute }) => html`
${eeg.length > 1 && html`<h3>${signal}</h3>`}
${
  spectra &&
  html`<h3>Spectra</h3>${figure(
    spectrumPanels(spectra),
    `10 · log10 of µV²/Hz against Hz, ${spectra.nSegments.toLocaleString('en')} segments of 2 s, their logarithms averaged, so that a few artifacts do not stand for all. Dashed: the mains, 50 and 60 Hz; what rises above the scale there is cut off.`,
  )}`
}
${
  bands.length > 0 &&
  hasScalpMap(channels) &&
  html`<h3>Bands over the scalp</h3><figure><div class="heads">${bands.map((band) =>
    raw(scalpMap({ title: band, unit: bandUnit, channels, values: bandDe.filter((cell) => cell.band === band).map(({ mean }) => mean) })),
  )}</div><figcaption>Mean differential entropy of the time in which an electrode was usable; each head has its own scale, from its least to its largest electrode. Seen from above, nose up. Only the dots were measured; the colours between them are interpolated. ${bandEdges !== '' && `Bands in Hz: ${bandEdges}.`}</figcaption></figure>`
}
${
  bands.length > 0 &&
  html`<h3>Bands over time</h3>
${bands.map((band, i) =>
  raw(
    heatStrip({
      title: band,
      unit: `${bandUnit} from the electrode's own mean`,
      fromSec: 0,
      toSec: durationSec,
      rows: bandDe.filter((cell) => cell.band === band).map(({ channel, course }) => ({ name: channel, course: deviations(course) })),
      scale: 'deviation',
      full: fullColour(bandDe),
      noTimes: i < bands.length - 1,
    }),
  ),
)}
<p class="lead">${swatches('d', levels.deviation, `${fullColour(bandDe)} ${bandUnit} below`, `${fullColour(bandDe)} ${bandUnit} above`)} Against each electrode's own mean, because levels differ more between electrodes than they change with the wearer. All of the time, artifacts included: compare with the quality above.</p>`
}
${blinksPerMinute !== null && html`<p>Blinks: ${blinksPerMinute} a minute on average.</p>`}`,
)}</section>`;

/** The deviation that gets full colour: a round number that nineteen in twenty lie within. */
const fullColour = (cells: ReportData['eeg'][number]['bandDe']): number => {
  const sizes = cells
    .flatMap(({ course }) => deviations(course).mean.flatMap((value) => (value === null ? [] : Math.abs(value))))
    .sort((a, b) => a - b);
  const wanted = sizes[Math.floor(0.95 * sizes.length)] ?? 1;
  return [0.1, 0.2, 0.5, 1, 1.5, 2, 3, 5].find((round) => round >= wanted) ?? 10;
};

/** Skin conductance with its responses. */
export const edaSection = ({ eda, durationSec, marks }: ReportData): Html | undefined =>
  eda.length === 0
    ? undefined
    : html`<section id="eda"><h2>Skin conductance</h2>
${eda.map(
  ({
    signal,
    measured,
    tonic,
    phasic,
    responses,
    nResponses,
    responsesPerMinute,
    smallestResponseMicrosiemens,
    meanMicrosiemens,
    trust,
    site,
  }) => {
    const untrusted = stretchesWhere(trust, (value) => value !== null && value < 0.5);
    const amplitudes = responses.map(({ amplitudeMicrosiemens }) => amplitudeMicrosiemens).sort((a, b) => a - b);
    const median = amplitudes[amplitudes.length >> 1];
    const at = marks.map(({ atSec }) => atSec);
    return html`${eda.length > 1 && html`<h3>${signal}</h3>`}<p class="lead">${nResponses.toLocaleString('en')} responses of at least ${smallestResponseMicrosiemens} µS, ${responsesPerMinute.toFixed(1)} a minute${median !== undefined && `, median amplitude ${median.toPrecision(2)} µS`}; mean level ${meanMicrosiemens ?? '–'} µS. Limits are those of the ${site}.</p>
<figure>${raw(
      timeChart({
        title: 'Measured and tonic',
        unit: 'µS',
        fromSec: 0,
        toSec: durationSec,
        lines: [
          { name: 'measured', course: measured, colour: 1, spread: true },
          { name: 'tonic', course: tonic, colour: 0 },
        ],
        marks: at,
        shaded: { name: 'not trusted', stretches: untrusted },
        height: 170,
        noTimes: true,
      }),
    )}${raw(
      timeChart({
        title: 'Phasic',
        unit: 'µS',
        fromSec: 0,
        toSec: durationSec,
        lines: [{ name: 'phasic', course: phasic, colour: 2, spread: true }],
        strokes: { name: 'response', at: responses.map(({ peakSec }) => peakSec), colour: 3 },
        marks: at,
        shaded: { name: 'not trusted', stretches: untrusted },
        height: 120,
      }),
    )}<figcaption>Split by a causal Kalman filter of the sudomotor system. Strokes at the foot: peaks of responses, found trough to peak on the conductance itself. ${marks.length > 0 && 'Dotted: marks. '}Shaded bands: the spread within one pixel.</figcaption></figure>`;
  },
)}</section>`;

/** Heart, temperature, motion: whatever there is. */
export const bodySection = ({ body, durationSec, marks }: ReportData): Html | undefined => {
  if (body.length === 0) return undefined;
  const charts = (['Heart rate', 'Skin temperature', 'Motion'] as const).flatMap((name) => {
    const own = body.filter((one) => one.name === name);
    return own.length === 0 ? [] : [{ name, own }];
  });
  return html`<section id="body"><h2>Heart, temperature, motion</h2>
${charts.map(({ name, own }) =>
  figure(
    timeChart({
      title: name,
      unit: own[0].unit,
      fromSec: 0,
      toSec: durationSec,
      lines: own.map(({ from, course }, i) => ({
        name: from.split(',')[0],
        course,
        colour: [1, 0, 2, 3, 4, 5][i % 6],
        spread: own.length === 1,
      })),
      marks: marks.map(({ atSec }) => atSec),
      height: 120,
      ...(name === 'Motion' && { low: 0 }),
    }),
    own
      .map(({ from, mean, least, most, unit, known }) =>
        Number.isFinite(mean)
          ? `${from}: mean ${mean} ${unit}, ${least} to ${most}${known !== null ? `, known for ${percent(known)} of the time` : ''}`
          : `${from}: never believable`,
      )
      .join('. ')
      .concat('.'),
  ),
)}</section>`;
};

/** What was marked, in words. */
export const marksSection = ({ marks, durationSec }: ReportData): Html | undefined =>
  marks.length === 0
    ? undefined
    : html`<section id="marks"><h2>Marks</h2><p class="lead">${marks.length} in ${duration(durationSec)}.</p><div class="scroll"><table class="narrow"><thead><tr><th class="n">Time</th><th>What it says</th></tr></thead><tbody>${marks
        .slice(0, 200)
        .map(
          ({ atSec, text }) => html`<tr><td class="n">${clockTime(atSec)}${(atSec % 1).toFixed(2).slice(1)}</td><td>${text}</td></tr>`,
        )}</tbody></table></div>${marks.length > 200 && html`<p>The first 200; all of them are in the JSON beside this page.</p>`}</section>`;
