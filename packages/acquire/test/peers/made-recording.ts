import type { Mark, Recording } from '../../src/files/recording.ts';
import type { SampleBlock, Signal } from '../../src/signal.ts';

/** A signal of a made-up recording. */
export interface MadeSignal {
  readonly signal: Signal;
  /** Value of channel c at sample t. */
  readonly value: (c: number, t: number) => number;
  readonly nSamples: number;
  /** Time of sample 0, s. */
  readonly startSec?: number;
  /** Samples that are missing. */
  readonly lost?: (t: number) => boolean;
  /** Samples a second by the recording's clock where that is not the signal's rate. */
  readonly trueRate?: number;
  /** Samples a block; a tenth of a second when absent. */
  readonly blockSamples?: number;
}

/** A recording out of thin air, for tests of writers: blocks in order of time, cut where samples are missing. */
export const madeRecording = (
  made: readonly MadeSignal[],
  about: Partial<Pick<Recording, 'startedAt' | 'subject' | 'session' | 'name'>> & { readonly marks?: readonly Mark[] } = {},
): Recording => ({
  name: 'made',
  format: 'made',
  signals: made.map(({ signal }) => signal),
  ...about,
  blocks: async function* () {
    const blocks = made.flatMap((one) => [...blocksOf(one)]);
    yield* blocks.sort((a, b) => a.arrivedAt - b.arrivedAt);
  },
});

function* blocksOf({
  signal,
  value,
  nSamples,
  startSec = 0,
  lost = () => false,
  trueRate,
  blockSamples,
}: MadeSignal): Generator<SampleBlock, void> {
  const rate = trueRate ?? (signal.sfreq || 1);
  const most = signal.sfreq === 0 ? 1 : (blockSamples ?? Math.max(1, Math.floor(signal.sfreq / 10)));
  const nChannels = signal.montage.channels.length;
  for (let t = 0; t < nSamples; ) {
    if (lost(t)) {
      t++;
      continue;
    }
    let n = 1;
    while (n < most && t + n < nSamples && !lost(t + n)) n++;
    const data = new Float64Array(nChannels * n);
    for (let c = 0; c < nChannels; c++) for (let i = 0; i < n; i++) data[c * n + i] = value(c, t + i);
    yield { signal, firstSample: t, tmin: startSec + t / rate, arrivedAt: startSec + (t + n) / rate, data };
    t += n;
  }
}

/** All samples of a recording by signal id: index, time and values. */
export const samplesOf = async (recording: Recording) => {
  const found = new Map<string, { index: number; sec: number; values: number[] }[]>();
  for await (const { signal, firstSample, tmin, data } of recording.blocks(() => {})) {
    const nChannels = signal.montage.channels.length;
    const nTimes = data.length / nChannels;
    const list = found.get(signal.id) ?? [];
    found.set(signal.id, list);
    for (let t = 0; t < nTimes; t++) {
      list.push({
        index: firstSample + t,
        sec: tmin + (signal.sfreq > 0 ? t / signal.sfreq : 0),
        values: Array.from({ length: nChannels }, (_, c) => data[c * nTimes + t]!),
      });
    }
  }
  return found;
};
