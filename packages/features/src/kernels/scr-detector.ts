/** One skin conductance response. Times in s on the detector's own axis (first sample at 0), conductances in µS. */
export interface Scr {
  readonly onsetSec: number;
  readonly peakSec: number;
  /** Peak minus onset. */
  readonly amplitude: number;
  /** Steepest rise between onset and peak, µS/s. */
  readonly maxSlope: number;
  /** From the peak until half the amplitude is lost; NaN as long as it is not, and for good when the next response comes first. */
  readonly halfRecoverySec: number;
  /** Between the two crossings of half the amplitude; NaN like `halfRecoverySec`. */
  readonly widthSec: number;
}

export interface ScrDetectorOptions {
  readonly sfreq: number;
  /** Smallest rise from onset to peak that counts, µS. */
  readonly minAmplitudeMicrosiemens: number;
}

/** Finds responses as their samples arrive. */
export interface ScrDetector {
  /** Takes one sample, µS; NaN stands for one that cannot be trusted and ends whatever was going on. Allocates only when it finds a response. */
  readonly step: (microsiemens: number) => void;
  /** Responses that peaked at `sinceSec` or later, oldest first; at most the last 128. */
  readonly responses: (sinceSec: number) => Scr[];
  /** Time of the next sample, s. */
  readonly nowSec: () => number;
}

/** Longest rise looked back over, s: a slower one is a drift of the level. */
const maxRiseSec = 10;
/** A response must recover within this time for its half-recovery to count, s. */
const maxRecoverySec = 30;
/** The onset is where the slope falls under this share of the steepest one. */
const onsetSlope = 0.01;
/** Responses are remembered this many deep: more than a minute can hold. */
const depth = 128;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A causal detector of skin conductance responses by trough and peak, with an absolute threshold. A peak counts once the signal has fallen from it by half
 * the threshold, so noise below that splits nothing; the onset is the last point before it where the slope is under 1 % of the steepest (as in
 * Taylor et al. 2015, doi 10.1109/EMBC.2015.7318762), at most 10 s back. Works from 4 Hz up on conductance that is smooth at the scale of the threshold.
 */
export const scrDetector = ({ sfreq, minAmplitudeMicrosiemens }: ScrDetectorOptions): ScrDetector => {
  const turn = minAmplitudeMicrosiemens / 2;
  const size = Math.ceil((maxRiseSec + 1) * sfreq) + 2;
  const ring = new Float64Array(size).fill(Number.NaN);
  const at = (i: number): number => ring[i % size];
  const extreme = Float64Array.of(Number.NaN);
  const found: Mutable<Scr>[] = [];
  let seekingPeak = true;
  let extremeAt = 0;
  let troughAt = 0;
  let i = 0;
  /** The last response, until it has recovered by half; the level at which it has; where it crossed that while rising, samples. */
  let open: Mutable<Scr> | undefined;
  const half = new Float64Array(2);

  const takePeak = (peakAt: number): void => {
    const first = Math.max(troughAt, peakAt - Math.round(maxRiseSec * sfreq), 1);
    let steepest = 0;
    for (let j = first + 1; j <= peakAt; j++) steepest = Math.max(steepest, at(j) - at(j - 1));
    let onset = peakAt;
    let climbed = false;
    while (onset > first) {
      const slope = at(onset) - at(onset - 1);
      climbed ||= slope >= steepest / 2;
      if (climbed && slope < onsetSlope * steepest) break;
      onset--;
    }
    const amplitude = at(peakAt) - at(onset);
    if (!(amplitude >= minAmplitudeMicrosiemens)) return;
    open = {
      onsetSec: onset / sfreq,
      peakSec: peakAt / sfreq,
      amplitude,
      maxSlope: steepest * sfreq,
      halfRecoverySec: Number.NaN,
      widthSec: Number.NaN,
    };
    found.push(open);
    if (found.length > depth) found.shift();
    half[0] = at(peakAt) - amplitude / 2;
    let rise = peakAt;
    while (at(rise - 1) > half[0]) rise--;
    half[1] = rise - (at(rise) - half[0]) / (at(rise) - at(rise - 1));
    for (let j = peakAt + 1; j <= i; j++) recover(j);
  };

  /** Notes the half-recovery of the last response if sample j brings it. */
  const recover = (j: number): void => {
    if (!open || at(j) > half[0]) return;
    const crossing = j - (half[0] - at(j)) / (at(j - 1) - at(j));
    open.halfRecoverySec = crossing / sfreq - open.peakSec;
    open.widthSec = (crossing - half[1]) / sfreq;
    open = undefined;
  };

  const reset = (): void => {
    extreme[0] = Number.NaN;
    seekingPeak = true;
    open = undefined;
  };

  const step = (y: number): void => {
    ring[i % size] = y;
    if (Number.isNaN(y)) reset();
    else if (Number.isNaN(extreme[0])) {
      extreme[0] = y;
      extremeAt = troughAt = i;
    } else {
      recover(i);
      follow(y);
      if (open && i / sfreq - open.peakSec > maxRecoverySec) open = undefined;
    }
    i++;
  };
  const follow = (y: number): void => {
    if (seekingPeak ? y > extreme[0] : y < extreme[0]) {
      extreme[0] = y;
      extremeAt = i;
      return;
    }
    if (Math.abs(extreme[0] - y) < turn) return;
    if (seekingPeak) takePeak(extremeAt);
    else troughAt = extremeAt;
    seekingPeak = !seekingPeak;
    extreme[0] = y;
    extremeAt = i;
  };

  return { step, nowSec: () => i / sfreq, responses: (sinceSec) => found.filter(({ peakSec }) => peakSec >= sinceSec) };
};
