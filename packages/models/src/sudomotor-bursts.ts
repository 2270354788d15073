import { type SudomotorTimes, sudomotorStep } from '@affect-edge/features';
import { tonicShare } from './sudomotor.ts';

/** Bursts are looked for in the conductance without its slow part, s. */
const slowSec = 6;
const maxBurstsPerMin = 30;

/** Conductance of one driver course from a start in rest: y(t) for unit gain. */
export const response = (
  driver: ArrayLike<number>,
  times: SudomotorTimes,
  dt: number,
  start: readonly number[] = [0, 0, 0],
): Float64Array => {
  const { transition: a, input: b } = sudomotorStep(times, dt);
  let [x, y, z] = start;
  const out = new Float64Array(driver.length);
  for (let t = 0; t < out.length; t++) {
    out[t] = (1 - tonicShare) * y + tonicShare * z;
    const u = driver[t];
    y = a[3] * x + a[4] * y + b[1] * u;
    z = a[6] * x + a[8] * z + b[2] * u;
    x = a[0] * x + b[0] * u;
  }
  return out;
};

/** Minus the mean of the last `slowSec` (one pole): shift-invariant, so it may be applied to data and to responses alike. */
export const withoutSlow = (signal: Float64Array, dt: number): Float64Array => {
  const keep = Math.exp(-dt / slowSec);
  let slow = signal[0];
  return signal.map((value) => {
    slow = keep * slow + (1 - keep) * value;
    return value - slow;
  });
};

/** Standard deviation of the noise of a signal whose own changes are slow: from third differences, robust against responses. */
export const noiseOf = (signal: Float64Array): number => {
  const differences = Array.from({ length: signal.length - 3 }, (_, t) =>
    Math.abs(signal[t + 3] - 3 * signal[t + 2] + 3 * signal[t + 1] - signal[t]),
  );
  differences.sort((a, b) => a - b);
  return differences[differences.length >> 1] / 0.6745 / Math.sqrt(20);
};

/** Positions (samples) of bursts that explain `target` best one after the other (matching pursuit with positive sizes, at most one burst in half a second). */
export const findBursts = (target: Float64Array, times: SudomotorTimes, dt: number, smallest: number): number[] => {
  const nTimes = target.length;
  const nAtom = Math.min(nTimes, Math.round((3 * slowSec) / dt));
  const impulse = Float64Array.from({ length: nAtom }, (_, t) => (t === 0 ? 1 / dt : 0));
  const atom = withoutSlow(response(impulse, times, dt), dt);
  const correlate = (left: Float64Array, at: number): number => {
    let sum = 0;
    for (let t = 0; t < nAtom && at + t < nTimes; t++) sum += left[at + t] * atom[t];
    return sum;
  };
  const own = atom.map((_, lag) => {
    let sum = 0;
    for (let t = lag; t < nAtom; t++) sum += atom[t] * atom[t - lag];
    return sum;
  });
  const smallestSize = smallest / Math.sqrt(own[0]);
  const score = Float64Array.from({ length: nTimes }, (_, at) => correlate(target, at));
  const sizes = new Float64Array(nTimes);
  let count = 0;
  const most = (nTimes * dt * maxBurstsPerMin) / 60;
  const end = nTimes - 4 / dt;
  // Ten times as many corrections as bursts: neighbours that overlap settle between themselves.
  for (let round = 0; round < 10 * most; round++) {
    let best = -1;
    let change = 0;
    for (let at = 0; at < end; at++) {
      const step = Math.max(-sizes[at], score[at] / own[0]);
      if (Math.abs(step) > Math.abs(change) && (sizes[at] > 0 || count < most)) {
        best = at;
        change = step;
      }
    }
    if (best < 0 || Math.abs(change) < smallestSize / 2) break;
    if (sizes[best] === 0) count++;
    sizes[best] += change;
    if (sizes[best] === 0) count--;
    for (let lag = -nAtom + 1; lag < nAtom; lag++) {
      if (best + lag >= 0 && best + lag < nTimes) score[best + lag] -= change * own[Math.abs(lag)];
    }
  }
  const found = Array.from(sizes.entries()).filter(([, size]) => size > smallestSize);
  // Neighbours within half a second are one burst between the samples: the largest one stays, the fit corrects its size.
  const merged: { from: number; at: number; size: number }[] = [];
  for (const [at, size] of found) {
    const before = merged.at(-1);
    if (before && (at - before.from) * dt <= 0.5) {
      if (size > before.size) Object.assign(before, { at, size });
    } else merged.push({ from: at, at, size });
  }
  return merged.map(({ at }) => at);
};
