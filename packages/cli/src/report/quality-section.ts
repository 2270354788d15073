import type { course } from './course.ts';
import { heatStrip, levels } from './heat-strip.ts';
import { duration, type Html, html, percent, raw } from './html.ts';
import type { ReportData } from './report-data.ts';
import type { SignalFacts } from './signal-facts.ts';

/** The first section: how far everything after it can be trusted. */
export const qualitySection = (data: ReportData): Html => {
  const { signals, eeg, eda, durationSec, nDamages, damages, remarks } = data;
  const covered = signals.filter(({ sfreq, nSamples }) => sfreq > 0 && nSamples > 0);
  return html`<section id="quality"><h2>Quality</h2>
<p class="lead">What came through, what was lost, and what may be believed. Everything below stands on this.</p>
<h3>What came through</h3>
<div class="scroll"><table><thead><tr><th>Signal</th><th>Channels</th><th class="n">Rate said</th><th class="n">True rate</th><th class="n">Samples</th><th class="n">Lost</th><th class="n">Gaps</th><th class="n">Longest gap</th></tr></thead>
<tbody>${signals.map(signalRow)}</tbody></table></div>
${
  covered.length > 0 &&
  figure(
    heatStrip({
      title: 'Samples that came',
      unit: 'share of those that should have',
      fromSec: 0,
      toSec: durationSec,
      rows: covered.map(({ id, coverage }) => ({ name: id, course: coverage })),
      scale: 'quality',
    }),
    html`${qualityLegend('none came', 'all came')} Blank: before the signal began, or after it ended.`,
  )
}
${eeg.map(
  ({ signal, electrodes }) => html`<h3>Electrodes (${signal})</h3>
<div class="scroll"><table><thead><tr><th>Electrode</th><th>Usable</th><th>What was the matter the rest of the time</th><th class="n">Mean quality</th></tr></thead>
<tbody>${electrodes.map(
    ({ channel, usable, faults, quality }) =>
      html`<tr><td>${channel}</td><td>${usable === null ? '–' : shareBar(usable)}</td><td>${
        Object.entries(faults)
          .filter(([, share]) => share > 0)
          .map(([name, share]) => `${name.replace('-', ' ')} ${percent(share)}`)
          .join(', ') || '–'
      }</td><td class="n">${quality === null ? '–' : quality.toFixed(2)}</td></tr>`,
  )}</tbody></table></div>
${figure(
  heatStrip({
    title: 'Electrode quality',
    unit: 'in windows of 2 s',
    fromSec: 0,
    toSec: durationSec,
    rows: electrodes.map(({ channel, course: of }) => ({ name: channel, course: of })),
    scale: 'quality',
  }),
  html`${qualityLegend('unusable', 'good')} One less the worst of: railed, flat, off the head, line noise, drift, muscle. A jaw that is clenched is an artifact like any other here.`,
)}`,
)}
${eda.map(
  ({ signal, trusted, wornSec, notWornSec, reasons, trust }) => html`<h3>Skin contact (${signal})</h3>
<p>${
    trusted === null
      ? 'Too short to tell.'
      : `Worn for ${duration(wornSec)}${notWornSec > 0 ? `, not worn for ${duration(notWornSec)} (${percent(notWornSec / (wornSec + notWornSec))})` : ', never off the skin'}. ${percent(trusted)} of the time can be trusted${reasonsText(reasons)}.`
  }</p>
${figure(
  heatStrip({
    title: 'Trust in skin conductance',
    unit: 'in windows of 5 s',
    fromSec: 0,
    toSec: durationSec,
    rows: [{ name: signal, course: trust }],
    scale: 'quality',
  }),
  html`${qualityLegend('not trusted', 'trusted')} Not trusted: within 5 s of conductance outside the range of skin, steeper than 10 µS/s, or without any change for 5 s (Kleckner et al. 2018).`,
)}`,
)}
<h3>Damage and remarks</h3>
${
  nDamages === 0 && remarks.length === 0
    ? html`<p>None: every byte of the files was understood.</p>`
    : html`<ul>${damages.slice(0, 20).map(({ where, detail }) => html`<li>${where}: ${detail}</li>`)}${nDamages > 20 && html`<li>and ${nDamages - 20} more damaged stretches</li>`}${remarks
        .slice(0, 20)
        .map(({ text, times }) => html`<li>${text}${times > 1 && ` (${times} times)`}</li>`)}</ul>`
}
</section>`;
};

const signalRow = ({ id, channels, unit, sfreq, trueRate, nSamples, lostSamples, lostShare, gaps, longestGapSec }: SignalFacts): Html =>
  html`<tr><td>${id}</td><td>${channels.length > 8 ? `${channels.length} channels` : channels.join(' ')} <span class="unit">${unit}</span></td><td class="n">${
    sfreq === 0 ? 'irregular' : `${Number(sfreq.toFixed(3))} Hz`
  }</td><td class="n">${trueRate === null ? '–' : `${trueRate.toFixed(3)} Hz`}</td><td class="n">${nSamples.toLocaleString('en')}</td><td class="n">${
    sfreq === 0 ? '–' : lostSamples === 0 ? '0' : `${lostSamples.toLocaleString('en')} (${percent(lostShare)})`
  }</td><td class="n">${sfreq === 0 ? '–' : gaps}</td><td class="n">${longestGapSec > 0 ? duration(longestGapSec) : '–'}</td></tr>`;

const reasonsText = (reasons: Readonly<Record<string, number>>): string => {
  const meanings: Readonly<Record<string, string>> = {
    range: 'outside the range of skin',
    slope: 'too steep',
    flat: 'without any change',
    missing: 'without samples',
  };
  const said = Object.entries(reasons).flatMap(([name, share]) => (share > 0.0005 ? [`${percent(share)} ${meanings[name] ?? name}`] : []));
  return said.length === 0 ? '' : `; rules broken: ${said.join(', ')}`;
};

/** A share as a bar with its number. */
const shareBar = (share: number): Html =>
  html`<span class="share"><span class="bar" aria-hidden="true"><i class="${share >= 0.8 ? 'good' : share >= 0.5 ? 'fair' : 'bad'}" style="width:${Math.round(100 * share)}%"></i></span>${percent(share)}</span>`;

/** A picture with what it shows. */
export const figure = (picture: string, caption: Html | string): Html =>
  html`<figure>${raw(picture)}<figcaption>${caption}</figcaption></figure>`;

const qualityLegend = (worst: string, best: string): Html => swatches('q', levels.quality, worst, best);

/** The colours of a picture between the words for their ends. */
export const swatches = (prefix: 'q' | 'd', n: number, from: string, to: string): Html =>
  html`<span class="legend">${from} ${raw(
    `<svg viewBox="0 0 ${n * 10} 10" preserveAspectRatio="none" aria-hidden="true">${Array.from({ length: n }, (_, i) => `<rect class="${prefix}${i}" x="${i * 10}" width="10" height="10"/>`).join('')}</svg>`,
  )} ${to}.</span>`;

/** A course of differences from the course's own mean, for a picture in colours. */
export const deviations = (of: ReturnType<ReturnType<typeof course>['read']>) => {
  const known = of.mean.filter((value) => value !== null);
  const mean = known.reduce((sum, value) => sum + value, 0) / (known.length || 1);
  return { ...of, mean: of.mean.map((value) => (value === null ? null : value - mean)) };
};
