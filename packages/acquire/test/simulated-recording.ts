import { Subject } from 'rxjs';
import { acquire, type RecoverableLink } from '../src/acquire.ts';
import { findDevice } from '../src/find-device.ts';
import type { Chunk } from '../src/link.ts';
import { simulatedChunks, simulatedGsrOptions } from '../src/links/simulated.ts';
import type { SampleBlock } from '../src/signal.ts';
import { createRecorder, type RecorderOptions } from '../src/writers/recorder.ts';

/** What can be recorded: the boards of the simulated wearer. */
export const boards = {
  cyton: { device: 'openbci-cyton', options: {}, uri: 'simulated:cyton' },
  'gsr-lines': { device: 'gsr-lines', options: simulatedGsrOptions, uri: 'simulated:gsr-lines' },
} as const;

/**
 * Records simulated boards as the program does, but on a clock that follows the data: `seconds` of session take as long as computing them. Every half
 * second an estimate and everything made safe, every ten a mark. Gives the blocks of the live session.
 */
export const recordSimulated = async (
  path: string,
  seconds: number,
  names: readonly (keyof typeof boards)[] = ['cyton', 'gsr-lines'],
  options: Partial<RecorderOptions> = {},
): Promise<SampleBlock[]> => {
  const sources = names.map((name) => ({ ...boards[name], made: findDevice(boards[name].device).create(boards[name].options) }));
  let now = 0;
  const live: SampleBlock[] = [];
  const recorder = await createRecorder(path, { sources, startedAt: 1_700_000_000, clock: () => now, ...options });
  const links = names.map((name, index) => {
    const chunks = new Subject<Chunk>();
    const link: RecoverableLink = { uri: boards[name].uri, open: () => chunks };
    const subscription = acquire(sources[index]!.made, recorder.recorded(index, link)).subscribe((block) => {
      live.push(block);
      recorder.block(block);
    });
    const coming = simulatedChunks(name, sources[index]!.made.wire, { seed: 5, loss: 0.001 })[Symbol.iterator]();
    return { chunks, coming, head: coming.next().value as Chunk, subscription };
  });
  for (let tick = 1; tick <= 2 * seconds; tick++) {
    for (;;) {
      const next = links.reduce((least, one) => (one.head.arrivedAt < least.head.arrivedAt ? one : least));
      if (next.head.arrivedAt > tick / 2) break;
      now = next.head.arrivedAt;
      next.chunks.next(next.head);
      next.head = next.coming.next().value as Chunk;
    }
    now = tick / 2;
    recorder.estimate(now, JSON.stringify({ schema: 'affect.estimate/1', seq: tick, t_sec: now, values: { arousal: 0.5 } }));
    if (tick % 20 === 0) recorder.mark(now, `mark ${tick / 20}`);
    await recorder.sync();
  }
  for (const { subscription } of links) subscription.unsubscribe();
  await recorder.close();
  return live;
};
