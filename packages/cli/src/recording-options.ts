import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { PartSize } from '@affect-edge/acquire';
import { durationSec } from './config.ts';
import { ConfigError } from './errors.ts';

/** Options of recordings, read into what the program needs. Every reader throws `ConfigError('bad-option')` with one line for that person. */

const wrong = (option: string, expected: string, got: string): ConfigError =>
  new ConfigError('bad-option', `Option ${option}: expected ${expected}, got '${got}'.`);

const sizeUnits: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9 };

/** When a recording goes on in a new file: `30m`, `500MB`, or both with a comma between them. */
export const partSize = (text: string): PartSize => {
  let size: PartSize = {};
  for (const word of text.split(',')) {
    const match = /^(\d+(?:\.\d+)?)\s*(kb|mb|gb)$/i.exec(word.trim());
    if (match === null) {
      const seconds = readDuration(word);
      if (seconds === undefined) throw wrong('--split', "a duration such as '30m' or a size such as '500MB'", text);
      size = { ...size, maxSec: seconds };
    } else {
      const bytes = Number(match[1]) * sizeUnits[match[2].toLowerCase()];
      if (bytes < 100_000) throw wrong('--split', 'at least 100kB', text);
      size = { ...size, maxBytes: bytes };
    }
  }
  return size;
};

const readDuration = (word: string): number | undefined => {
  try {
    return durationSec('--split')(word);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
};

/** A time from the beginning of the session, s: `90s`, `2m`, `1h`, a bare number of seconds, or `1:30` and `1:02:30`. */
export const sessionTime =
  (option: string) =>
  (text: string): number => {
    if (text.trim() === '0') return 0;
    const parts = /^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$/.exec(text.trim());
    if (parts === null) return durationSec(option)(text);
    return Number(parts[1] ?? 0) * 3600 + Number(parts[2]) * 60 + Number(parts[3]);
  };

/** How often a recording is played: a whole number from 1. */
export const turns = (text: string): number => {
  const times = Number(text);
  if (!Number.isInteger(times) || times < 1) throw wrong('--loop', 'a whole number from 1, or nothing for as long as you like', text);
  return times;
};

/** A TCP port, 0 for any that is free. */
export const port =
  (option: string) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() === '' || !Number.isInteger(number) || number < 0 || number > 65_535)
      throw wrong(option, 'a port from 0 to 65535', text);
    return number;
  };

/** What a recording keeps of a consent: enough to recognise the text, never the text, which may hold a name. */
export interface Consent {
  /** SHA-256 of the text or of the file, hex. */
  readonly sha256: string;
  readonly of: 'text' | 'file';
}

/** The consent of a text, or of the file of that name where there is one. */
export const consentOf = async (textOrFile: string): Promise<Consent> => {
  const hash = createHash('sha256');
  const isFile = statSync(textOrFile, { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile) return { sha256: hash.update(textOrFile).digest('hex'), of: 'text' };
  for await (const piece of createReadStream(textOrFile)) hash.update(piece);
  return { sha256: hash.digest('hex'), of: 'file' };
};
