import type { Screen } from './sinks/console.ts';

/** One line of a terminal that is written over again and again, every `everyMs` at most. `end` clears it. On any other screen nothing is shown. */
export const lineInPlace = (screen: Screen, everyMs: number): { readonly show: (text: () => string) => void; readonly end: () => void } => {
  if (screen.isTTY !== true) return { show: () => {}, end: () => {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show: (text) => {
      const now = performance.now();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      screen.write(`\r\x1b[K${text().slice(0, (screen.columns ?? 80) - 1)}`);
    },
    end: () => {
      screen.write('\r\x1b[K');
    },
  };
};
