import type { EvaluationTable } from '../src/evaluate/table.ts';
import { randomNormal, randomStream } from '../src/train/random.ts';

export interface FakeTableShape {
  readonly subjects: number;
  readonly sessions?: number;
  readonly trials: number;
  readonly windows: number;
  readonly nClasses?: number;
  /** How far the classes lie apart, in standard deviations of a feature. */
  readonly apart?: number;
  /** Share of a window that the next one overlaps. */
  readonly overlap?: number;
  readonly seed?: number;
}

const width = 4;

/** A table of Gaussian features, every trial of one class in turn, windows of 4 s. */
export const fakeTable = ({
  subjects,
  sessions = 1,
  trials,
  windows,
  nClasses = 2,
  apart = 0,
  overlap = 0,
  seed = 1,
}: FakeTableShape): EvaluationTable => {
  const rows: { s: number; session: number; trial: number; tmin: number; k: number }[] = [];
  for (let s = 0; s < subjects; s++) {
    for (let e = 0; e < sessions; e++) {
      for (let t = 0; t < trials; t++) {
        for (let w = 0; w < windows; w++) {
          const session = s * sessions + e;
          rows.push({ s, session, trial: session * trials + t, tmin: t * 1000 + w * 4 * (1 - overlap), k: (t + s) % nClasses });
        }
      }
    }
  }
  const random = randomStream(seed, 0);
  const values = new Float32Array(rows.length * width);
  rows.forEach(({ k }, row) => {
    for (let i = 0; i < width; i++) values[row * width + i] = randomNormal(random) + (i === 0 ? apart * k : 0);
  });
  const names = (prefix: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${prefix}${i + 1}`);
  return {
    name: 'fake',
    description: 'made up',
    nRows: rows.length,
    subjects: names('P', subjects),
    sessions: names('E', subjects * sessions),
    trials: names('T', subjects * sessions * trials),
    subject: Int32Array.from(rows, ({ s }) => s),
    session: Int32Array.from(rows, ({ session }) => session),
    trial: Int32Array.from(rows, ({ trial }) => trial),
    tmin: Float64Array.from(rows, ({ tmin }) => tmin),
    tmax: Float64Array.from(rows, ({ tmin }) => tmin + 4),
    features: [
      {
        spec: { name: 'fake', unit: '1', axes: [{ name: 'value', labels: names('v', width) }], recipe: {} },
        origin: 'sensor',
        use: 'both',
        values,
      },
    ],
    label: { name: 'class', classes: names('c', nClasses), values: Int32Array.from(rows, ({ k }) => k) },
    quantities: [],
  };
};
