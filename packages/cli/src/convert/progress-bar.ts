import type { Progress } from '@affect-edge/acquire';
import type { Screen } from '../sinks/console.ts';

const everyMs = 100;
const barWidth = 30;

/** Shows how far a conversion has come in one line of a terminal; nothing on any other screen. `end` clears it. */
export const progressBar = (screen: Screen): { readonly show: (progress: Progress) => void; readonly end: () => void } => {
  if (screen.isTTY !== true) return { show: () => {}, end: () => {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show: (progress) => {
      const now = performance.now();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      screen.write(`\r\x1b[K${barText(progress).slice(0, (screen.columns ?? 80) - 1)}`);
    },
    end: () => {
      screen.write('\r\x1b[K');
    },
  };
};

/** The line: a bar where the end is known, the time that has been read where it is not. */
export const barText = ({ phase, sec, ofSec }: Progress): string => {
  if (ofSec === undefined || !(ofSec > 0)) return `${phase}  ${sec.toFixed(0)} s of the recording`;
  const share = Math.min(1, Math.max(0, sec / ofSec));
  const done = Math.round(share * barWidth);
  return `${phase}  [${'#'.repeat(done)}${'-'.repeat(barWidth - done)}] ${Math.round(share * 100)} %`;
};
