import type { EdaSignal, EegSignal, InterBeatSignal, SampleBlock, Signal } from '@affect-edge/acquire';

const channelNames = (n: number) => Array.from({ length: n }, (_, c) => `E${c + 1}`);

export const eeg = (nChannels: number, sfreq: number, id = 'eeg'): EegSignal => ({
  id,
  kind: 'eeg',
  unit: 'µV',
  sfreq,
  montage: { channels: channelNames(nChannels), reference: 'n/a' },
});

export const eda = (sfreq: number, id = 'eda'): EdaSignal => ({
  id,
  kind: 'eda',
  unit: 'µS',
  sfreq,
  montage: { channels: ['EDA'], reference: 'n/a' },
});

export const beats = (id = 'ibi'): InterBeatSignal => ({
  id,
  kind: 'inter-beat',
  unit: 's',
  sfreq: 0,
  montage: { channels: ['IBI'], reference: 'n/a' },
});

/** Columns [from, to) of (nChannels, nTimes). */
export const columns = (data: Float64Array, nChannels: number, from: number, to: number): Float64Array => {
  const nTimes = data.length / nChannels;
  const part = new Float64Array(nChannels * (to - from));
  for (let c = 0; c < nChannels; c++) part.set(data.subarray(c * nTimes + from, c * nTimes + to), c * (to - from));
  return part;
};

/** A block of consecutive samples; `arrivedAt` is the time of the last. */
export const block = <S extends Signal>(signal: S, firstSample: number, tmin: number, data: Float64Array): SampleBlock<S> => {
  const nTimes = data.length / signal.montage.channels.length;
  return { signal, firstSample, tmin, arrivedAt: tmin + nTimes / (signal.sfreq || 1), data };
};

/** Cuts a block before each of the given columns. */
export const cutBlock = <S extends Signal>(whole: SampleBlock<S>, cuts: readonly number[]): SampleBlock<S>[] => {
  const nChannels = whole.signal.montage.channels.length;
  const nTimes = whole.data.length / nChannels;
  const edges = [...new Set([0, ...cuts.filter((cut) => cut > 0 && cut < nTimes), nTimes])].sort((a, b) => a - b);
  return edges
    .slice(0, -1)
    .map((from, i) =>
      block(
        whole.signal,
        whole.firstSample + from,
        whole.tmin + from / whole.signal.sfreq,
        columns(whole.data, nChannels, from, edges[i + 1]),
      ),
    );
};

/** `u(seed, n)` of the parity vectors: a linear congruential generator (Numerical Recipes), in [-1, 1). */
export const congruential = (seed: number, n: number): Float64Array => {
  let state = seed;
  return Float64Array.from({ length: n }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
};
