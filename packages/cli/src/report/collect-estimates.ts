import type { AffectEstimate } from '@affect-edge/models';
import { type Course, course, type GrowingCourse } from './course.ts';

/** One output of one model over the session. */
export interface EstimateFacts {
  readonly model: string;
  readonly output: string;
  readonly unit: string;
  readonly range: readonly [number, number];
  readonly meaning: string;
  readonly n: number;
  readonly mean: number;
  readonly course: Course;
  /** Quality of the estimates, 0–1: the worst of what went in. */
  readonly quality: Course;
  readonly meanQuality: number;
}

/** Follows all estimates of all models. */
export const collectEstimates = () => {
  const outputs = new Map<string, { readonly about: AffectEstimate['card']; readonly output: number; readonly course: GrowingCourse }>();
  const qualities = new Map<string, GrowingCourse>();
  return {
    add: ({ card, tmax, values, quality }: AffectEstimate): void => {
      const ofModel = qualities.get(card.name) ?? course();
      qualities.set(card.name, ofModel);
      ofModel.add(tmax, quality);
      card.outputs.forEach((_, i) => {
        const key = `${card.name}\n${i}`;
        const own = outputs.get(key) ?? { about: card, output: i, course: course() };
        outputs.set(key, own);
        own.course.add(tmax, values[i]);
      });
    },
    read: (): EstimateFacts[] =>
      [...outputs.values()].map(({ about, output, course: of }) => {
        const { name, unit, range, meaning } = about.outputs[output];
        const { n, mean } = of.total();
        const quality = qualities.get(about.name)!;
        return {
          model: about.name,
          output: name,
          unit,
          range,
          meaning,
          n,
          mean: Number(mean.toPrecision(4)),
          course: of.read(),
          quality: quality.read(3),
          meanQuality: Number(quality.total().mean.toFixed(3)),
        };
      }),
  };
};
