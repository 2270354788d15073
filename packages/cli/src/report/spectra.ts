import { nTimesOf, type SampleBlock, type Signal } from '@affect-edge/acquire';
import { nextPowerOfTwo, powerSpectrum } from '@affect-edge/features';

/** How much power lies where, channel by channel. */
export interface Spectra {
  readonly channels: readonly string[];
  readonly frequencies: readonly number[];
  /** (nChannels, nFrequencies), 10 · log10 of µV²/Hz. */
  readonly decibels: readonly (readonly number[])[];
  readonly nSegments: number;
}

const segmentSec = 2;
const highestHz = 65;

/**
 * The typical spectrum of a signal: Welch's periodograms (segments of 2 s, half overlapping, Hann), their logarithm averaged over the whole session, so
 * that a few artifacts do not stand for all of it. A segment never reaches across a gap. Memory does not grow.
 */
export const spectra = (signal: Signal): { readonly add: (block: SampleBlock) => void; readonly read: () => Spectra | undefined } => {
  const { channels } = signal.montage;
  const nSegment = Math.round(segmentSec * signal.sfreq);
  const nFft = nextPowerOfTwo(nSegment);
  const nFrequencies = Math.min(nFft / 2 + 1, Math.floor((highestHz * nFft) / signal.sfreq) + 1);
  const transform = powerSpectrum(nFft);
  const taper = Float64Array.from({ length: nSegment }, (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / nSegment));
  const scale = 2 / (signal.sfreq * taper.reduce((sum, w) => sum + w * w, 0));
  const segment = new Float64Array(channels.length * nSegment);
  const tapered = new Float64Array(nSegment);
  const power = new Float64Array(nFft / 2 + 1);
  const sums = new Float64Array(channels.length * nFrequencies);
  let filled = 0;
  let expected = 0;
  let nSegments = 0;

  const take = (): void => {
    for (let c = 0; c < channels.length; c++) {
      const x = segment.subarray(c * nSegment, (c + 1) * nSegment);
      const level = x.reduce((sum, value) => sum + value, 0) / nSegment;
      for (let t = 0; t < nSegment; t++) tapered[t] = (x[t] - level) * taper[t];
      transform(tapered, power);
      for (let k = 0; k < nFrequencies; k++) sums[c * nFrequencies + k] += 10 * Math.log10(Math.max(1e-12, power[k] * scale));
      x.copyWithin(0, nSegment >> 1);
    }
    filled = nSegment - (nSegment >> 1);
    nSegments += 1;
  };
  return {
    add: (block) => {
      const nTimes = nTimesOf(block);
      if (block.firstSample !== expected) filled = 0;
      expected = block.firstSample + nTimes;
      for (let at = 0; at < nTimes; ) {
        const n = Math.min(nTimes - at, nSegment - filled);
        for (let c = 0; c < channels.length; c++)
          segment.set(block.data.subarray(c * nTimes + at, c * nTimes + at + n), c * nSegment + filled);
        filled += n;
        at += n;
        if (filled === nSegment) take();
      }
    },
    read: () =>
      nSegments === 0
        ? undefined
        : {
            channels,
            frequencies: Array.from({ length: nFrequencies }, (_, k) => Number(((k * signal.sfreq) / nFft).toFixed(3))),
            decibels: channels.map((_, c) =>
              Array.from({ length: nFrequencies }, (__, k) => Number((sums[c * nFrequencies + k] / nSegments).toFixed(2))),
            ),
            nSegments,
          },
  };
};
