/**
 * Bytes → whole frames. Both framers below give the same frames however the bytes were cut: every decision looks only at bytes that are
 * there in any case, or waits for them.
 */

/** Answer of `FrameLayout.measure`: the bytes there are do not tell yet. */
export const needMore = -1;
/** Answer of `FrameLayout.measure`: no frame starts here; look one byte further. */
export const noFrame = 0;

/** What a framer must know of a protocol. */
export interface FrameLayout {
  /** Longest frame there is, bytes. A `measure` that still wants more after twice this is taken as `noFrame`. */
  readonly maxLength: number;
  /**
   * Length in bytes of the frame that starts at `start` of `bytes`, `noFrame` or `needMore`; only bytes before `end` may be looked at.
   * `locked` is true where the last frame ended exactly at `start`, and when the stream has ended: the place to ask less proof of a frame than
   * after garbage, where a witness such as the next frame's first byte is worth waiting for.
   */
  readonly measure: (bytes: Uint8Array, start: number, end: number, locked: boolean) => number;
  /** A whole frame: `bytes[start … start + length)`. The bytes are only valid during the call. */
  readonly frame: (bytes: Uint8Array, start: number, length: number) => void;
  /** A stretch of bytes between frames that belonged to none, in pieces of at most 1,024 bytes; only valid during the call. */
  readonly skipped?: (garbage: Uint8Array) => void;
}

/** A byte stream on its way to frames; stateful, so one per subscription. */
export interface Framer {
  readonly push: (bytes: Uint8Array) => void;
  /** The stream has ended: gives the frames that were waiting for a witness, and what is left as garbage. */
  readonly end: () => void;
}

const maxGarbage = 1024;

/**
 * Cuts a byte stream into frames, sliding on by one byte wherever none starts. Memory is bounded by the longest chunk plus twice the longest
 * frame.
 *
 * @example
 * const frames = framer({ maxLength: 33, measure: (b, i, end) => (end - i < 33 ? needMore : b[i] === 0xa0 ? 33 : noFrame), frame: decode });
 * frames.push(chunk.bytes);
 */
export const framer = ({ maxLength, measure, frame, skipped }: FrameLayout): Framer => {
  let held = new Uint8Array(4 * maxLength);
  let nHeld = 0;
  let locked = false;
  const garbage = new Uint8Array(maxGarbage);
  let nGarbage = 0;

  const tellGarbage = () => {
    if (nGarbage > 0) skipped?.(garbage.subarray(0, nGarbage));
    nGarbage = 0;
  };

  const scan = (ended: boolean) => {
    let start = 0;
    while (start < nHeld) {
      let length = measure(held, start, nHeld, locked || ended);
      if (length === needMore && nHeld - start >= 2 * maxLength) length = noFrame;
      if (length === needMore || start + length > nHeld) {
        if (!ended) break;
        length = noFrame;
      }
      if (length > 0) {
        tellGarbage();
        frame(held, start, length);
        start += length;
        locked = true;
      } else {
        garbage[nGarbage++] = held[start++]!;
        if (nGarbage === maxGarbage) tellGarbage();
        locked = false;
      }
    }
    held.copyWithin(0, start, nHeld);
    nHeld -= start;
  };

  return {
    push: (bytes) => {
      if (nHeld + bytes.length > held.length) {
        const larger = new Uint8Array(Math.max(2 * held.length, nHeld + bytes.length));
        larger.set(held.subarray(0, nHeld));
        held = larger;
      }
      held.set(bytes, nHeld);
      nHeld += bytes.length;
      scan(false);
    },
    end: () => {
      scan(true);
      tellGarbage();
    },
  };
};

/** What a line framer hands out. */
export interface LineLayout {
  /** Longest line taken, bytes; a longer one is dropped whole and told to `tooLong`. 1,024 when absent. */
  readonly maxLength?: number;
  /** True drops everything before the first line end: a stream that was joined in the middle. */
  readonly dropFirst?: boolean;
  /** True gives empty lines too; otherwise they are left out. */
  readonly keepEmpty?: boolean;
  /** One line without its end (`\n`, `\r\n` or `\r`), decoded as UTF-8 with U+FFFD for what is not. */
  readonly line: (text: string) => void;
  /** A line longer than `maxLength` was dropped; called once for it, with its length. */
  readonly tooLong?: (length: number) => void;
}

/** Cuts a byte stream into lines of text. Memory is bounded by `maxLength`. */
export const lineFramer = ({ maxLength = 1024, dropFirst = false, keepEmpty = false, line, tooLong }: LineLayout): Framer => {
  const held = Buffer.alloc(maxLength);
  let nHeld = 0;
  let joining = dropFirst;
  let afterReturn = false;

  const finish = () => {
    if (!joining && nHeld > maxLength) tooLong?.(nHeld);
    else if (!joining && (nHeld > 0 || keepEmpty)) line(held.toString('utf8', 0, nHeld));
    joining = false;
    nHeld = 0;
  };

  return {
    push: (bytes) => {
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!;
        if (byte === 0x0a ? !afterReturn : byte === 0x0d) finish();
        else if (byte !== 0x0a) {
          if (nHeld < maxLength) held[nHeld] = byte;
          nHeld++;
        }
        afterReturn = byte === 0x0d;
      }
    },
    end: () => {
      if (nHeld > 0) finish();
    },
  };
};
