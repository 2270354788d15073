import { type Chunk, type EegSignal, findDevice, ignoreReports, type SampleBlock } from '../packages/acquire/src/index.ts';
import { bandDe, epochs, extract, RBTRANSFORMER_CODE_BANDS } from '../packages/features/src/index.ts';
import { drain } from '../packages/features/test/drain.ts';
import { installPeers, type Peers } from './peers/environment.ts';
import { pipesRows } from './peers/neurosity-pipes.ts';

/**
 * How many channel-samples a second does band differential entropy take, against the libraries people use for it? 32 channels at 250 Hz, four bands,
 * Butterworth order 5, window 1 s; the unit is *input* channel-samples, so whoever filters overlaps again pays for it. All in one run, one
 * thread, in processor time (other work on the machine does not count), the median of repeats. `--alone` leaves the peers out.
 */
const nChannels = 32;
const sfreq = 250;
const hops = [0.5, 0.1] as const;

/** Rates at the two hops, million channel-samples a second. */
interface Row {
  readonly name: string;
  readonly rates: readonly number[];
}

const signal: EegSignal = {
  id: 'eeg',
  kind: 'eeg',
  unit: 'µV',
  sfreq,
  montage: { channels: Array.from({ length: nChannels }, (_, c) => `E${c}`), reference: 'n/a' },
};
const noise = (n: number): Float64Array => Float64Array.from({ length: n }, () => 100 * (Math.random() - 0.5));

/** Median rate of work that takes `samples` channel-samples in; repeated after a warm-up. */
const rate = (samples: number, work: () => void, repeats = 9): number => {
  const rates = Array.from({ length: repeats + 2 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return samples / (user + system);
  });
  return rates.slice(2).sort((a, b) => a - b)[repeats >> 1];
};

/** The feature alone: epochs are there. */
const feature = (hopSec: number): number => {
  const nTimes = sfreq * hopSec;
  const nHops = Math.round(120 / hopSec);
  const data = Array.from({ length: 64 }, () => noise(nChannels * nTimes));
  const push = bandDe({ windowSec: 1 }).open(signal, hopSec);
  let index = 0;
  return rate(nHops * nTimes * nChannels, () => {
    for (let k = 0; k < nHops; k++, index++) push({ signal, index, tmin: index * hopSec, tmax: (index + 1) * hopSec, data: data[k % 64] });
  });
};

/** Blocks as a device gives them (a tenth of a second) through `epochs` and `extract`. */
const fromBlocks = (hopSec: number): number => {
  const data = Array.from({ length: 64 }, () => noise(nChannels * 25));
  const blocks = Array.from({ length: 1200 }, (_, i): SampleBlock => {
    return { signal, firstSample: 25 * i, tmin: 0.1 * i, arrivedAt: 0.1 * (i + 1), data: data[i % 64] };
  });
  return rate(blocks.length * 25 * nChannels, () => {
    const vectors = extract([bandDe({ windowSec: 1 })], hopSec);
    drain(blocks, (blocks$) => vectors(epochs({ hopSec })(blocks$)));
  });
};

/** Bytes of Cyton frames (8 channels) in reads of 1,024 bytes through the decoder, `epochs` and `extract`: the whole graph. */
const fromCytonBytes = (hopSec: number): number => {
  const nFrames = 30_000;
  const bytes = new Uint8Array(33 * nFrames);
  for (let i = 0; i < nFrames; i++) {
    bytes.set([0xa0, i & 0xff], 33 * i);
    for (let b = 2; b < 26; b++) bytes[33 * i + b] = (b - 2) % 3 === 0 ? 0 : (Math.random() * 256) | 0;
    bytes[33 * i + 32] = 0xc0;
  }
  const chunks = Array.from({ length: Math.ceil(bytes.length / 1024) }, (_, i): Chunk => {
    return {
      endpoint: '',
      arrivedAt: (Math.min(bytes.length, 1024 * (i + 1)) / 33 / 250) * 1,
      bytes: bytes.subarray(1024 * i, 1024 * (i + 1)),
    };
  });
  let nVectors = 0;
  const got = rate(nFrames * 8, () => {
    const samples = findDevice('openbci-cyton').create().decode(ignoreReports);
    const vectors = extract([bandDe({ windowSec: 1 })], hopSec);
    nVectors += drain(chunks, (chunks$) => vectors(epochs({ hopSec })(samples(chunks$))));
  });
  if (nVectors < 0.9 * 11 * (120 / hopSec)) throw new Error(`the graph gave only ${nVectors} vectors`);
  return got;
};

const peerRows = (peers: Peers): Row[] => {
  const { rates, versions } = peers.python('band_de.py', [String(nChannels), String(sfreq), hops.join(',')]) as {
    readonly rates: Readonly<Record<string, readonly number[]>>;
    readonly versions: Readonly<Record<string, string>>;
  };
  console.log(
    `Peers: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}, @neurosity/pipes 5.2.1, fili 2.0.3. Node ${process.version}.\n`,
  );
  return [
    ...Object.entries(rates).map(([name, found]) => ({ name, rates: found })),
    ...pipesRows(peers.require, { nChannels, sfreq, hops, bands: RBTRANSFORMER_CODE_BANDS, rate }),
  ];
};

const ours: Row[] = [
  { name: '**bandDe, the feature**', rates: hops.map(feature) },
  { name: '**epochs + extract(bandDe), from blocks**', rates: hops.map(fromBlocks) },
  { name: '**Cyton bytes → samples → epochs → bandDe** (8 channels)', rates: hops.map(fromCytonBytes) },
];
const rows = [...(process.argv.includes('--alone') ? [] : peerRows(installPeers())), ...ours];
const torcheeg = rows.find(({ name }) => name.startsWith('torcheeg'));
const ratio = (row: Row, i: number) => (torcheeg ? `${(row.rates[i] / torcheeg.rates[i]).toFixed(1)}×` : '');

console.log(`| million channel-samples/s, ${nChannels} ch × ${sfreq} Hz | hop 0.5 s | hop 0.1 s | × torcheeg | |`);
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const row of rows)
  console.log(`| ${row.name} | ${row.rates.map((value) => value.toFixed(3)).join(' | ')} | ${ratio(row, 0)} | ${ratio(row, 1)} |`);
const scipy = rows.filter(({ name }) => name.startsWith('SciPy')).map(({ rates }) => rates[1]);
if (scipy.length > 0) {
  console.log(`\nbandDe against SciPy streaming at hop 0.1 s: ${(ours[0].rates[1] / Math.max(...scipy)).toFixed(1)}×.`);
}
console.log('Physical limit measured on the reference machine: 404 (C, AVX-512 f32), 63 (C, scalar f64) million at hop 0.1 s.');
