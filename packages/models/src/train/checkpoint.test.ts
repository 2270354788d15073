import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointFile } from './checkpoint.ts';
import type { Checkpoint } from './fit.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const state: Checkpoint = {
  step: 17,
  variables: [Float32Array.of(1 / 3, -2), Float32Array.of(1e-30)],
  moments: [
    { first: Float32Array.of(0.1, 0.2), second: Float32Array.of(0.3, 0.4) },
    { first: Float32Array.of(5), second: Float32Array.of(6) },
  ],
  best: { pass: 2, value: 1 / 7, variables: [Float32Array.of(7, 8), Float32Array.of(9)] },
};

describe('a checkpoint file', () => {
  it('gives back exactly what was saved, with and without a best pass', () => {
    const file = checkpointFile(join(folder, 'a'), { seed: 1 });
    expect(file.load()).toBeUndefined();
    file.save(state);
    expect(file.load()).toEqual(state);
    const { best: _, ...young } = state;
    file.save(young);
    expect(file.load()).toEqual(young);
    file.clear();
    expect(file.load()).toBeUndefined();
  });

  it('of another training is refused, not continued', () => {
    const path = join(folder, 'b');
    checkpointFile(path, { seed: 1 }).save(state);
    expect(() => checkpointFile(path, { seed: 2 }).load()).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringContaining('{"seed":1}') }),
    );
  });

  it('cut short by a full disk is refused', () => {
    const path = join(folder, 'c');
    checkpointFile(path, {}).save(state);
    writeFileSync(path, readFileSync(path).subarray(0, 200));
    expect(() => checkpointFile(path, {}).load()).toThrow(expect.objectContaining({ code: 'bad-weights' }));
  });
});
