import { ignoreReports, type Reporter, type SampleBlock, type Signal, type SignalKind, type SignalOf } from '@affect-edge/acquire';
import { Observable, type OperatorFunction } from 'rxjs';

/**
 * One step of conditioning for the signals of one kind. `open` is called once for each such signal and again after every gap; what it
 * returns owns
 * all state and sees the blocks in order. It may write into the block's data, which is its own copy, and gives the data that goes on:
 * (nChannels, nTimes) of the signal that `describe` promised. However the samples are cut into blocks, the samples that come out are the
 * same.
 */
export interface SignalFilter<K extends SignalKind = SignalKind> {
  readonly kind: K;
  /** Name and settings, for the record: `bandpass 1–45 Hz, order 4`. */
  readonly name: string;
  /** What comes out for a signal: the same, or one with another montage. */
  readonly describe: (signal: SignalOf<K>) => SignalOf<K>;
  readonly open: (signal: SignalOf<K>, report: Reporter) => (block: SampleBlock<SignalOf<K>>) => Float64Array;
}

/** Any filter, whatever its kind, as lists of filters hold it. */
export type AnyFilter = { [K in SignalKind]: SignalFilter<K> }[SignalKind];

/** A filter as far as this operator needs it: the kind is known to be the signal's. */
interface Opened {
  readonly kind: SignalKind;
  readonly describe: (signal: Signal) => Signal;
  readonly open: (signal: Signal, report: Reporter) => (block: SampleBlock) => Float64Array;
}

/** The filters of one signal in a row, each with the signal it gives. */
interface Chain {
  readonly input: Signal;
  readonly steps: readonly { readonly output: Signal; readonly filter: Opened }[];
  run: readonly ((block: SampleBlock) => Float64Array)[];
  nextSample: number;
}

/**
 * Passes every signal through the filters of its kind, in their order; signals of other kinds pass untouched. Filters keep their state
 * from block to block
 * and start anew after a gap (a jump of `firstSample`) and when the signal itself changes. The input is never written to.
 */
export const condition =
  (filters: readonly AnyFilter[], report: Reporter = ignoreReports): OperatorFunction<SampleBlock, SampleBlock> =>
  (blocks$) =>
    new Observable((subscriber) => {
      const chains = new Map<string, Chain>();
      const begun = (signal: Signal): Chain => {
        let output = signal;
        // those of the signal's own kind are picked right here, which the compiler cannot follow
        const steps = (filters as unknown as readonly Opened[])
          .filter(({ kind }) => kind === signal.kind)
          .map((filter) => {
            output = filter.describe(output);
            return { output, filter };
          });
        const chain = { input: signal, steps, run: [], nextSample: Number.NaN };
        chains.set(signal.id, chain);
        return chain;
      };
      return blocks$.subscribe({
        next: (block) => {
          try {
            let chain = chains.get(block.signal.id);
            if (chain?.input !== block.signal) chain = begun(block.signal);
            if (chain.steps.length === 0) {
              subscriber.next(block);
              return;
            }
            if (chain.nextSample !== block.firstSample) {
              const inputs = [chain.input, ...chain.steps.map(({ output }) => output)];
              chain.run = chain.steps.map(({ filter }, i) => filter.open(inputs[i], report));
            }
            chain.nextSample = block.firstSample + block.data.length / block.signal.montage.channels.length;
            let passing: SampleBlock = { ...block, data: block.data.slice() };
            for (const [i, { output }] of chain.steps.entries()) {
              passing = { ...passing, data: chain.run[i](passing), signal: output };
            }
            subscriber.next(passing);
          } catch (cause) {
            subscriber.error(cause);
          }
        },
        error: (cause) => subscriber.error(cause),
        complete: () => subscriber.complete(),
      });
    });
