import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvaluateConfig } from './evaluate-config.ts';

let folder = '';
const read = (text: string) => {
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  return readEvaluateConfig(path);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'affect-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const least = 'title: t\ndata: { noise: {} }\nout: results\n';

describe('the configuration of an evaluation', () => {
  test('needs a title, data and a folder; the rest has usual values', () => {
    const config = read(least);
    expect(config.protocols).toContain('leave-one-subject-out');
    expect(config).toMatchObject({ normalisations: ['train-fit'], data: { signal: 'eeg', recipe: 'streaming', noise: { trials: 16 } } });
  });

  test('takes folders from where the file lies', () => {
    const config = read(least.replace('noise: {}', 'corpus: ../deap'));
    expect(config.out).toBe(join(folder, 'results'));
    expect(config.data.corpus).toBe(join(folder, '..', 'deap'));
  });

  test.each([
    [
      'an unknown protocol, with the nearest',
      'protocols: [leave-one-subjct-out]',
      /:4:13: protocols\[0\]: Unknown protocol 'leave-one-subjct-out'.*'leave-one-subject-out'/,
    ],
    ['an unknown normalisation', 'normalisations: [z-score]', /:4:18: .*Known are none, train-fit, causal-baseline N min/],
    ['an unknown network', 'networks: [resnet]', /Unknown competitor 'resnet'/],
    ['a misspelt key', 'protocls: []', /protocls/],
  ])('refuses %s at its place', (_, line, message) => {
    expect(() => read(`${least}${line}\n`)).toThrow(message);
  });

  test('refuses two kinds of data, and none', () => {
    expect(() => read(least.replace('noise: {}', 'noise: {}, simulated: {}'))).toThrow('name exactly one of corpus, simulated and noise');
    expect(() => read(least.replace('noise: {}', 'signal: eda'))).toThrow('name exactly one of corpus, simulated and noise');
  });
});
