import { createHash } from 'node:crypto';
import { bodySection, edaSection, eegSection, marksSection } from './body-sections.ts';
import { duration, type Html, html, percent, raw } from './html.ts';
import { cardsSection, estimatesSection, limitsSection } from './model-sections.ts';
import { pageStyle } from './page-style.ts';
import { qualitySection } from './quality-section.ts';
import type { ReportData } from './report-data.ts';

const simulatedBanner = 'Simulated: nobody wore these sensors. This shows the wiring and says nothing about people.';
/** The mark of the program, as on the live page. */
const brand =
  '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" style="fill:var(--c0)"/><path d="M4 17h5l3-8 5 15 4-11 2 4h5" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>';

/**
 * The report as one page that needs nothing else: no script, no picture, no letter from elsewhere, and a policy in its head by which the browser would not
 * load any. Quality comes first.
 */
export const reportPage = (data: ReportData): string => {
  const { recordings, started, durationSec, simulated, pairing, notice, program, engine, session } = data;
  const subjects = [...new Set(recordings.flatMap(({ subject }) => subject ?? []))];
  const title = recordings.map(({ name }) => name).join(' + ');
  const sections = [
    ['quality', 'Quality', qualitySection(data)],
    ['eeg', 'Brain activity', eegSection(data)],
    ['eda', 'Skin conductance', edaSection(data)],
    ['body', 'Heart, temperature, motion', bodySection(data)],
    ['estimates', 'Estimates', estimatesSection(data)],
    ['marks', 'Marks', marksSection(data)],
    ['models', 'Models and their limits', cardsSection(data)],
    ['limits', 'What was not measured', limitsSection(data)],
  ] as const;
  const there = sections.filter(([, , section]) => section !== undefined);
  const styleHash = createHash('sha256').update(pageStyle).digest('base64');
  const body = html`<header><div class="brand">${raw(brand)}<span>Affect Edge · session report</span></div>
<h1>${title}</h1>
<p class="about">${[
    started === null ? 'start unknown' : `${started.slice(0, 10)}, ${started.slice(11, 19)} UTC`,
    duration(durationSec),
    ...(subjects.length > 0 ? [`subject ${subjects.join(', ')}`] : []),
    ...recordings.flatMap((one) => (one.session === undefined ? [] : [`session ${one.session}`])),
    [...new Set(recordings.map(({ format }) => format))].join(', '),
  ].join(' · ')}</p>
${recordings.map(({ notes }) => notes !== undefined && html`<p>${notes}</p>`)}
${simulated && html`<p class="banner" role="note">${simulatedBanner}</p>`}
${pairing !== null && html`<p class="banner" role="note">Note: ${pairing}.</p>`}
<p class="banner" role="note">${notice}</p>
<ul class="tiles">${tiles(data)}</ul>
<nav aria-label="Sections">${there.map(([id, name]) => html`<a href="#${id}">${name}</a>`)}</nav></header>
<main>${there.map(([, , section]) => section)}</main>
<footer><p>${notice}</p><p>Made by ${program}; models computed by ${engine}; session <code>${session}</code>${recordings.map(
    ({ consentSha256 }) => consentSha256 !== undefined && html`; consent <code>sha256 ${consentSha256}</code>`,
  )}. The numbers behind this page lie beside it as JSON.</p></footer>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${html`${title} · session report`.html}</title><link rel="icon" href="data:,"><style>${pageStyle}</style></head>
<body>${body.html}</body></html>
`;
};

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly unit?: string;
  readonly note: string;
  readonly mood?: 'good' | 'bad' | undefined;
}

/** The session in a few numbers, quality first. */
const tiles = ({ signals, eeg, eda, body, estimates, marks, durationSec }: ReportData): Html[] => {
  const regular = signals.filter(({ sfreq }) => sfreq > 0);
  const never = regular.filter(({ nSamples }) => nSamples === 0).map(({ id }) => id);
  const worst = never.length > 0 ? 1 : regular.reduce((most, one) => Math.max(most, one.lostShare), 0);
  const judged = eeg.flatMap(({ electrodes }) => electrodes.flatMap(({ usable }) => usable ?? []));
  const usable = judged.reduce((sum, share) => sum + share, 0) / judged.length;
  const heart = body.find(({ name, mean }) => name === 'Heart rate' && Number.isFinite(mean));
  const n = estimates
    .filter(({ model }, i) => estimates.findIndex((other) => other.model === model) === i)
    .reduce((sum, one) => sum + one.n, 0);
  const named = (name: string, signal: string): string => (eda.length > 1 ? `${name}, ${signal}` : name);
  const all: readonly (Tile | false | undefined)[] = [
    { name: 'Length', ...lengthOf(durationSec), note: `${count(signals.length, 'signal')}, ${count(marks.length, 'mark')}` },
    regular.length > 0 && {
      name: 'Samples that came',
      value: percent(1 - worst),
      note: never.length > 0 ? `of ${never.join(', ')}` : worst === 0 ? 'nothing lost' : 'of the signal that lost most',
      mood: worst < 0.01 ? 'good' : worst > 0.05 ? 'bad' : undefined,
    },
    judged.length > 0 && {
      name: 'Electrodes usable',
      value: percent(usable),
      note: `of the time, mean of ${judged.length}`,
      mood: usable > 0.8 ? 'good' : usable < 0.5 ? 'bad' : undefined,
    },
    ...eda.map(
      ({ signal, wornSec, notWornSec, trusted }): Tile | false =>
        trusted !== null && {
          name: named('Worn', signal),
          value: percent(wornSec / (wornSec + notWornSec)),
          note: `${percent(trusted)} can be trusted`,
          mood: trusted > 0.8 ? 'good' : trusted < 0.5 ? 'bad' : undefined,
        },
    ),
    ...eda.map(({ signal, responsesPerMinute, nResponses }) => ({
      name: named('Skin responses', signal),
      value: responsesPerMinute.toFixed(1),
      unit: '/min',
      note: `${nResponses} in all`,
    })),
    heart && { name: 'Heart rate', value: heart.mean.toFixed(0), unit: 'bpm', note: `${heart.least} to ${heart.most}` },
    { name: 'Estimates', value: n.toLocaleString('en'), note: n === 0 ? 'see what was not measured' : 'see how sure they are' },
  ];
  return all.flatMap((tile) =>
    tile
      ? html`<li class="tile ${tile.mood ?? ''}"><span>${tile.name}</span><b>${tile.value}${tile.unit !== undefined && html`<small>${tile.unit}</small>`}</b><span>${tile.note}</span></li>`
      : [],
  );
};

/** A length with its smaller part in small. */
const lengthOf = (seconds: number): { readonly value: string; readonly unit: string } => {
  const [value, ...unit] = duration(seconds).split(' ');
  return { value, unit: unit.join(' ') };
};

const count = (n: number, what: string): string => `${n === 0 ? 'no' : n} ${what}${n === 1 ? '' : 's'}`;
