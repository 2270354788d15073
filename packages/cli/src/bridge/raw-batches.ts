import { nTimesOf, type SampleBlock } from '@affect-edge/acquire';

/** A batch is sent at the latest when it holds this many values, however slow the rate that was asked for. */
const mostValues = 20_000;

/**
 * Collects blocks of each signal into batches of `everySec`, without holes: gives a batch when it is full, or when the next block does not continue
 * it (then the next batch begins with that block).
 */
export const rawBatches = (everySec: number): ((block: SampleBlock) => readonly SampleBlock[] | undefined) => {
  const open = new Map<string, { blocks: SampleBlock[]; nTimes: number }>();
  return (block) => {
    const { signal } = block;
    const batch = open.get(signal.id);
    const first = batch?.blocks[0];
    const continues = batch !== undefined && first!.signal === signal && first!.firstSample + batch.nTimes === block.firstSample;
    const nTimes = (continues ? batch.nTimes : 0) + nTimesOf(block);
    const blocks = continues ? [...batch.blocks, block] : [block];
    const spanSec = signal.sfreq > 0 ? nTimes / signal.sfreq : block.tmin - blocks[0]!.tmin;
    const isFull = spanSec >= everySec - 1e-9 || nTimes * signal.montage.channels.length >= mostValues;
    if (continues && isFull) {
      open.delete(signal.id);
      return blocks;
    }
    if (isFull && batch === undefined) return blocks;
    open.set(signal.id, { blocks, nTimes });
    return batch !== undefined && !continues ? batch.blocks : undefined;
  };
};
