import type { EdaSignal, SampleBlock } from '@affect-edge/acquire';
import { type AnyFeature, epochs, extract, type FeatureVector } from '@affect-edge/features';
import { from } from 'rxjs';
import { horizonsSec } from '../eda-physics.ts';
import type { EdaExamples } from './eda-physics.ts';

/** The feature vectors of one recording by name, on a grid of one second, oldest first: what the pipeline of the device would have given. */
export const vectorsOf = (blocks: Iterable<SampleBlock<EdaSignal>>, features: readonly AnyFeature[]): Map<string, FeatureVector[]> => {
  const byName = new Map<string, FeatureVector[]>();
  from(blocks)
    .pipe(epochs({ hopSec: 1 }), extract(features, 1))
    .subscribe((vector) => {
      const list = byName.get(vector.spec.name);
      if (list) list.push(vector);
      else byName.set(vector.spec.name, [vector]);
    });
  return byName;
};

/** One person's features with what is known about them. */
export interface EdaPersonRecord {
  readonly vectors: ReadonlyMap<string, readonly FeatureVector[]>;
  /** Whether a window that ends at this session time is stress (1), not (0) or unknown (NaN). */
  readonly stressAt: (tmax: number) => number;
  /** 0–1 or NaN. */
  readonly arousalAt: (tmax: number) => number;
}

/** Which windows to take: every `strideSec` seconds, those of at least this quality. */
export interface EdaSampling {
  readonly strideSec: number;
  readonly minQuality: number;
}

/** Examples of several people in one table; `tmax` and `person` tell where a row came from. */
export const edaExamples = (
  people: readonly EdaPersonRecord[],
  { strideSec, minQuality }: EdaSampling,
): EdaExamples & { readonly tmax: Float64Array } => {
  const rows: {
    course: FeatureVector;
    history: FeatureVector | undefined;
    person: number;
    stress: number;
    arousal: number;
    future: number[];
  }[] = [];
  for (const [person, { vectors, stressAt, arousalAt }] of people.entries()) {
    const courses = vectors.get('eda-course') ?? [];
    const lastOf = new Map(courses.map(({ index, values }) => [index, values[values.length - 1]]));
    const historyOf = new Map((vectors.get('eda-history') ?? []).map((vector) => [vector.index, vector]));
    for (const course of courses) {
      const { index, tmax, quality } = course;
      if (index % strideSec !== 0 || quality < minQuality) continue;
      const future = horizonsSec.map((seconds) => lastOf.get(index + seconds) ?? Number.NaN);
      rows.push({ course, history: historyOf.get(index), person, stress: stressAt(tmax), arousal: arousalAt(tmax), future });
    }
  }
  const each = rows[0]?.course.values.length ?? 0;
  const course = new Float32Array(rows.length * each);
  for (const [i, row] of rows.entries()) course.set(row.course.values, i * each);
  const whole = rows.every((row) => row.history !== undefined);
  return {
    nRows: rows.length,
    course,
    ...(whole && { history: Float32Array.from(rows.flatMap((row) => [...(row.history?.values ?? [])])) }),
    person: Int32Array.from(rows, (row) => row.person),
    stress: Float32Array.from(rows, (row) => row.stress),
    arousal: Float32Array.from(rows, (row) => row.arousal),
    future: Float32Array.from(rows.flatMap((row) => row.future)),
    tmax: Float64Array.from(rows, (row) => row.course.tmax),
  };
};
