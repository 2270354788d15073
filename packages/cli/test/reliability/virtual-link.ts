import type { Chunk, Link, Wire } from '@affect-edge/acquire';
import { simulatedChunks } from '@affect-edge/acquire';
import { Observable, type Subscriber } from 'rxjs';

/** Simulated links on a clock of their own: nothing waits, one call lets time pass for all of them. */
export interface VirtualTime {
  readonly link: (board: 'cyton' | 'gsr-lines', seed: number) => Link;
  /** Sends everything that arrives until this time, s, in order of arrival. */
  readonly passUntil: (sec: number) => void;
}

export const virtualTime = (): VirtualTime => {
  const open = new Set<{ chunks: Generator<Chunk, never>; next: Chunk; to: Subscriber<Chunk> }>();
  return {
    link: (board, seed) => ({
      uri: `simulated:${board}?seed=${seed}`,
      open: (wire: Wire) =>
        new Observable<Chunk>((to) => {
          const chunks = simulatedChunks(board, wire, { seed });
          const one = { chunks, next: chunks.next().value, to };
          open.add(one);
          return () => open.delete(one);
        }),
    }),
    passUntil: (sec) => {
      for (;;) {
        let first: { chunks: Generator<Chunk, never>; next: Chunk; to: Subscriber<Chunk> } | undefined;
        for (const one of open) if (first === undefined || one.next.arrivedAt < first.next.arrivedAt) first = one;
        if (first === undefined || first.next.arrivedAt > sec) return;
        first.to.next(first.next);
        first.next = first.chunks.next().value;
      }
    },
  };
};
