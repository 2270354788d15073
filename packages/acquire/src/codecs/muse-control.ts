import type { Command } from '../link.ts';
import type { Reporter } from '../report.ts';

/** UUID of characteristic `number` of any Muse. */
export const museCharacteristic = (number: number): string => `273e${number.toString(16).padStart(4, '0')}-4c4d-454d-96be-f03bac821358`;

const control = museCharacteristic(0x0001);

/** A command to a Muse, `[length of what follows][text][\n]`, sent `afterSec` after the one before. */
export const museCommand = (text: string, afterSec = 0): Command => ({
  endpoint: control,
  bytes: Uint8Array.from([text.length + 1, ...Buffer.from(text, 'ascii'), 0x0a]),
  ...(afterSec > 0 && { afterSec }),
});

const maxReply = 2048;

/**
 * A reader of a Muse's control notifications: `[n][n characters][stale bytes]`, JSON objects split over several, several in one. Each whole
 * object becomes a `device-text` report, its `bp` (battery, %) a `battery` report. Text that is no object, or longer than 2,048 characters, is
 * reported as a bad frame and dropped.
 */
export const museControl = (device: string, report: Reporter): ((bytes: Uint8Array) => void) => {
  let text = '';
  let depth = 0;
  let quoted = false;

  const bad = (reason: 'syntax' | 'length', bytes: number) => report({ kind: 'bad-frame', device, reason, bytes });

  const whole = () => {
    let reply: unknown;
    try {
      reply = JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return bad('syntax', text.length);
    }
    report({ kind: 'device-text', device, text });
    const percent = (reply as { bp?: unknown }).bp;
    if (typeof percent === 'number' && percent >= 0 && percent <= 100) report({ kind: 'battery', device, fraction: percent / 100 });
  };

  const take = (character: string) => {
    if (depth === 0 && character !== '{') return; // between objects: line ends
    text += character;
    if (character === '"')
      quoted = !quoted; // no Muse escapes a quote
    else if (!quoted && character === '{') depth++;
    else if (!quoted && character === '}') depth--;
    if (depth > 0 && text.length < maxReply) return;
    if (depth === 0) whole();
    else bad('length', text.length);
    text = '';
    depth = 0;
    quoted = false;
  };

  return (bytes) => {
    const n = bytes[0] ?? 0;
    if (n > bytes.length - 1) return bad('length', bytes.length);
    for (let i = 1; i <= n; i++) take(String.fromCharCode(bytes[i]!));
  };
};
