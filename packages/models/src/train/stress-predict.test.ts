import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { edaCourse, edaHistory } from '@affect-edge/features';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../engines/tfjs.ts';
import { leaveOneOut } from './eda-leave-one-out.ts';
import type { EdaExamples } from './eda-physics.ts';
import { type StressPredictTable, stressPredictRecipe, stressPredictTable } from './eda-stress-predict.ts';
import { edaSummary } from './eda-summary.ts';
import { readStressPredict } from './stress-predict.ts';

const start = 1_644_000_000;
const seconds = 420;
/** Stress from second 300 to 399 of the session. */
const label = (second: number) => (second >= 300 && second < 400 ? 1 : 0);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stress-predict-'));
  const lines = ['Participant,HR,respr,Time(sec),Label'];
  for (const participant of [2, 11]) {
    const name = `S${String(participant).padStart(2, '0')}`;
    mkdirSync(join(folder, name));
    const samples = Array.from({ length: 4 * seconds }, (_, i) => (1 + 0.5 * Math.sin(i / 90) + 0.1 * participant).toFixed(6));
    writeFileSync(join(folder, name, 'EDA.csv'), [`${start}.000000`, '4.000000', ...samples].join('\n'));
    // The labels begin 9 s after the signal, as in the data set.
    for (let second = 9; second < seconds; second++) lines.push(`${participant},70,12,${start + second},${label(second)}`);
  }
  writeFileSync(join(folder, 'labels_per_second.csv.gz'), gzipSync(lines.join('\n')));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the Stress-Predict folder', () => {
  test('gives everybody with labels, their signal through the features of the device', async () => {
    const people = await readStressPredict(folder, [edaCourse(), edaHistory()]);
    expect(people.map(({ name }) => name)).toEqual(['S02', 'S11']);
    const courses = people[0].vectors.get('eda-course')!;
    expect(courses[0].tmax).toBe(60);
    expect(courses.at(-1)!.tmax).toBe(seconds);
    expect(courses[0].values.at(-1)).toBeCloseTo(1.2 + 0.5 * Math.sin(239 / 90), 5);
  });

  test('labels only windows that lie wholly in one phase', async () => {
    const [{ stressAt, arousalAt }] = await readStressPredict(folder, [edaCourse()]);
    expect(stressAt(300)).toBe(0);
    expect(stressAt(301)).toBeNaN();
    expect(stressAt(359)).toBeNaN();
    expect(stressAt(360)).toBe(1);
    expect(stressAt(400)).toBe(1);
    expect(stressAt(401)).toBeNaN();
    expect(stressAt(60)).toBeNaN();
    expect(stressAt(69)).toBe(0);
    expect(arousalAt(100)).toBeNaN();
  });

  test('leaves the rest out by which a person is known', async () => {
    const { tmax, examples } = await stressPredictTable(folder, 10);
    expect(Math.min(...tmax)).toBe(240);
    expect(examples.nRows).toBe(tmax.length);
    expect(examples.history).toHaveLength(7 * examples.nRows);
  });
});

describe('leaving one person out', () => {
  const nTimes = 80;
  const nPeople = 3;
  const each = 12;
  const table = (stressOf: (person: number, i: number) => number): StressPredictTable => {
    const nRows = nPeople * each;
    const course = new Float64Array(nRows * 4 * nTimes).map((_, i) => {
      const row = Math.floor(i / (4 * nTimes));
      const channel = Math.floor(i / nTimes) % 4;
      const wave = 0.3 * Math.sin((i % nTimes) / (5 + (row % each)));
      return [3 + wave, 0.01 * Math.cos(i), 1, 2 + wave][channel];
    });
    const examples: EdaExamples = {
      nRows,
      course: Float32Array.from(course),
      history: Float32Array.from({ length: 7 * nRows }, (_, i) => [3, 0.1, 3, 0.2, 3, 2.5, 3.5][i % 7]),
      person: Int32Array.from({ length: nRows }, (_, i) => Math.floor(i / each)),
      stress: Float32Array.from({ length: nRows }, (_, i) => stressOf(Math.floor(i / each), i % each)),
      arousal: new Float32Array(nRows).fill(Number.NaN),
      future: new Float32Array(4 * nRows).fill(2),
    };
    return { names: ['A', 'B', 'C'], examples, tmax: Float64Array.from({ length: nRows }, (_, i) => 240 + 20 * (i % each)) };
  };
  const recipe = {
    ...stressPredictRecipe,
    shape: { encoder: { nInputs: 4, width: 4, kernel: 3, dilations: [1] }, nTimes, headWidth: 4, dropout: 0.2, usesHistory: 1 as const },
    passes: 2,
  };

  test('nothing of a person’s labels reaches the answers for that person, and the labels of others do', async () => {
    const engine = await openEngine('tfjs-wasm');
    const stress = (_: number, i: number) => (i < each / 2 ? 0 : 1);
    const [honest, changed] = [stress, (person: number, i: number) => (person === 1 ? 1 - stress(person, i) : stress(person, i))];
    const [a, b] = [await leaveOneOut(engine, table(honest), recipe), await leaveOneOut(engine, table(changed), recipe)];
    const own = (values: ArrayLike<number>, person: number) => Array.from(values).slice(person * each, (person + 1) * each);
    const scores = [a.predictions.stress, ...Object.values(a.rivals)];
    const others = [b.predictions.stress, ...Object.values(b.rivals)];
    for (const [i, values] of scores.entries()) expect(own(values, 1)).toEqual(own(others[i], 1));
    expect(own(a.predictions.stress, 0)).not.toEqual(own(b.predictions.stress, 0));
    expect(own(a.rivals.LDA, 0)).not.toEqual(own(b.rivals.LDA, 0));
  });

  test('the rivals see what the network sees: level against this person’s own history', () => {
    const { examples } = table(() => 0);
    const higher = { ...examples, history: examples.history!.map((value, i) => (i % 7 === 2 ? value - 1 : value)) };
    const [before, after] = [edaSummary(examples)[0], edaSummary(higher)[0]];
    expect(after[0] - before[0]).toBeCloseTo(1 / 0.3, 4);
    expect([...after.slice(1)]).toEqual([...before.slice(1)]);
  });
});
