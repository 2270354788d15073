import { setImmediate, setTimeout } from 'node:timers/promises';
import { Observable } from 'rxjs';
import type { RecoverableLink } from '../../src/acquire.ts';
import type { Chunk } from '../../src/link.ts';
import { ignoreReports } from '../../src/report.ts';
import { createRecorder, type RecorderOptions } from '../../src/writers/recorder.ts';

/**
 * Decodes the chunks of a source, and records them where there is a path: `paced` as they came, `fast` as fast as it goes. For benchmarks and tests of files that
 * need a recording of any length.
 */
export const recordChunks = async (
  source: RecorderOptions['sources'][number],
  chunks: readonly Chunk[],
  path: string | undefined,
  pace: 'fast' | 'paced',
): Promise<void> => {
  let nowSec = 0;
  const recorder =
    path === undefined
      ? undefined
      : await createRecorder(path, { sources: [source], startedAt: 1_700_000_000, clock: () => nowSec, session: { simulated: true } });
  const link: RecoverableLink = {
    uri: source.uri,
    open: () =>
      new Observable((subscriber) => {
        const feed = async () => {
          const began = performance.now();
          for (const [i, chunk] of chunks.entries()) {
            nowSec = chunk.arrivedAt;
            const aheadMs = pace === 'paced' ? 1000 * nowSec - (performance.now() - began) : 0;
            if (aheadMs > 1) await setTimeout(aheadMs);
            else if (i % 500 === 0) await setImmediate();
            subscriber.next(chunk);
          }
          subscriber.complete();
        };
        feed().catch((error: unknown) => subscriber.error(error));
      }),
  };
  await new Promise<void>((resolve, reject) => {
    (recorder?.recorded(0, link) ?? link)
      .open(source.made.wire)
      .pipe(source.made.decode(ignoreReports))
      .subscribe({ next: (block) => recorder?.block(block), error: reject, complete: resolve });
  });
  await recorder?.close();
};
