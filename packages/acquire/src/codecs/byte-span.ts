import { type ByteSource, damaged } from './byte-source.ts';

/**
 * How bytes are written in a pickle.
 *
 *     raw          as they are                                              protocols 1 and up by Python 2, 3 and up by Python 3
 *     escaped      a Python literal: \xNN \n \r \t \\ \' \"                  protocol 0 by Python 2 (four characters for most bytes)
 *     utf8         each byte as the character of that number, in UTF-8      protocol 2 by Python 3
 *     raw-unicode  the same in Latin-1, \uNNNN for five of them             protocol 0 by Python 3
 */
export type SpanEncoding = 'raw' | 'escaped' | 'utf8' | 'raw-unicode';

/** Where a string of bytes lies in a source; it is not read before it is asked for. */
export interface ByteSpan {
  readonly kind: 'bytes';
  readonly source: ByteSource;
  readonly offset: number;
  /** As stored; the decoded length where the encoding is `raw`. */
  readonly length: number;
  readonly encoding: SpanEncoding;
}

/** Decodes a span from front to back. */
export interface SpanReader {
  /** Fills `target` with the next bytes. Throws `AcquireError('bad-file')` where the span ends before, or its text cannot be decoded. */
  readonly read: (target: Uint8Array) => void;
  readonly skip: (length: number) => void;
  /** Throws where bytes are left over. */
  readonly end: () => void;
}

/** A reader at the beginning of a span. Holds 64 kB. */
export const spanReader = (span: ByteSpan): SpanReader => (span.encoding === 'raw' ? rawReader(span) : textReader(span));

const rawReader = ({ source, offset, length }: ByteSpan): SpanReader => {
  let at = 0;
  const take = (n: number): void => {
    if (at + n > length) throw damaged(source.name, offset + length, `an array has ${length} bytes, expected ${at + n} or more`);
    at += n;
  };
  return {
    read: (target) => {
      take(target.length);
      source.read(target, offset + at - target.length);
    },
    skip: take,
    end: () => {
      if (at !== length) throw damaged(source.name, offset, `an array has ${length} bytes, expected ${at}`);
    },
  };
};

/** Longest spelling of one byte: `\uNNNN`. */
const longest = 6;

const textReader = ({ source, offset, length, encoding }: ByteSpan): SpanReader => {
  const window = Buffer.alloc(Math.min(64 * 1024, length + longest));
  const decode = encoding === 'utf8' ? decodeUtf8 : encoding === 'escaped' ? decodeEscaped : decodeRawUnicode;
  const scratch = new Uint8Array(16 * 1024);
  const step: Step = { at: 0, done: 0 };
  let base = 0;
  let filled = 0;
  const fill = (): void => {
    base += step.at;
    step.at = 0;
    filled = Math.min(window.length, length - base);
    if (filled > 0) source.read(window.subarray(0, filled), offset + base);
  };
  const read = (target: Uint8Array): void => {
    step.done = 0;
    while (step.done < target.length) {
      const isLast = base + filled >= length;
      if (filled - step.at < longest && !isLast) fill();
      if (step.at >= filled && base + filled >= length) throw damaged(source.name, offset + length, 'an array has too few bytes');
      const before = step.at;
      decode(window, base + filled >= length ? filled : filled - longest + 1, filled, target, step);
      if (step.at === before) throw damaged(source.name, offset + base + before, 'the text of an array cannot be decoded');
    }
  };
  return {
    read,
    skip: (n) => {
      for (let left = n; left > 0; left -= scratch.length) read(left < scratch.length ? scratch.subarray(0, left) : scratch);
    },
    end: () => {
      if (base + step.at !== length) throw damaged(source.name, offset + base + step.at, 'an array has too many bytes');
    },
  };
};

interface Step {
  /** Next byte of the text. */
  at: number;
  /** Bytes decoded into the target. */
  done: number;
}

/** Decodes spellings that begin before `limit` and end before `filled`, until the target is full or one cannot be decoded. */
type Decode = (text: Uint8Array, limit: number, filled: number, target: Uint8Array, step: Step) => void;

const hexDigit = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  hexDigit[digit.toString(16).charCodeAt(0)] = digit;
  hexDigit[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** The byte of a one-letter escape (`\n`), or -1. */
const letterEscape = new Int16Array(256).fill(-1);
for (const [letter, byte] of [
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['\\', 92],
  ["'", 39],
  ['"', 34],
] as const) {
  letterEscape[letter.charCodeAt(0)] = byte;
}

const decodeEscaped: Decode = (text, limit, filled, target, step) => {
  let { at, done } = step;
  while (at < limit && done < target.length) {
    const byte = text[at]!;
    if (byte !== 92) {
      target[done++] = byte;
      at++;
    } else if (text[at + 1] === 120 && at + 3 < filled) {
      const value = (hexDigit[text[at + 2]!]! << 4) | hexDigit[text[at + 3]!]!;
      if (value < 0) break;
      target[done++] = value;
      at += 4;
    } else {
      const value = at + 1 < filled ? letterEscape[text[at + 1]!]! : -1;
      if (value < 0) break;
      target[done++] = value;
      at += 2;
    }
  }
  step.at = at;
  step.done = done;
};

const decodeUtf8: Decode = (text, limit, filled, target, step) => {
  let { at, done } = step;
  while (at < limit && done < target.length) {
    const byte = text[at]!;
    if (byte < 128) {
      target[done++] = byte;
      at++;
    } else {
      const next = at + 1 < filled ? text[at + 1]! : 0;
      if ((byte !== 0xc2 && byte !== 0xc3) || (next & 0xc0) !== 0x80) break;
      target[done++] = ((byte & 3) << 6) | (next & 63);
      at += 2;
    }
  }
  step.at = at;
  step.done = done;
};

const decodeRawUnicode: Decode = (text, limit, filled, target, step) => {
  let { at, done } = step;
  while (at < limit && done < target.length) {
    const byte = text[at]!;
    if (byte !== 92) {
      target[done++] = byte;
      at++;
    } else {
      if (text[at + 1] !== 117 || at + 5 >= filled || text[at + 2] !== 48 || text[at + 3] !== 48) break;
      const value = (hexDigit[text[at + 4]!]! << 4) | hexDigit[text[at + 5]!]!;
      if (value < 0) break;
      target[done++] = value;
      at += 6;
    }
  }
  step.at = at;
  step.done = done;
};

/** A short span as text (bytes as Latin-1). Throws `AcquireError('bad-file')` for one of more than 4,096 bytes, which is no name. */
export const textOf = ({ source, offset, length, encoding }: ByteSpan): string => {
  if (length > 4096) throw damaged(source.name, offset, `expected a name, got ${length} bytes`);
  const stored = Buffer.alloc(length);
  source.read(stored, offset);
  if (encoding === 'utf8') return stored.toString('utf8');
  const text = stored.toString('latin1');
  return encoding === 'raw' || !text.includes('\\')
    ? text
    : text.replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
};
