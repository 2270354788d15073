import type { ScriptPhase } from '../src/dashboard/protocol.ts';

export interface PlacedPhase extends ScriptPhase {
  readonly fromSec: number;
  readonly toSec: number;
}

/** The phases that touch [from, to) of session time; the script starts again when it is over. */
export const phasesBetween = (script: readonly ScriptPhase[], from: number, to: number): PlacedPhase[] => {
  const total = script.reduce((sum, { sec }) => sum + sec, 0);
  if (!(total > 0) || !(to > from)) return [];
  const placed: PlacedPhase[] = [];
  let start = Math.floor(from / total) * total;
  for (let n = 0; start < to; n++) {
    const phase = script[n % script.length];
    const end = start + phase.sec;
    if (end > from && start >= 0) placed.push({ ...phase, fromSec: start, toSec: end });
    start = end;
  }
  return placed;
};
