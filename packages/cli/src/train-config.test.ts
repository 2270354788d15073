import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { progressLine } from './commands/train.ts';
import { readTrainConfig } from './train-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-train-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string): string => {
  const path = join(folder, 'train.yaml');
  writeFileSync(path, content);
  return path;
};

describe('readTrainConfig', () => {
  it('reads a recipe, where the result goes, and the recipe’s numbers, as YAML or JSON', () => {
    const yaml =
      'recipe: eeg-simulated   # eight electrodes\nout: /models/mine\nseed: 3\npasses: 2\nbatch_size: 64\npeople: [4, 2, 2]\nbalance: smote\n';
    const config = {
      recipe: 'eeg-simulated',
      out: '/models/mine',
      seed: 3,
      passes: 2,
      batch_size: 64,
      people: [4, 2, 2],
      balance: 'smote',
    };
    expect(readTrainConfig(file(yaml))).toEqual(config);
    expect(readTrainConfig(file(JSON.stringify(config)))).toEqual(config);
  });

  it('takes relative folders from where the file is', () => {
    expect(readTrainConfig(file('recipe: eda-stress-predict\nout: ../mine\ndata: corpus'))).toEqual({
      recipe: 'eda-stress-predict',
      out: join(folder, '../mine'),
      data: join(folder, 'corpus'),
    });
  });

  it.each([
    ['{', ':1:', 'not closed'],
    ['out: x', ':1:1: recipe:', "expected 'eeg-simulated' or 'eda-simulated' or 'eda-stress-predict'"],
    ['recipe: eeg-simulated', ":1:1: out: 'out' is missing: expected a folder", "Add 'out: models/mine'"],
    ['recipe: eeg-simulate\nout: x', ':1:9: recipe:', "got 'eeg-simulate'. Did you mean 'eeg-simulated'?"],
    ['recipe: eeg-simulated\nout: x\npases: 3', ":3:1: pases: unknown key 'pases'", "Did you mean 'passes'?"],
    ['recipe: eeg-simulated\nout: x\nbatchSize: 3', ":3:1: batchSize: unknown key 'batchSize'", "Did you mean 'batch_size'?"],
    ['recipe: eeg-simulated\nout: x\npasses: 0', ':3:9: passes: expected a whole number from 1 to 1000000, got 0', "'passes: 8'"],
    ['recipe: eeg-simulated\nout: x\npeople: [1, 2]', ':3:9: people: expected a list of three whole numbers above 0', '[64'],
    ['recipe: eda-simulated\nout: x\nbalance: smote', ":3:1: balance: unknown key 'balance'", 'test_people'],
    ['recipe: eda-stress-predict\nout: x', ":1:1: data: 'data' is missing: expected a folder", 'corpora/stress-predict'],
  ])('refuses %j, saying where and what was expected', (content, where, what) => {
    const path = file(content);
    expect(() => readTrainConfig(path)).toThrow(expect.objectContaining({ code: 'bad-config', message: expect.stringContaining(where) }));
    expect(() => readTrainConfig(path)).toThrow(what);
  });

  it.each(['eeg-simulated', 'eda-simulated', 'eda-stress-predict'])('takes the example of %s', (recipe) => {
    const path = fileURLToPath(new URL(`../../../examples/train-${recipe}.yaml`, import.meta.url));
    expect(readTrainConfig(path)).toMatchObject({ recipe, seed: 1 });
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

  it('tells the held-out figures where a pass has ended, and which of several trainings it is', () => {
    expect(progressLine({ ...progress, part: 'without S02 (1 of 11)', metrics: { balancedAccuracy: 0.9 } }, 0.1)).toBe(
      'without S02 (1 of 11)  pass 1/3  step 30/90  loss 0.5123  held-out balancedAccuracy 0.900  0:06 left',
    );
  });
});
