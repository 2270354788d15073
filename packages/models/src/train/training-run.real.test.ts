import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../card.ts';
import { openEngine } from '../engines/tfjs.ts';
import { writeSafetensors } from '../safetensors.ts';
import { trainSimulatedEda } from './eda-simulated.ts';
import { trainStressPredict } from './eda-stress-predict.ts';
import { trainEegSimulated } from './train-eeg-simulated.ts';
import type { Trained, TrainingRun } from './training-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-training-'));
const corpus = join(folder, 'stress-predict');
afterAll(() => rmSync(folder, { recursive: true }));
/** Three people as Stress-Predict keeps them, stressed from second 330 to 429. */
beforeAll(() => {
  const start = 1_644_000_000;
  const labels = ['Participant,HR,respr,Time(sec),Label'];
  for (const participant of [2, 3, 4]) {
    const person = join(corpus, `S0${participant}`);
    mkdirSync(person, { recursive: true });
    const samples = Array.from({ length: 4 * 500 }, (_, i) => (1 + 0.3 * Math.sin(i / (40 + 9 * participant)) + i / 4000).toFixed(6));
    writeFileSync(join(person, 'EDA.csv'), [`${start}.000000`, '4.000000', ...samples].join('\n'));
    for (let second = 0; second < 500; second++) {
      labels.push(`${participant},70,12,${start + second},${second >= 330 && second < 430 ? 1 : 0}`);
    }
  }
  writeFileSync(join(corpus, 'labels_per_second.csv.gz'), gzipSync(labels.join('\n')));
});

const trainers: Readonly<Record<string, (engine: never, ...args: never[]) => Promise<Trained>>> = {
  trainEegSimulated,
  trainSimulatedEda,
  trainStressPredict,
};
const start = async (name: string, args: readonly unknown[], run: TrainingRun): Promise<Trained> =>
  trainers[name]((await openEngine('tfjs-wasm')) as never, ...([...args, run] as never[]));

const built = new URL('../../dist/index.js', import.meta.url).href;
/** Trains in a process of its own, saving at each step, and kills it as soon as it has reported `killAfter` steps. */
const killed = (name: string, args: readonly unknown[], checkpointPath: string, killAfter: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const program = `
      const models = await import(${JSON.stringify(built)});
      const onProgress = ({ step }) => console.log('step', step);
      const run = { checkpointPath: ${JSON.stringify(checkpointPath)}, checkpointEvery: 1, onProgress };
      await models.${name}(await models.openEngine('tfjs-wasm'), ...${JSON.stringify(args)}, run);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let steps = 0;
    child.stdout.on('data', (data: Buffer) => {
      steps += String(data).split('step').length - 1;
      if (steps >= killAfter) child.kill('SIGKILL');
    });
    child.on('close', (code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`the training ended with ${code} after ${steps} steps`)),
    );
  });
const shaOf = (trained: Trained): string => (trained.ended === 'aborted' ? 'aborted' : sha256(writeSafetensors(trained.weights)));

describe.each([
  { name: 'trainEegSimulated', args: [{ people: [1, 1, 1], seed: 9, recipe: { passes: 2, batchSize: 64 } }] },
  { name: 'trainSimulatedEda', args: [{ people: 2, testPeople: 1, seconds: 200, passes: 3, batchSize: 8 }] },
  { name: 'trainStressPredict', args: [corpus, { passes: 2, testStrideSec: 10 }] },
])('$name', ({ name, args }) => {
  it('killed at random points and resumed, ends with the very weights and card of an unbroken run, and leaves no checkpoint', async () => {
    const checkpointPath = join(folder, `${name}.checkpoint`);
    const whole = await start(name, args, {});
    const first = 2 + Math.floor(Math.random() * 3); // a kill may come before that step is saved
    await killed(name, args, checkpointPath, first);
    await killed(name, args, checkpointPath, 1);
    const kept = () => readdirSync(folder).filter((file) => file.startsWith(`${name}.checkpoint`));
    expect(kept()).not.toEqual([]);
    const stepsLeft: number[] = [];
    const resumed = await start(name, args, { checkpointPath, onProgress: ({ step }) => stepsLeft.push(step) });
    expect(stepsLeft[0], `killed after ${first} and 1 more step`).toBeGreaterThan(1);
    expect(shaOf(resumed)).toBe(shaOf(whole));
    expect(resumed).toEqual(whole);
    expect(kept()).toEqual([]);
  }, 600_000);

  it('stopped on the way, says so and keeps its state', async () => {
    const stopping = new AbortController();
    const checkpointPath = join(folder, `${name}.stopped`);
    const onProgress = (): void => stopping.abort();
    expect(await start(name, args, { checkpointPath, onProgress, signal: stopping.signal })).toEqual({ ended: 'aborted' });
    expect(readdirSync(folder).some((file) => file.startsWith(`${name}.stopped`))).toBe(true);
  }, 600_000);
});
