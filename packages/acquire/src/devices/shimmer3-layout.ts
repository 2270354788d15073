/**
 * What a Shimmer3 says, over Bluetooth serial port or LE alike; numbers little endian unless noted (Shimmer-Java-Android-API, BSD-3;
 * LogAndStream firmware).
 *
 *   FF                                                        acknowledged, before the answer to a command
 *   02  divider u16  config u32  n u8  buffer u8  n × id      inquiry: sample clock 32768 Hz / divider, channels in the order they are sent
 *   00  ticks u24 (32768 Hz)  channels                        one sample
 *   8A 94  adc u16  state                                     battery, also while streaming
 *   8A 71  state                                              status
 *   04  divider u16 · 22  range · 25  hardware · 2F  id u16  major u16  minor u8  patch u8
 *
 * With a CRC of 1 or 2 bytes every message ends in one, over all its bytes, the FF before it included.
 */

/** Bytes of a channel in a data packet, by its id in the inquiry. */
export const channelBytes: Readonly<Record<number, number>> = Object.fromEntries(
  Array.from({ length: 0x29 }, (_, id) => {
    if (id === 0x1b || id === 0x1e || id === 0x1f || id === 0x21 || id === 0x22) return [id, 3];
    return [id, id === 0x1d || id === 0x20 ? 1 : 2];
  }),
);

export const ids = { gsr: 0x1c, ppg: 0x12 } as const;

export const acknowledged = 0xff;
export const dataPacket = 0x00;
export const inquiry = 0x02;
export const inStream = 0x8a;
export const battery = 0x94;

/** Bytes before the channel ids of an inquiry reply. */
export const inquiryHead = 9;
const maxChannels = 40;

/** Bytes of the replies that are always as long: sampling rate, GSR range, hardware, firmware. */
const fixedReplies: ReadonlyMap<number, number> = new Map([
  [0x04, 3],
  [0x22, 2],
  [0x25, 2],
  [0x2f, 7],
]);

/** Length of the reply that starts at `start`, without CRC: 0 where none does, -1 where more bytes are needed to tell. */
export const replyBytes = (bytes: Uint8Array, start: number, end: number): number => {
  const code = bytes[start]!;
  if (code === inquiry) {
    if (end - start <= 7) return -1;
    const n = bytes[start + 7]!;
    return n > maxChannels ? 0 : inquiryHead + n;
  }
  if (code !== inStream) return fixedReplies.get(code) ?? 0;
  if (end - start < 2) return -1;
  return bytes[start + 1] === battery ? 5 : bytes[start + 1] === 0x71 ? 3 : 0;
};

/** What an inquiry tells. */
export interface Layout {
  /** Ticks of the 32768 Hz clock a sample. */
  readonly divider: number;
  /** GSR range as set: 0-3 fixed, 4 automatic. */
  readonly gsrRange: number;
  /** Bytes of a data packet, without CRC. */
  readonly length: number;
  /** Where in a packet the channels lie; undefined where they are not sent. */
  readonly gsrAt: number | undefined;
  readonly ppgAt: number | undefined;
}

/** Reads the inquiry reply at `start`; undefined where a channel is unknown, none is sent or the divider is 0. */
export const readInquiry = (bytes: Uint8Array, start: number): Layout | undefined => {
  const n = bytes[start + 7]!;
  const places = new Map<number, number>();
  let length = 4;
  for (let i = 0; i < n; i++) {
    const id = bytes[start + inquiryHead + i]!;
    const width = channelBytes[id];
    if (width === undefined) return undefined;
    places.set(id, length);
    length += width;
  }
  const divider = bytes[start + 1]! | (bytes[start + 2]! << 8);
  if (n === 0 || divider === 0) return undefined;
  return { divider, length, gsrRange: (bytes[start + 6]! >> 1) & 7, gsrAt: places.get(ids.gsr), ppgAt: places.get(ids.ppg) };
};

/** Battery charge, 0-1, from its converter: volts = adc · 3 / 4095 · 1.988, then the vendor's polynomial (`ShimmerBattStatusDetails.java`). */
export const chargeOf = (adc: number): number => {
  const volt = Math.min(4.167, Math.max(3.2, ((adc * 3) / 4095) * 1.988));
  const percent = (((1109.739792 * volt - 17167.12674) * volt + 99232.71686) * volt - 253825.397) * volt + 242266.0527;
  return Math.min(100, Math.max(0, percent)) / 100;
};
