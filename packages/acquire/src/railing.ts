import type { Reporter } from './report.ts';
import type { EegSignal } from './signal.ts';

/**
 * Watches for electrodes that reach the end of the amplifier's range. Each is told of once, until it has stayed away from there for a second: an
 * electrode in the air touches the end at every turn of the mains.
 */
export const railing = (signal: EegSignal, report: Reporter) => {
  const sinceRailed = new Float64Array(signal.montage.channels.length).fill(Number.POSITIVE_INFINITY); // samples
  const newly: string[] = [];
  return {
    /** Channel `c` was at the end of the range in its next sample, or was not. */
    look: (c: number, isRailed: boolean): void => {
      if (isRailed && sinceRailed[c]! >= signal.sfreq) newly.push(signal.montage.channels[c]!);
      sinceRailed[c] = isRailed ? 0 : sinceRailed[c]! + 1;
    },
    /** Reports what was seen since the last call, as of session time `atSec`. */
    tell: (atSec: number): void => {
      for (const channel of newly) report({ kind: 'saturation', signal: signal.id, channel, atSec });
      newly.length = 0;
    },
  };
};
