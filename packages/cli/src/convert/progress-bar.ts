import type { Progress } from '@affect-edge/acquire';
import { lineInPlace } from '../line-in-place.ts';
import type { Screen } from '../sinks/console.ts';

const everyMs = 100;
const barWidth = 30;

/** Shows how far a conversion has come in one line of a terminal; nothing on any other screen. `end` clears it. */
export const progressBar = (screen: Screen): { readonly show: (progress: Progress) => void; readonly end: () => void } => {
  const { show, end } = lineInPlace(screen, everyMs);
  return { show: (progress) => show(() => barText(progress)), end };
};

/** The line: a bar where the end is known, the time that has been read where it is not. */
export const barText = ({ phase, sec, ofSec }: Progress): string => {
  if (ofSec === undefined || !(ofSec > 0)) return `${phase}  ${sec.toFixed(0)} s of the recording`;
  const share = Math.min(1, Math.max(0, sec / ofSec));
  const done = Math.round(share * barWidth);
  return `${phase}  [${'#'.repeat(done)}${'-'.repeat(barWidth - done)}] ${Math.round(share * 100)} %`;
};
