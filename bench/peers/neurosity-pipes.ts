import type { Band } from '../../packages/features/src/index.ts';

interface Bench {
  readonly nChannels: number;
  readonly sfreq: number;
  readonly hops: readonly number[];
  readonly bands: readonly Band[];
  readonly rate: (samples: number, work: () => void, repeats?: number) => number;
}

/** What of the two libraries is used: operators are told apart by name only, their own types are not installed here. */
type Operator = (source: Stream) => Stream;
interface Stream {
  readonly pipe: (...operators: readonly Operator[]) => Stream;
  readonly subscribe: (next: (value: { readonly data: readonly (readonly number[])[] }) => void) => void;
}
interface Pipes {
  readonly bandpassFilter: (options: object) => Operator;
  readonly epoch: (options: object) => Operator;
  readonly fft: (options: object) => Operator;
  readonly powerByBand: (options?: object) => Operator;
}
interface Rx {
  readonly from: (values: readonly unknown[]) => Stream;
}

const variance = (x: readonly number[]): number => {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
};

/**
 * @neurosity/pipes (MIT) by its two routes: four `bandpassFilter`s (order 2 + 2, its default), `epoch` and a variance; and `epoch`, `fft`, `powerByBand`. Its `epoch`
 * counts `duration` and `interval` in samples.
 */
export const pipesRows = (load: NodeJS.Require, { nChannels, sfreq, hops, bands, rate }: Bench) => {
  const { bandpassFilter, epoch, fft, powerByBand } = load('@neurosity/pipes') as Pipes;
  const { from } = load('rxjs') as Rx;
  const seconds = 10;
  const samples = Array.from({ length: seconds * sfreq }, (_, i) => ({
    data: Array.from({ length: nChannels }, () => 100 * (Math.random() - 0.5)),
    timestamp: (i * 1000) / sfreq,
    info: { samplingRate: sfreq },
  }));
  const cut = (hopSec: number) => epoch({ duration: sfreq, interval: Math.round(hopSec * sfreq), samplingRate: sfreq });
  const routes: Readonly<Record<string, (hopSec: number) => void>> = {
    '@neurosity/pipes 4 × bandpassFilter + epoch + variance': (hopSec) => {
      for (const { fmin, fmax } of bands) {
        const filter = bandpassFilter({ nbChannels: nChannels, cutoffFrequencies: [fmin, fmax], samplingRate: sfreq });
        from(samples)
          .pipe(filter, cut(hopSec))
          .subscribe(({ data }) => data.map((row) => Math.log2(variance(row))));
      }
    },
    '@neurosity/pipes epoch + fft + powerByBand': (hopSec) => {
      from(samples)
        .pipe(cut(hopSec), fft({ bins: 256 }), powerByBand())
        .subscribe(() => {});
    },
  };
  return Object.entries(routes).map(([name, route]) => ({
    name,
    rates: hops.map((hopSec) => rate(seconds * sfreq * nChannels, () => route(hopSec), 3)),
  }));
};
