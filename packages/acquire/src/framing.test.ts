import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framer, lineFramer, needMore, noFrame } from './framing.ts';

/** A protocol of frames `# length payload`, length counting the payload; a frame after garbage needs another `#` behind it. */
const toy = () => {
  const frames: string[] = [];
  const garbage: number[] = [];
  const stream = framer({
    maxLength: 11,
    measure: (bytes, start, end, locked) => {
      if (bytes[start] !== 0x23) return noFrame;
      if (end - start < 2) return needMore;
      const length = bytes[start + 1]! + 2;
      if (length > 11) return noFrame;
      if (locked) return length;
      if (end - start <= length) return needMore;
      return bytes[start + length] === 0x23 ? length : noFrame;
    },
    frame: (bytes, start, length) => frames.push(Buffer.from(bytes.subarray(start + 2, start + length)).toString()),
    skipped: (bytes) => garbage.push(...bytes),
  });
  return { stream, frames, garbage };
};
const frameOf = (payload: string) => [0x23, payload.length, ...Buffer.from(payload)];

describe('framer', () => {
  it('gives the same frames and the same garbage however the bytes are cut', () => {
    const bytes = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme-ascii', maxLength: 9 }).map(frameOf), fc.array(fc.nat(255), { minLength: 1, maxLength: 30 })),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(12), { maxLength: 200 }), (parts, cuts) => {
        const all = Uint8Array.from(parts.flat());
        const whole = toy();
        whole.stream.push(all);
        whole.stream.end();
        const cut = toy();
        let at = 0;
        for (const length of cuts) {
          cut.stream.push(all.subarray(at, at + length));
          at += length;
        }
        cut.stream.push(all.subarray(at));
        cut.stream.end();
        expect(cut).toMatchObject({ frames: whole.frames, garbage: whole.garbage });
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('a frame after garbage waits for its witness, the next needs none', () => {
    const { stream, frames } = toy();
    stream.push(Uint8Array.from([1, 2, 3, ...frameOf('one')]));
    expect(frames).toEqual([]);
    stream.push(Uint8Array.from(frameOf('two')));
    expect(frames).toEqual(['one', 'two']);
  });

  it('at the end of the stream a frame needs no witness', () => {
    const { stream, frames } = toy();
    stream.push(Uint8Array.from(frameOf('only')));
    stream.end();
    expect(frames).toEqual(['only']);
  });

  it('what is cut off by the end is garbage', () => {
    const { stream, frames, garbage } = toy();
    stream.push(Uint8Array.from([...frameOf('one'), ...frameOf('two').slice(0, 4)]));
    stream.end();
    expect(frames).toEqual(['one']);
    expect(garbage).toEqual(frameOf('two').slice(0, 4));
  });

  it('does not wait for ever for a frame that never becomes whole', () => {
    const frames: number[] = [];
    const stream = framer({
      maxLength: 4,
      measure: (bytes, start) => (bytes[start] === 1 ? needMore : 1),
      frame: (b, i) => frames.push(b[i]!),
    });
    stream.push(Uint8Array.from([1, 2, 2, 2, 2, 2, 2, 2]));
    expect(frames).toEqual([2, 2, 2, 2, 2, 2, 2]);
  });

  it('tells long garbage in bounded pieces', () => {
    const pieces: number[] = [];
    const stream = framer({ maxLength: 4, measure: () => noFrame, frame: () => {}, skipped: (bytes) => pieces.push(bytes.length) });
    stream.push(new Uint8Array(5000));
    stream.end();
    expect(pieces).toEqual([1024, 1024, 1024, 1024, 904]);
  });
});

const linesIn = (pieces: readonly string[], options = {}) => {
  const lines: string[] = [];
  const tooLong: number[] = [];
  const stream = lineFramer({ line: (text) => lines.push(text), tooLong: (length) => tooLong.push(length), ...options });
  for (const piece of pieces) stream.push(Buffer.from(piece, 'latin1'));
  stream.end();
  return { lines, tooLong };
};

describe('lineFramer', () => {
  it('ends a line at LF, CRLF or CR, wherever it is cut', () => {
    expect(linesIn(['a\nb\r', '\nc\rd', 'e']).lines).toEqual(['a', 'b', 'c', 'de']);
  });

  it('leaves empty lines out, or keeps them', () => {
    expect(linesIn(['a\r\n\r\n\nb\n']).lines).toEqual(['a', 'b']);
    expect(linesIn(['a\r\n\r\n\nb\n'], { keepEmpty: true }).lines).toEqual(['a', '', '', 'b']);
  });

  it('drops the tail of a line that it joined in', () => {
    expect(linesIn(['23\n', '512\n'], { dropFirst: true }).lines).toEqual(['512']);
  });

  it('drops a line that is too long, whole, and tells its length once', () => {
    expect(linesIn(['x'.repeat(40), 'y\nshort\n'], { maxLength: 32 })).toEqual({ lines: ['short'], tooLong: [41] });
  });

  it('bytes that are not UTF-8 do not end the stream', () => {
    expect(linesIn(['\xff\xfe1\n2\n']).lines).toEqual(['\uFFFD\uFFFD1', '2']);
  });
});
