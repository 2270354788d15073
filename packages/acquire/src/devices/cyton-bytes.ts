import { type Framer, framer, needMore, noFrame } from '../framing.ts';
import type { Command } from '../link.ts';
import type { Reporter } from '../report.ts';
import { frameLength, gains, isFooter, startByte } from './cyton-frame.ts';

/**
 * A framer for Cyton frames, for board and Daisy alike. After garbage a frame must be witnessed by the start byte of the next, because
 * payload bytes often look like a start byte; a frame that follows a good one needs no witness. Bytes between frames are reported: as text
 * where the board answered in words (it ends its answers with `$$$`), as a bad frame otherwise.
 */
export const cytonFramer = (device: string, report: Reporter, frame: (bytes: Uint8Array, start: number) => void): Framer =>
  framer({
    maxLength: frameLength,
    measure: (bytes, start, end, locked) => {
      if (bytes[start] !== startByte) return noFrame;
      if (end - start < frameLength) return needMore;
      if (!isFooter(bytes[start + 32]!)) return noFrame;
      if (locked) return frameLength;
      if (end - start === frameLength) return needMore;
      return bytes[start + frameLength] === startByte ? frameLength : noFrame;
    },
    frame,
    skipped: (garbage) => {
      const text = Buffer.from(garbage).toString('latin1');
      if (/^[\x20-\x7e\s]+\$\$\$\s*$/.test(text)) report({ kind: 'device-text', device, text: text.replaceAll('$$$', '').trim() });
      else report({ kind: 'bad-frame', device, reason: 'sync', bytes: garbage.length });
    },
  });

const ascii = (text: string, afterSec = 0): Command => ({ endpoint: '', bytes: new TextEncoder().encode(text), afterSec });

/** Keys that stand for channels 1-16 in the board's `x` command. */
const channelKeys = '12345678QWERTYUI';

/** Switches the test current on the N inputs of the first 8 channels on or off (`z` CHANNEL P N `Z`). */
export const cytonTestCurrent = (on: boolean): Command[] => [...channelKeys.slice(0, 8)].map((key) => ascii(`z${key}0${on ? 1 : 0}Z`, 0.1));

/**
 * What starts a Cyton: stop a stream left running, restore defaults (gain 24), choose 8 or 16 channels (`mode` `c` or `C`), set the gains that
 * differ and whatever `settings` holds, stream. The board answers each in its own time and says nothing while streaming, so the commands are spaced instead of acknowledged.
 */
export const cytonStart = (mode: 'c' | 'C', gainOf: readonly number[], settings: readonly Command[] = []): Command[] => {
  const gainSettings = gainOf.flatMap((gain, c) => {
    const digit = gains.indexOf(gain as (typeof gains)[number]);
    return gain === 24 ? [] : [ascii(`x${channelKeys[c]}0${digit}0110X`, 0.1)];
  });
  const sixteen = mode === 'C' ? [ascii(mode, 0.5)] : [];
  return [ascii('s'), ascii('d', 0.3), ...sixteen, ...gainSettings, ...settings, ascii('b', 0.5)];
};

/** What stops it. */
export const cytonStop: Command[] = [ascii('s')];
