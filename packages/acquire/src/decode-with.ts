import { Observable } from 'rxjs';
import type { Device } from './device.ts';
import type { Framer } from './framing.ts';
import type { Chunk } from './link.ts';
import type { Reporter } from './report.ts';
import type { SampleBlock } from './signal.ts';

/** What a decoder does with a chunk: plain calls, no RxJS. */
export interface ChunkDecoder {
  /** Takes the next bytes and emits what they completed: at most one block for each unbroken run of a signal, never one a sample. */
  readonly push: (chunk: Chunk) => void;
  /** The link has ended in good order: emits what was still waiting. */
  readonly end?: () => void;
}

/** A decoder of a framed byte stream: each chunk goes through the framer, then `flush` emits what it completed; so does what waits at the end. */
export const framedDecoder = (frames: Framer, flush: (arrivedAt: number) => void): ChunkDecoder => {
  let lastArrival = 0;
  return {
    push: ({ bytes, arrivedAt }) => {
      lastArrival = arrivedAt;
      frames.push(bytes);
      flush(arrivedAt);
    },
    end: () => {
      frames.end();
      flush(lastArrival);
    },
  };
};

/**
 * Makes a device's `decode` of a function that opens a decoder. The decoder is opened once a subscription, so its state is never shared.
 *
 * @example
 * decode: decodeWith((emit, report) => { const frames = framer(…); return { push: ({ bytes }) => frames.push(bytes) }; })
 */
export const decodeWith =
  (open: (emit: (block: SampleBlock) => void, report: Reporter) => ChunkDecoder): Device['decode'] =>
  (report) =>
  (chunks$) =>
    new Observable<SampleBlock>((subscriber) => {
      const decoder = open((block) => subscriber.next(block), report);
      // RxJS throws what an observer throws from a timer, out of everybody's reach
      const attempt = (step: () => void) => {
        try {
          step();
        } catch (cause) {
          subscriber.error(cause);
        }
      };
      return chunks$.subscribe({
        next: (chunk) => attempt(() => decoder.push(chunk)),
        error: (error) => subscriber.error(error),
        complete: () => {
          attempt(() => decoder.end?.());
          subscriber.complete();
        },
      });
    });
