import { FeatureError } from '../errors.ts';
import type { Extracted, Feature, FeatureSpec } from '../feature.ts';
import { heartRateVariability } from '../kernels/heart-rate-variability.ts';
import { pulseBeats } from '../kernels/pulse-beats.ts';
import { wholeMultiple } from '../kernels/whole-multiple.ts';

/** Stretch and rhythm of the heart's features, s. */
export interface HeartWindow {
  readonly windowSec?: number;
  /** Time between two vectors, a whole multiple of `hopSec`. */
  readonly everySec?: number;
}

const units = { heart_rate: 'bpm', mean_nn: 'ms', sdnn: 'ms', rmssd: 'ms', pnn50: '%' } as const;

const spec = (name: string, windowSec: number, recipe: FeatureSpec['recipe']): FeatureSpec => ({
  name,
  unit: 'mixed',
  axes: [{ name: 'feature', labels: Object.keys(units) }],
  recipe: { windowSec, ...recipe, ...Object.fromEntries(Object.entries(units).map(([label, unit]) => [`unit of ${label}`, unit])) },
});

/** Beats of the last `windowSec`, read off at the grid. */
const beatWindow = (name: string, hopSec: number, windowSec: number, everySec: number) => {
  const everyHops = wholeMultiple(`everySec of ${name}`, everySec, 'hopSec', hopSec);
  const windowHops = wholeMultiple(`windowSec of ${name}`, windowSec, 'hopSec', hopSec);
  let times: number[] = [];
  let intervals: number[] = [];
  let nHops = 0;
  return {
    push: (time: number, interval: number): void => {
      times.push(time);
      intervals.push(interval);
    },
    read: ({ index, tmax }: { readonly index: number; readonly tmax: number }): Extracted | undefined => {
      nHops++;
      if (index % everyHops !== 0) return undefined;
      const tmin = tmax - windowSec;
      const first = times.findIndex((time) => time >= tmin);
      times = first < 0 ? [] : times.slice(first);
      intervals = first < 0 ? [] : intervals.slice(first);
      if (nHops < windowHops) return undefined;
      const { rate, meanNn, sdnn, rmssd, pnn50, coveredSec } = heartRateVariability(times, intervals);
      return { tmin, values: Float64Array.of(rate, meanNn, sdnn, rmssd, pnn50), quality: Math.min(1, coveredSec / windowSec) };
    },
  };
};

/**
 * Heart rate and its variability over the last minute from inter-beat intervals: (heart_rate bpm, mean_nn ms, sdnn ms, rmssd ms, pnn50 %), see
 * `heartRateVariability`. Quality is the share of the window covered by believable intervals: wrist sensors miss many, and all values are 0
 * at quality 0.
 */
export const heartRate = ({ windowSec = 60, everySec = 5 }: HeartWindow = {}): Feature<'inter-beat'> => ({
  kind: 'inter-beat',
  describe: () => spec('heart-rate', windowSec, { from: 'inter-beat' }),
  open: (_, hopSec) => {
    const beats = beatWindow('heart-rate', hopSec, windowSec, everySec);
    return (hop) => {
      for (let i = 0; i < hop.data.length; i++) beats.push(hop.times?.[i] ?? hop.tmax, hop.data[i]);
      return beats.read(hop);
    };
  },
});

/** Below it the band that is left for the pulse ends under 200 beats a minute, Hz. */
const slowestPulse = 8;

/**
 * The same from the pulse wave itself: crests by `pulseBeats`, each interval the distance of two neighbouring crests. The first channel is used that is
 * not ambient light, which a Muse sends first and in which there is no pulse. A crest is known half a second late, so the newest beat of a window may be
 * missing.
 */
export const pulseRate = ({ windowSec = 60, everySec = 5 }: HeartWindow = {}): Feature<'ppg'> => ({
  kind: 'ppg',
  describe: ({ id, sfreq, montage }) => {
    if (!(sfreq >= slowestPulse)) {
      throw new FeatureError('bad-signal', `Signal '${id}' has ${sfreq} Hz; a pulse needs at least ${slowestPulse} Hz.`);
    }
    return spec('pulse-rate', windowSec, { from: `ppg ${montage.channels[litRow(montage.channels)]}` });
  },
  open: (signal, hopSec) => {
    const beats = beatWindow('pulse-rate', hopSec, windowSec, everySec);
    const finder = pulseBeats(signal.sfreq);
    const row = litRow(signal.montage.channels);
    let count = 0;
    let before = Number.NaN;
    return (hop) => {
      const nTimes = hop.data.length / signal.montage.channels.length;
      for (let t = 0; t < nTimes; t++) {
        const crest = finder.step(hop.data[row * nTimes + t]);
        const ago = count++ / signal.sfreq - crest;
        if (Number.isNaN(crest)) continue;
        // From the hop's own time: a sensor's clock and the session's part by seconds over the hours.
        if (!Number.isNaN(before)) beats.push(hop.tmin + t / signal.sfreq - ago, crest - before);
        before = crest;
      }
      return beats.read(hop);
    };
  },
});

/** The first channel with a light of its own. */
const litRow = (channels: readonly string[]): number =>
  Math.max(
    0,
    channels.findIndex((name) => !/ambient/i.test(name)),
  );
