import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { peakMegabytes, recording, startAffect } from '../packages/cli/test/affect-process.ts';

/**
 * How long does `affect` take from nothing to its first estimate, and how much memory has it touched by then? A fresh process each time replays twelve
 * seconds of a recording on onnxruntime; beside it a Node that does nothing. Processor time (all threads, in steps of 10 ms) tells the same where the machine
 * has other work. Linux only.
 *
 *     pnpm bench cold-start [TIMES]
 */
const times = Number(process.argv[2] ?? 15);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

interface Start {
  readonly ms: number;
  readonly processorMs: number;
  readonly megabytes: number;
}

/** Processor time of a running process so far, ms: fields 14 and 15 of its stat, in hundredths of a second. */
const processorMs = (pid: number): number => {
  const [, fields] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!;
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return 10 * (user + system);
};

const firstEstimate = async (files: readonly string[]): Promise<Start> => {
  const began = performance.now();
  const affect = startAffect('replay', '--engine', 'onnx', ...files);
  await affect.until(/"schema"|"seq"/);
  const start = {
    ms: performance.now() - began,
    processorMs: processorMs(affect.pid),
    megabytes: peakMegabytes(affect.pid) ?? Number.NaN,
  };
  await affect.ended;
  return start;
};

const bareNode = async (): Promise<Start> => {
  const began = performance.now();
  const told = 'const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage(); console.log(maxRSS, userCPUTime + systemCPUTime)';
  const [peak, cpu] = execFileSync(process.execPath, ['-e', told], { encoding: 'utf8' }).split(' ').map(Number);
  return { ms: performance.now() - began, processorMs: cpu / 1000, megabytes: peak / 1024 };
};

const eeg = recording('cyton-v6-12s.txt.gz');
const rows: readonly (readonly [string, () => Promise<Start>])[] = [
  ['node alone', bareNode],
  ['affect, EEG, one model', () => firstEstimate([eeg])],
  ['affect, EEG and skin conductance, three models', () => firstEstimate([eeg, recording('e4-s02')])],
];
console.log(`Node ${process.version}, ${times} processes each, by turns`);
console.log('| | median ms | best ms | processor ms | peak MB |');
console.log('| --- | ---: | ---: | ---: | ---: |');
const seen = rows.map((): Start[] => []);
for (let i = 0; i < times; i++) for (const [r, [, start]] of rows.entries()) seen[r].push(await start());
for (const [r, [name]] of rows.entries()) {
  const of = (what: keyof Start): number[] => seen[r].map((start) => start[what]);
  const figures = [median(of('ms')), Math.min(...of('ms')), median(of('processorMs')), median(of('megabytes'))];
  console.log(`| ${[name, ...figures.map((figure) => figure.toFixed(0))].join(' | ')} |`);
}
