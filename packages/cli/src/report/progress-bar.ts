import type { Screen } from '../sinks/console.ts';
import { clockTime } from './html.ts';

const everyMs = 200;
const width = 24;

/** Shows on a terminal how far a piece of work is, in place, five times a second; elsewhere nothing. `lengthSec` 0: how long it will be is not known. */
export const progressBar = (screen: Screen, what: string, lengthSec: number) => {
  const startedAt = performance.now();
  let shownAt = 0;
  const shows = screen.isTTY === true;
  return {
    at: (doneSec: number): void => {
      const now = performance.now();
      if (!shows || now - shownAt < everyMs) return;
      shownAt = now;
      const share = lengthSec > 0 ? Math.min(1, doneSec / lengthSec) : 0;
      const full = Math.round(share * width);
      const left = share > 0.02 ? `, ${clockTime((((now - startedAt) / 1000) * (1 - share)) / share)} left` : '';
      const bar = lengthSec > 0 ? `${'█'.repeat(full)}${'░'.repeat(width - full)} ${(100 * share).toFixed(0)} %` : '';
      screen.write(`\r\x1b[K${what}  ${bar} ${clockTime(doneSec)} read${left}`.slice(0, (screen.columns ?? 80) + 3));
    },
    end: (): void => {
      if (shows) screen.write('\r\x1b[K');
    },
  };
};
