import type { SampleBlock } from '../signal.ts';

/**
 * Several streams of blocks, each in order of time, as one: always the block that ends (`arrivedAt`) first, of equals the one of the earlier
 * stream. Holds one block of each. Ending the loop ends the streams.
 */
export async function* inOrderOfTime(streams: readonly AsyncIterable<SampleBlock>[]): AsyncGenerator<SampleBlock, void> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (;;) {
      let earliest = -1;
      for (let i = 0; i < heads.length; i++) {
        const head = heads[i]!;
        if (!head.done && (earliest < 0 || head.value.arrivedAt < heads[earliest]!.value.arrivedAt)) earliest = i;
      }
      if (earliest < 0) return;
      yield heads[earliest]!.value;
      heads[earliest] = await iterators[earliest]!.next();
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
  }
}
