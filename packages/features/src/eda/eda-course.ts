import type { Feature } from '../feature.ts';
import { slidingWindow } from '../kernels/sliding-window.ts';
import { binsPerSec, checkEdaSignal, type EdaWindow, edaBins } from './bins.ts';

/** Conductance at which the level scale turns from linear to logarithmic, µS. */
export const levelFloorMicrosiemens = 0.05;

const channels = ['level', 'change', 'valid', 'microsiemens'] as const;

/**
 * The course of skin conductance over the last minute, four values a second, as a network reads it: (channel, time), oldest first.
 *
 * | channel | unit | what |
 * | --- | --- | --- |
 * | `level` | 1 | ln(1 + y / 0.05 µS) of the mean over each quarter second; a negative y counts as 0 |
 * | `change` | 1 | difference of `level` to the quarter second before; 0 where there is none |
 * | `valid` | 1 | 1 where the value can be trusted, 0 where it is missing or within 5 s of a broken rule (range, slope, flat) |
 * | `microsiemens` | µS | the mean itself |
 *
 * Before the signal began, `level` and `microsiemens` repeat the first value with `valid` 0; `minSec` says how much signal must be there
 * (default: the whole window). Quality is the share of valid values. Vectors come at session times that are multiples of `everySec`.
 */
export const edaCourse = ({
  windowSec = 60,
  everySec = 1,
  minSec = windowSec,
  site = 'wrist',
}: Partial<EdaWindow> = {}): Feature<'eda'> => ({
  kind: 'eda',
  describe: (signal) => {
    checkEdaSignal(signal);
    return {
      name: 'eda-course',
      unit: '1',
      axes: [
        { name: 'channel', labels: channels },
        { name: 'time', labels: Array.from({ length: windowSec * binsPerSec }, (_, i) => String(i / binsPerSec - windowSec)) },
      ],
      recipe: { windowSec, binSec: 1 / binsPerSec, levelFloorMicrosiemens, site, 'unit of microsiemens': 'µS' },
    };
  },
  open: (signal, hopSec) => {
    const n = windowSec * binsPerSec;
    const [levels, changes] = [slidingWindow(n), slidingWindow(n)];
    changes.push(0);
    const last = Float64Array.of(Number.NaN);
    const bins = edaBins(signal, hopSec, { windowSec, everySec, minSec, site }, (microsiemens) => {
      const level = Math.log1p(Math.max(0, microsiemens) / levelFloorMicrosiemens);
      levels.push(level);
      if (!Number.isNaN(last[0])) changes.push(level - last[0]);
      last[0] = level;
    });
    return (hop) => {
      if (!bins.push(hop)) return undefined;
      const values = new Float64Array(channels.length * n);
      values.set(levels.view());
      values.set(changes.view(), n);
      const quality = bins.valid(values.subarray(2 * n, 3 * n));
      values.set(bins.microsiemens(), 3 * n);
      return { tmin: hop.tmax - windowSec, values, quality };
    };
  },
});
