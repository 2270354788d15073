import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { progressLine } from './commands/train.ts';
import { readTrainConfig } from './train-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-train-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string): string => {
  const path = join(folder, 'train.json');
  writeFileSync(path, content);
  return path;
};

describe('readTrainConfig', () => {
  it('reads a recipe, where the result goes, and the recipe’s numbers', () => {
    const config = { recipe: 'eeg-simulated', out: 'models/mine', seed: 3, passes: 2, batchSize: 64, people: [4, 2, 2] };
    expect(readTrainConfig(file(JSON.stringify(config)))).toEqual(config);
  });

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'expected a JSON object'],
    ['{"out": "x"}', "'recipe' is missing; it must be one of eeg-simulated"],
    ['{"recipe": "eeg-simulated"}', "'out' is missing; it must be a folder"],
    ['{"recipe": "eeg", "out": "x"}', `'recipe' must be one of eeg-simulated, got "eeg"`],
    [
      '{"recipe": "eeg-simulated", "out": "x", "pases": 3}',
      "unknown key 'pases'. Known are recipe, out, seed, passes, batchSize, people. Did you mean 'passes'?",
    ],
    ['{"recipe": "eeg-simulated", "out": "x", "passes": 0}', "'passes' must be a whole number above 0, got 0"],
    ['{"recipe": "eeg-simulated", "out": "x", "people": [1, 2]}', "'people' must be a list of three whole numbers above 0, got [1,2]"],
  ])('refuses %s, saying what was expected', (content, message) => {
    const path = file(content);
    expect(() => readTrainConfig(path)).toThrow(expect.objectContaining({ code: 'bad-option', message: expect.stringContaining(message) }));
  });

  it('says so where there is no such file', () => {
    expect(() => readTrainConfig(join(folder, 'nowhere.json'))).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

describe('progressLine', () => {
  const progress = { step: 30, steps: 90, pass: 0, passes: 3, loss: 0.51234, learningRate: 1e-3, gradientNorm: 1 };

  it('tells the loss and the time left', () => {
    expect(progressLine(progress, 2)).toBe('pass 1/3  step 30/90  loss 0.5123  2:00 left');
  });

  it('tells the held-out figures where a pass has ended', () => {
    expect(progressLine({ ...progress, metrics: { balancedAccuracy: 0.9 } }, 0.1)).toContain('held-out balancedAccuracy 0.900  0:06 left');
  });
});
