import { defer, type Observable } from 'rxjs';
import type { RecoverableLink } from '../../src/acquire.ts';
import type { Chunk } from '../../src/link.ts';

/** A link that plays one observable an opening, the last one again and again, and remembers what was asked of it. */
export const fakeLink = (
  connections: readonly Observable<Chunk>[],
  extras: { restart?: () => void; resetAdapter?: () => Promise<void> } = {},
) => {
  const log: string[] = [];
  const { restart, resetAdapter } = extras;
  const link: RecoverableLink = {
    uri: 'fake:',
    open: () =>
      defer(() => {
        log.push('open');
        const nth = log.filter((entry) => entry === 'open').length - 1;
        return connections[Math.min(nth, connections.length - 1)]!;
      }),
    ...(restart && {
      restart: () => {
        log.push('restart');
        restart();
      },
    }),
    ...(resetAdapter && {
      resetAdapter: () => {
        log.push('reset');
        return resetAdapter();
      },
    }),
  };
  return { link, log };
};
