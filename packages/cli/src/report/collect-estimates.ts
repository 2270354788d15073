import { type AffectEstimate, type OutputUncertainty, uncertaintyOf } from '@affect-edge/models';
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
  /** `least` and `most` are the mean ends of the 95 % interval where `interval` tells what that is, else the spread within a bin. */
  readonly course: Course;
  /** Who showed how far the values are to be believed; absent where the model's card does not tell. */
  readonly interval?: OutputUncertainty;
  /** Quality of the estimates, 0–1: the worst of what went in. */
  readonly quality: Course;
  readonly meanQuality: number;
}

/** Follows all estimates of all models. */
export const collectEstimates = () => {
  const outputs = new Map<
    string,
    {
      readonly about: AffectEstimate['card'];
      readonly output: number;
      readonly course: GrowingCourse;
      readonly low: GrowingCourse;
      readonly high: GrowingCourse;
    }
  >();
  const qualities = new Map<string, GrowingCourse>();
  return {
    add: ({ card, tmax, values, quality }: AffectEstimate): void => {
      const ofModel = qualities.get(card.name) ?? course();
      qualities.set(card.name, ofModel);
      ofModel.add(tmax, quality);
      card.outputs.forEach((output, i) => {
        const key = `${card.name}\n${i}`;
        const own = outputs.get(key) ?? { about: card, output: i, course: course(), low: course(), high: course() };
        outputs.set(key, own);
        own.course.add(tmax, values[i]);
        const [low = Number.NaN, high = Number.NaN] = uncertaintyOf(output, values[i]) ?? [];
        own.low.add(tmax, low);
        own.high.add(tmax, high);
      });
    },
    read: (): EstimateFacts[] =>
      [...outputs.values()].map(({ about, output, course: of, low, high }) => {
        const { name, unit, range, meaning, uncertainty } = about.outputs[output];
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
          course: { ...of.read(), ...(uncertainty && { least: low.read(3).mean, most: high.read(3).mean }) },
          ...(uncertainty && { interval: uncertainty }),
          quality: quality.read(3),
          meanQuality: Number(quality.total().mean.toFixed(3)),
        };
      }),
  };
};
