import { say, type Terminal } from '../terminal.ts';

/** Takes a mark from wherever it comes: a key, HTTP, MQTT. Gives where it was set, s; undefined where there is nothing to set. */
export type Marker = (text: string, from: 'keys' | 'http' | 'mqtt') => { readonly atSec: number; readonly text: string } | undefined;

/** The longest text of a mark, characters; what is longer is cut off. */
export const longestMark = 500;

/** What of a text is kept: a text without a letter is `mark`; control characters become spaces; what is too long is cut off. */
export const markText = (text: string): string =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, longestMark) || 'mark';

/**
 * A marker that hands every mark on (`markText`) at the session's present time and tells the person at the terminal.
 */
export const marker =
  (clock: () => number, set: (atSec: number, text: string) => void, err: Terminal['err']): Marker =>
  (text, from) => {
    const atSec = clock();
    const clean = markText(text);
    set(atSec, clean);
    say(err, `Mark    ${atSec.toFixed(3)} s  ${clean}${from === 'keys' ? '' : `  (${from})`}`);
    return { atSec, text: clean };
  };
