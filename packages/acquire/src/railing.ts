import type { Reporter } from './report.ts';
import type { EegSignal } from './signal.ts';

/** Watches for electrodes that reach the end of the amplifier's range; each is told of once, until it has come back. */
export const railing = (signal: EegSignal, report: Reporter) => {
  const railed = new Uint8Array(signal.montage.channels.length);
  const newly: string[] = [];
  return {
    /** Channel `c` was at the end of the range, or was not. */
    look: (c: number, isRailed: boolean): void => {
      if (isRailed && railed[c] === 0) newly.push(signal.montage.channels[c]!);
      railed[c] = isRailed ? 1 : 0;
    },
    /** Reports what was seen since the last call, as of session time `atSec`. */
    tell: (atSec: number): void => {
      for (const channel of newly) report({ kind: 'saturation', signal: signal.id, channel, atSec });
      newly.length = 0;
    },
  };
};
