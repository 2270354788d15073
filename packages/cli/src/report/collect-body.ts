import { nTimesOf, type SampleBlock, type Signal } from '@affect-edge/acquire';
import type { EdaSite, FeatureVector } from '@affect-edge/features';
import { type Course, course } from './course.ts';
import { type Response, responses } from './responses.ts';

export interface EdaFacts {
  readonly signal: string;
  readonly site: EdaSite;
  readonly measured: Course;
  readonly tonic: Course;
  readonly phasic: Course;
  readonly responses: readonly Response[];
  readonly nResponses: number;
  readonly responsesPerMinute: number;
  readonly smallestResponseMicrosiemens: number;
  /** `null` where no sample is a number. */
  readonly meanMicrosiemens: number | null;
  /** Share of the time that can be trusted, and over time; `null` where it was too short to tell. */
  readonly trusted: number | null;
  readonly trust: Course;
  /** Share of the time in which each rule was broken. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Time in which skin was between the electrodes, s. */
  readonly wornSec: number;
  readonly notWornSec: number;
}

/** A quantity of the body over time, and where it comes from. */
export interface BodyCourse {
  readonly name: string;
  readonly unit: string;
  readonly from: string;
  readonly course: Course;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** Share of the time for which it is known, 0–1; `null` where it is measured directly. */
  readonly known: number | null;
}

/** Quality above which a heart rate is believed: the share of the minute covered by believable intervals. */
const believable = 0.5;

/** Follows skin conductance. `everySec` is how often `eda-quality` speaks. */
export const collectEda = (signal: Signal, site: EdaSite, everySec: number) => {
  const [measured, tonic, phasic, trust] = [course(), course(), course(), course(240)];
  const scrs = responses(signal, site);
  const broken = new Map<string, number>();
  let n = 0;
  let [wornSec, notWornSec] = [0, 0];
  let nSamples = 0;
  return {
    block: (block: SampleBlock): void => {
      const nTimes = nTimesOf(block);
      nSamples += nTimes;
      for (let t = 0; t < nTimes; t++) measured.add(block.tmin + t / signal.sfreq, block.data[t]);
      scrs.add(block);
    },
    vector: ({ spec, values, tmax }: FeatureVector): void => {
      if (spec.recipe.site !== site) return; // a model may want the same feature for the other site
      if (spec.name === 'tonic-phasic') {
        tonic.add(tmax, values[0]);
        phasic.add(tmax, values[1]);
      } else if (spec.name === 'eda-quality') {
        trust.add(tmax, values[0]);
        n += 1;
        const share = (label: string): number => values[spec.axes[0].labels.indexOf(label)];
        for (const label of spec.axes[0].labels.slice(1)) broken.set(label, (broken.get(label) ?? 0) + share(label));
        const isOff = share('range') + share('flat') >= 0.5;
        wornSec += isOff ? 0 : everySec;
        notWornSec += isOff ? everySec : 0;
      }
    },
    read: (): EdaFacts => {
      const { count, found, smallestMicrosiemens } = scrs.read();
      const minutes = nSamples / signal.sfreq / 60;
      return {
        signal: signal.id,
        site,
        measured: measured.read(),
        tonic: tonic.read(),
        phasic: phasic.read(),
        responses: found,
        nResponses: count,
        responsesPerMinute: minutes > 0 ? Number((count / minutes).toFixed(2)) : 0,
        smallestResponseMicrosiemens: smallestMicrosiemens,
        meanMicrosiemens: measured.total().n > 0 ? Number(measured.total().mean.toPrecision(4)) : null,
        trusted: n > 0 ? Number(trust.total().mean.toFixed(4)) : null,
        trust: trust.read(3),
        reasons: Object.fromEntries([...broken].map(([label, sum]) => [label, n > 0 ? Number((sum / n).toFixed(4)) : 0])),
        wornSec,
        notWornSec,
      };
    },
  };
};

/** Follows one quantity; values of quality below a half count as unknown. */
export const collectBody = (name: string, unit: string, from: string, judged: boolean) => {
  const known = course();
  let n = 0;
  let nKnown = 0;
  return {
    add: (atSec: number, value: number, quality = 1): void => {
      n += 1;
      if (judged && quality < believable) return;
      nKnown += 1;
      known.add(atSec, value);
    },
    read: (): BodyCourse | undefined => {
      if (n === 0) return undefined;
      const { mean, least, most } = known.total();
      const figure = (value: number): number => Number(value.toPrecision(4));
      return {
        name,
        unit,
        from,
        course: known.read(),
        mean: figure(mean),
        least: figure(least),
        most: figure(most),
        known: judged ? Number((nKnown / n).toFixed(3)) : null,
      };
    },
  };
};
