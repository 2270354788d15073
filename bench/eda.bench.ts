import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  convexEda,
  edaCourse,
  edaFeatures,
  edaQuality,
  edaStatistics,
  epochs,
  extract,
  highPassEda,
  sudomotorKalman,
  tonicPhasic,
} from '../packages/features/src/index.ts';
import { drain } from '../packages/features/test/drain.ts';
import { block, cutBlock, eda } from '../packages/features/test/signals.ts';
import { syntheticEda } from '../packages/features/test/synthetic-eda.ts';
import { installPeers } from './peers/environment.ts';

/**
 * What does a sample of skin conductance cost, beside NeuroKit2 on the same signal in the same run? One hour at 4 Hz, simulated; processor time of
 * the best of several runs, since whatever else the machine does can only add.
 * NeuroKit2 is not incremental: to have its features once a second it must process the last minute again, which is what "a sample" means
 * for it here. `--alone` leaves it out.
 */
const sfreq = 4;
const { y } = syntheticEda({ sfreq, lengthSec: 3600, seed: 1, snrDb: 30 });
const five = y.subarray(0, 300 * sfreq);

/** Processor seconds of the cheapest run, after warming up; collecting garbage is in it. */
const seconds = (work: () => void, repeats = 30): number => {
  for (let i = 0; i < 3; i++) work();
  const times = Array.from({ length: repeats }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  });
  return Math.min(...times);
};

const signal = eda(sfreq);
const hops = Array.from({ length: 3600 }, (_, k) => ({
  signal,
  index: k + 1,
  tmin: k,
  tmax: k + 1,
  data: y.subarray(k * sfreq, (k + 1) * sfreq),
}));
const incremental = (...wanted: ReturnType<typeof tonicPhasic>[]) =>
  seconds(() => {
    const extractors = wanted.map(({ open }) => open(signal, 1));
    for (const hop of hops) for (const see of extractors) see(hop);
  });

const blocks = cutBlock(
  block(signal, 0, 0, y),
  Array.from({ length: y.length }, (_, i) => i),
);
const filtered = () => {
  const filter = sudomotorKalman({ sfreq });
  for (let i = 0; i < y.length; i++) filter.step(y[i]);
};

/** What eda_neurokit.py prints, processor seconds. */
interface Peer {
  readonly version: string;
  readonly processHour: number;
  readonly processMinute: number;
  readonly highpassHour: number;
  readonly convexFive: number;
  readonly convexHour: number;
}
const peer = (): Peer => {
  const folder = mkdtempSync(join(tmpdir(), 'affect-bench-'));
  try {
    const file = join(folder, 'hour.json');
    writeFileSync(file, JSON.stringify({ hour: [...y], sfreq }));
    return installPeers().python('eda_neurokit.py', [file]) as Peer;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const rows: { what: string; perSample: number }[] = [];
const row = (what: string, sec: number, samples: number) => rows.push({ what, perSample: (1e6 * sec) / samples });

row('sudomotor Kalman filter alone', seconds(filtered), y.length);
row('tonic and phasic, every second', incremental(tonicPhasic()), y.length);
row('course of the last minute, every second', incremental(edaCourse()), y.length);
row('full table (37 features), every 5 s', incremental(edaFeatures()), y.length);
row('full table, every 15 s', incremental(edaFeatures({ everySec: 15 })), y.length);
row('statistics of both parts (40), every 15 s', incremental(edaStatistics()), y.length);
row('quality with its reason, every second', incremental(edaQuality()), y.length);
row(
  'blocks of one sample → epochs → extract: tonic, phasic, course, table',
  seconds(() => {
    drain(blocks, (source$) => source$.pipe(epochs({ hopSec: 1 }), extract([tonicPhasic(), edaCourse(), edaFeatures()], 1)));
  }),
  y.length,
);
row(
  'whole hour, high-pass',
  seconds(() => highPassEda(y, sfreq)),
  y.length,
);
row(
  '5 min, convex decomposition',
  seconds(() => convexEda(five, { sfreq })),
  five.length,
);
row(
  'whole hour, convex decomposition',
  seconds(() => convexEda(y, { sfreq }), 3),
  y.length,
);

const neurokit = process.argv.includes('--alone') ? undefined : peer();
if (neurokit) {
  row(`NeuroKit2 ${neurokit.version}: eda_process of the last minute, every second`, neurokit.processMinute, sfreq);
  row('NeuroKit2: eda_process of the whole hour at once', neurokit.processHour, y.length);
  row('NeuroKit2: whole hour, high-pass', neurokit.highpassHour, y.length);
  row('NeuroKit2: 5 min, cvxEDA', neurokit.convexFive, five.length);
  row('NeuroKit2: whole hour, cvxEDA', neurokit.convexHour, y.length);
}
const online = neurokit ? (1e6 * neurokit.processMinute) / sfreq : undefined;

console.log('| 4 Hz skin conductance, processor time | µs a sample | × real time | × NeuroKit2 once a second |');
console.log('| --- | ---: | ---: | ---: |');
for (const { what, perSample } of rows) {
  const ratio = online === undefined ? '' : (online / perSample).toPrecision(3);
  console.log(`| ${what} | ${perSample.toPrecision(3)} | ${(1e6 / sfreq / perSample).toPrecision(3)} | ${ratio} |`);
}
