import { type OperatorFunction, Subject } from 'rxjs';
import type { Chunk } from '../link.ts';
import type { SampleBlock } from '../signal.ts';

/** A decoder that is fed from a file, chunk by chunk, as a live device feeds it. */
export interface FedDecoder {
  readonly push: (chunk: Chunk) => void;
  /** The blocks that are ready; they are forgotten here. */
  readonly take: () => SampleBlock[];
  /** Nothing follows. */
  readonly end: () => void;
  readonly close: () => void;
}

/** Makes a device's decoder usable by a reader of recorded bytes; the blocks are those of the live session. Close it when done. */
export const fedDecoder = (decode: OperatorFunction<Chunk, SampleBlock>): FedDecoder => {
  const chunks = new Subject<Chunk>();
  let blocks: SampleBlock[] = [];
  let arrived = Number.NEGATIVE_INFINITY;
  const decoding = chunks.pipe(decode).subscribe((block) => {
    arrived = Math.max(arrived, block.arrivedAt);
    blocks.push(block.arrivedAt < arrived ? { ...block, arrivedAt: arrived } : block);
  });
  return {
    push: (chunk) => chunks.next(chunk),
    take: () => {
      const taken = blocks;
      blocks = [];
      return taken;
    },
    end: () => chunks.complete(),
    close: () => decoding.unsubscribe(),
  };
};
