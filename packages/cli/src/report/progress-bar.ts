import { lineInPlace } from '../line-in-place.ts';
import type { Screen } from '../sinks/console.ts';
import { clockTime } from './html.ts';

const everyMs = 200;
const width = 24;

/** Shows on a terminal how far a piece of work is and how long it still takes; elsewhere nothing. `lengthSec` 0: how long it will be is not known. */
export const progressBar = (screen: Screen, what: string, lengthSec: number) => {
  const startedAt = performance.now();
  const line = lineInPlace(screen, everyMs);
  const text = (doneSec: number): string => {
    const share = lengthSec > 0 ? Math.min(1, doneSec / lengthSec) : 0;
    const full = Math.round(share * width);
    const left = share > 0.02 ? `, ${clockTime((((performance.now() - startedAt) / 1000) * (1 - share)) / share)} left` : '';
    const bar = lengthSec > 0 ? `${'█'.repeat(full)}${'░'.repeat(width - full)} ${(100 * share).toFixed(0)} %` : '';
    return `${what}  ${bar} ${clockTime(doneSec)} read${left}`;
  };
  return { at: (doneSec: number): void => line.show(() => text(doneSec)), end: line.end };
};
