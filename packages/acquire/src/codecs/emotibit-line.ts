/** One line of an EmotiBit, wherever it comes from: WiFi, serial console or SD card. */
export interface EmotibitLine {
  /** Time since the device started, ms. */
  readonly stamp: number;
  /** Counts lines of all kinds together, u16. */
  readonly number: number;
  /** What it is about: `EA` skin conductance, `AX` acceleration along x … */
  readonly tag: string;
  readonly payload: readonly string[];
}

const header = /^(\d{1,10}),(\d{1,5}),(\d{1,4}),([A-Z0-9%+-]{2}),\d{1,2},\d{1,3}(?:,|$)/;

/**
 * Reads `stamp,number,length,tag,version,reliability,payload…` (EmotiBit_XPlat_Utils `EmotiBitPacket.h`, MIT). The version is 1, but 2 for some tags (`DO`). Undefined
 * where the line is something else or does not hold as many payload fields as it says.
 */
export const emotibitLine = (text: string): EmotibitLine | undefined => {
  const fields = header.exec(text);
  if (fields === null) return undefined;
  const [whole, stamp, number, length, tag] = fields;
  const rest = text.slice(whole.length);
  const payload = rest === '' && length === '0' ? [] : rest.split(',');
  const holdsAll = payload.length === Number(length) || (tag === 'EM' && payload.length > 0); // EM says 4 and sends 5
  if (!holdsAll || Number(number) > 0xffff) return undefined;
  return { stamp: Number(stamp), number: Number(number), tag: tag!, payload };
};

/** A line as the host says it to an EmotiBit; the host's own clock is always 0. */
export const emotibitCommand = (tag: string, number = 0, payload: readonly string[] = []): Uint8Array =>
  new TextEncoder().encode(`${['0', number, payload.length, tag, '1', '100', ...payload].join(',')}\n`);
