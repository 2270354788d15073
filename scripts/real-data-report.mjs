/**
 * Writes docs/real-data.md and its pictures: what the features find in real recordings. Every number in the page is computed here.
 *
 *     node scripts/real-data-report.mjs FOLDER     the folder that holds eeg-eyes/, openbci-cyton/ and empatica-e4/
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ignoreReports, nTimesOf, openRecording } from '../packages/acquire/dist/index.js';
import {
  bandDe,
  bandPower,
  bandpass,
  blinks,
  condition,
  edaQuality,
  epochs,
  extract,
  findFeature,
  muscle,
  notch,
  scrDetector,
  tonicPhasic,
} from '../packages/features/dist/index.js';
import { from, lastValueFrom, toArray } from '../packages/features/node_modules/rxjs/dist/cjs/index.js';
import { svgChart } from './svg-chart.mjs';

const data = process.argv[2];
if (data === undefined) {
  console.error('Usage: node scripts/real-data-report.mjs FOLDER (with eeg-eyes/, openbci-cyton/ and empatica-e4/)');
  process.exit(2);
}
const docs = new URL('../docs/', import.meta.url).pathname;
mkdirSync(join(docs, 'real-data'), { recursive: true });
const picture = (name, chart) => writeFileSync(join(docs, 'real-data', `${name}.svg`), svgChart(chart));

const hopSec = 0.5;
const vectorsOf = (blocks, features) => lastValueFrom(from(blocks).pipe(epochs({ hopSec }), extract(features, hopSec), toArray()));
const named = (vectors, name) => vectors.filter(({ spec }) => spec.name === name);
const series = (vectors, pick) => ({ x: vectors.map(({ tmax }) => tmax), y: vectors.map(({ values }) => pick(values)) });
const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
const median = (values) => quantile(values, 0.5);
const blocksOf = async (recording, kind) => {
  const blocks = [];
  for await (const block of recording.blocks(ignoreReports)) if (block.signal.kind === kind) blocks.push(block);
  return blocks;
};
/** Row `c` of consecutive blocks as one array of times and one of values. */
const trace = (blocks, c) => {
  const x = [];
  const y = [];
  for (const block of blocks) {
    const nTimes = nTimesOf(block);
    for (let t = 0; t < nTimes; t++) {
      x.push(block.tmin + t / block.signal.sfreq);
      y.push(block.data[c * nTimes + t]);
    }
  }
  return { x, y };
};
/** Stretches of time in which a condition holds, from vectors that end every `everySec`. */
const spansWhere = (vectors, holds, everySec = hopSec) =>
  vectors
    .filter(({ values }) => holds(values))
    .reduce((spans, { tmax }) => {
      const last = spans.at(-1);
      if (last !== undefined && tmax - everySec - last[1] < 1e-6) last[1] = tmax;
      else spans.push([tmax - everySec, tmax]);
      return spans;
    }, []);

// Alpha with eyes closed -------------------------------------------------------------------------------------------------------------------
const simpleText = (file) => {
  const lines = readFileSync(join(data, 'eeg-eyes', file), 'utf8').split('\n');
  const sfreq = Number(/:=\s*([\d.]+)/.exec(lines.find((line) => line.includes('Sampling Rate')))[1]);
  const values = Float64Array.from(lines.filter((line) => line !== '' && !line.startsWith('#')).map(Number));
  const signal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq, montage: { channels: ['O'], reference: 'n/a' } };
  return {
    signal,
    blocks: [{ signal, firstSample: 0, tmin: 0, arrivedAt: values.length / sfreq, data: values }],
    seconds: values.length / sfreq,
  };
};
const eyes = {};
for (const [state, file] of [
  ['closed', 'eeg_ec.txt'],
  ['open', 'eeg_eo.txt'],
]) {
  const { blocks, seconds } = simpleText(file);
  const vectors = await vectorsOf(blocks, [bandDe(), bandPower({ scale: 'relative' })]);
  const relative = named(vectors, 'band-power');
  const alpha = relative[0].spec.axes[1].labels.indexOf('alpha');
  const de = named(vectors, 'band-de');
  const alphaDe = de[0].spec.axes[1].labels.indexOf('alpha');
  eyes[state] = { seconds, share: series(relative, (values) => values[alpha]), de: series(de, (values) => values[alphaDe]) };
}
const eyesSec = Math.min(eyes.closed.seconds, eyes.open.seconds);
picture('alpha-eyes', {
  xLabel: 'time in each recording, s',
  from: 0,
  to: eyesSec,
  panels: [
    {
      title: 'Alpha, share of the power from theta to gamma (4 s windows)',
      unit: 'share',
      low: 0,
      high: 1,
      lines: ['closed', 'open'].map((state) => ({ name: `eyes ${state}`, ...eyes[state].share })),
    },
    {
      title: 'Band DE, alpha (2 s windows, streaming)',
      unit: 'bit',
      lines: ['closed', 'open'].map((state) => ({ name: `eyes ${state}`, ...eyes[state].de })),
    },
  ],
});
const alphaRows = ['closed', 'open'].map((state) => {
  const { share, de, seconds } = eyes[state];
  return `| ${state} | ${seconds.toFixed(0)} s | ${median(share.y).toFixed(3)} | ${quantile(share.y, 0.1).toFixed(3)}–${quantile(share.y, 0.9).toFixed(3)} | ${median(de.y).toFixed(2)} |`;
});
const above = eyes.closed.share.y.filter((value) => value > median(eyes.open.share.y)).length / eyes.closed.share.y.length;

// Blinks and jaw clench in a Cyton log -----------------------------------------------------------------------------------------------------
const log = readdirSync(join(data, 'openbci-cyton')).find((name) => name.includes('v6'));
const cyton = await openRecording(join(data, 'openbci-cyton', log));
const eeg = await blocksOf(cyton, 'eeg');
const { montage } = eeg[0].signal;
const eegSec = eeg.at(-1).tmin + nTimesOf(eeg.at(-1)) / eeg[0].signal.sfreq;
// recorded in a country with 60 Hz mains, whose line is far stronger than any muscle
const quiet = await lastValueFrom(from(eeg).pipe(condition([notch('eeg', { frequency: 60, harmonics: 2, q: 10 })]), toArray()));
const artifacts = [...(await vectorsOf(quiet, [blinks(), muscle()])), ...(await vectorsOf(eeg, [findFeature('eeg-quality').create()]))];
const blinkVectors = named(artifacts, 'blinks');
const muscleVectors = named(artifacts, 'muscle');
const qualityVectors = named(artifacts, 'eeg-quality');
const eyeBand = await lastValueFrom(from(eeg).pipe(condition([bandpass('eeg', { fmin: 1, fmax: 10, order: 2 })]), toArray()));
const jawBand = await lastValueFrom(from(quiet).pipe(condition([bandpass('eeg', { fmin: 62, fmax: 110, order: 4 })]), toArray()));
const fp1 = montage.channels.indexOf('Fp1');
const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const clenches = spansWhere(muscleVectors, (values) => meanOf(Array.from(values)) >= 0.5);
picture('cyton-artifacts', {
  xLabel: 'session time, s',
  from: 0,
  to: eegSec,
  panels: [
    { title: 'Fp1, 1–10 Hz (blinks)', unit: 'µV', low: -300, high: 300, lines: [{ name: 'Fp1', ...trace(eyeBand, fp1) }] },
    { title: 'Blinks found', unit: '1/min', low: 0, lines: [{ name: 'rate over 10 s', ...series(blinkVectors, (values) => values[0]) }] },
    {
      title: 'Fp1, 62–110 Hz after a 60 Hz notch (muscle)',
      unit: 'µV',
      low: -60,
      high: 60,
      lines: [{ name: 'Fp1', ...trace(jawBand, fp1) }],
      bands: [{ name: 'clench found', spans: clenches }],
    },
    {
      title: 'Muscle, share of hops over 2 s, mean over channels',
      unit: 'share',
      low: 0,
      high: 1,
      lines: [{ name: 'muscle', ...series(muscleVectors, (values) => meanOf(Array.from(values))) }],
    },
    {
      title: 'Quality, mean over channels',
      unit: '0–1',
      low: 0,
      high: 1,
      lines: [{ name: 'quality', x: qualityVectors.map(({ tmax }) => tmax), y: qualityVectors.map(({ quality }) => quality) }],
    },
  ],
});
const muscleSec = muscleVectors.filter(({ values }) => meanOf(Array.from(values)) >= 0.5).length * hopSec;
const peakBlinks = blinkVectors.reduce((best, vector) => (vector.values[0] > best.values[0] ? vector : best));

// SCRs and quality over an E4 session ------------------------------------------------------------------------------------------------------
const wearer = 'S02';
const e4 = await openRecording(join(data, 'empatica-e4', wearer));
const eda = await blocksOf(e4, 'eda');
const edaTrace = trace(eda, 0);
const edaSec = edaTrace.x.at(-1);
const parts = await vectorsOf(eda, [tonicPhasic(), edaQuality()]);
const detector = scrDetector({ sfreq: 4, minAmplitudeMicrosiemens: 0.01 });
const responses = [];
for (const value of edaTrace.y) {
  detector.step(value);
  for (const scr of detector.responses(detector.nowSec() - 5)) if (!responses.includes(scr)) responses.push(scr);
}
const labels = gunzipSync(readFileSync(join(data, 'empatica-e4', 'labels_per_second.csv.gz')))
  .toString('utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .filter(([participant]) => Number(participant) === Number(wearer.slice(1)))
  .map(([, , , second, label]) => ({ sec: Number(second) - e4.startedAt, stress: label.trim() === '1' }));
const tasks = labels
  .filter(({ stress }) => stress)
  .reduce((spans, { sec }) => {
    const last = spans.at(-1);
    if (last !== undefined && sec - last[1] < 2) last[1] = sec + 1;
    else spans.push([sec, sec + 1]);
    return spans;
  }, []);
const quality = named(parts, 'eda-quality');
const tonic = series(named(parts, 'tonic-phasic'), (values) => values[0]);
const phasic = series(named(parts, 'tonic-phasic'), (values) => values[1]);
const perMinute = quality
  .filter((_, i) => i % 5 === 0)
  .map(({ tmax }) => ({ tmax, n: responses.filter(({ peakSec }) => peakSec > tmax - 60 && peakSec <= tmax).length }));
picture('e4-session', {
  xLabel: 'session time, s',
  from: 0,
  to: edaSec,
  panels: [
    {
      title: `Skin conductance of ${wearer} at the wrist`,
      unit: 'µS',
      lines: [
        { name: 'conductance', ...edaTrace },
        { name: 'tonic', ...tonic },
      ],
      bands: [{ name: 'stress task', spans: tasks }],
    },
    {
      title: 'Phasic part',
      unit: 'µS',
      lines: [{ name: 'phasic', ...phasic }],
      marks: [{ name: 'SCR peak', at: responses.map(({ peakSec }) => peakSec) }],
    },
    {
      title: 'Responses a minute',
      unit: '1/min',
      low: 0,
      lines: [{ name: 'SCRs in the last 60 s', x: perMinute.map(({ tmax }) => tmax), y: perMinute.map(({ n }) => n) }],
    },
    {
      title: 'Quality: share of the last 60 s that can be trusted',
      unit: '0–1',
      low: 0,
      high: 1.05,
      lines: [{ name: 'trusted', ...series(quality, (values) => values[0]) }],
    },
  ],
});
const inTask = (sec) => tasks.some(([start, end]) => sec >= start && sec < end);
const taskMinutes = tasks.reduce((sum, [start, end]) => sum + end - start, 0) / 60;
const labelled = labels.filter(({ stress }) => !stress).length / 60;
const ratePerMinute = (wanted, minutes) =>
  responses.filter(({ peakSec }) => inTask(peakSec) === wanted && labels.some(({ sec }) => Math.abs(sec - peakSec) < 1)).length / minutes;
const reasons = quality[0].spec.axes[0].labels
  .slice(1)
  .map((reason, i) => `${reason} ${((100 * quality.filter(({ values }) => values[i + 1] > 0).length) / quality.length).toFixed(1)} %`);

writeFileSync(
  join(docs, 'real-data.md'),
  `# What the features find in real recordings

Written by \`node scripts/real-data-report.mjs FOLDER\`; every number is computed by the code of this project. One recording each: pictures that show
the features at work, not evidence about people.

## Alpha rises when the eyes close

One channel, 125 Hz, two recordings of one person (BioSPPy, BSD-3). The unit of the file is not stated, so only shares and differences mean
anything: a gain adds the same number of bits to both.

![Alpha with eyes closed and open](real-data/alpha-eyes.svg)

| eyes | length | alpha share, median | 10–90 % | alpha DE, median (bit) |
| --- | --- | --- | --- | --- |
${alphaRows.join('\n')}

The median alpha DE is ${(median(eyes.closed.de.y) - median(eyes.open.de.y)).toFixed(2)} bit higher with closed eyes, that is ${(6.0206 * (median(eyes.closed.de.y) - median(eyes.open.de.y))).toFixed(1)} dB of power. Its neighbours rise too, so the share moves less:
${(100 * above).toFixed(0)} % of the windows with closed eyes hold a larger share of alpha than the median window with open eyes. A weak alpha rhythm, and the first minute of "closed" does not show it.

## Blinks and jaw clench in an OpenBCI Cyton log

The log that ships with the OpenBCI GUI ("blinks, jaw clench, alpha"; MIT), ${montage.channels.length} channels, ${eegSec.toFixed(0)} s. Blinks are found on ${blinkVectors[0].spec.recipe.channels},
muscle on every channel by its power from 62 Hz up, after a 60 Hz notch: the mains is far stronger here.

![Blinks and jaw clench](real-data/cyton-artifacts.svg)

Most blinks: ${peakBlinks.values[0].toFixed(0)} a minute in the 10 s before ${peakBlinks.tmax.toFixed(0)} s. Muscle on at least half of the channels for ${muscleSec.toFixed(1)} s, in ${clenches.length} stretches${clenches.length === 0 ? '' : `: ${clenches.map(([start, end]) => `${start.toFixed(1)}–${end.toFixed(1)} s`).join(', ')}`}.

## Responses and quality over an Empatica E4 session

${wearer} of Stress-Predict (Iqbal et al. 2022, MIT), ${(edaSec / 60).toFixed(0)} min at 4 Hz, wrist. Tonic and phasic by the causal Kalman filter; responses of at least 0.01 µS.

![An E4 session](real-data/e4-session.svg)

| labelled | minutes | responses a minute |
| --- | --- | --- |
| stress tasks | ${taskMinutes.toFixed(1)} | ${ratePerMinute(true, taskMinutes).toFixed(2)} |
| rest | ${labelled.toFixed(1)} | ${ratePerMinute(false, labelled).toFixed(2)} |

${responses.length} responses in all. Windows in which a rule is broken: ${reasons.join(', ')}.
`,
);
console.log('Wrote docs/real-data.md');
