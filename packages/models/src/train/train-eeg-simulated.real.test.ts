import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../card.ts';
import { openEngine } from '../engines/tfjs.ts';
import { writeSafetensors } from '../safetensors.ts';
import { type EegSimulatedOptions, trainEegSimulated } from './train-eeg-simulated.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-training-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options: EegSimulatedOptions = { people: [1, 1, 1], passes: 2, batchSize: 64, seed: 9 };
const built = new URL('../../dist/index.js', import.meta.url).href;

/** Trains in a process of its own and kills it as soon as it has reported `killAfter` steps. */
const killed = (checkpointPath: string, killAfter: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const program = `
      const { openEngine, trainEegSimulated } = await import(${JSON.stringify(built)});
      const onProgress = ({ step }) => console.log('step', step);
      await trainEegSimulated(await openEngine('tfjs-wasm'), { ...${JSON.stringify({ ...options, checkpointPath, checkpointEvery: 1 })}, onProgress });`;
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

describe('training on the simulated wearer', () => {
  it('killed at random points and resumed, ends with the very weights of an unbroken run', async () => {
    const engine = await openEngine('tfjs-wasm');
    const checkpointPath = join(folder, 'checkpoint');
    const whole = await trainEegSimulated(engine, options);
    const first = 2 + Math.floor(Math.random() * 3); // a kill may come before that step is saved
    await killed(checkpointPath, first);
    await killed(checkpointPath, 1);
    expect(existsSync(checkpointPath)).toBe(true);
    const stepsLeft: number[] = [];
    const resumed = await trainEegSimulated(engine, { ...options, checkpointPath, onProgress: ({ step }) => stepsLeft.push(step) });
    expect(stepsLeft[0], `killed after ${first} and 1 more step`).toBeGreaterThan(1);
    expect(sha256(writeSafetensors(resumed.weights))).toBe(sha256(writeSafetensors(whole.weights)));
    expect(resumed.card).toEqual(whole.card);
    expect(existsSync(checkpointPath)).toBe(false);
  }, 600_000);
});
