/**
 * Annotations of EDF+ and BDF+: in a signal of their own, in each record a list of
 *
 *     +onset [\x15 duration] \x14 text \x14 [text \x14 …] \x00
 *
 * in UTF-8. The first of a record has an empty text: its onset is when the record begins, s from the start in the header.
 */
export interface EdfAnnotation {
  /** From the start in the header, s. */
  readonly onset: number;
  /** s; absent where the file does not say. */
  readonly durationSec?: number;
  readonly text: string;
}

export interface EdfRecordNotes {
  /** When the record begins; absent where the first annotation does not say. */
  readonly onset?: number;
  readonly annotations: readonly EdfAnnotation[];
  /** Lists that could not be understood. */
  readonly nBad: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the format's own separators
const list = /^([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?\x14([\s\S]*)\x14$/;

/** The annotations in the bytes of one record. */
export const readEdfAnnotations = (bytes: Uint8Array): EdfRecordNotes => {
  const annotations: EdfAnnotation[] = [];
  let onset: number | undefined;
  let nBad = 0;
  let nLists = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0) {
      at++;
      continue;
    }
    const zero = bytes.indexOf(0, at);
    const end = zero < 0 ? bytes.length : zero;
    const found = list.exec(Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('utf8'));
    if (found === null || !Number.isFinite(Number(found[1]))) nBad++;
    else {
      const [, start, duration, texts] = found;
      if (nLists === 0 && texts!.startsWith('\x14')) onset = Number(start);
      if (nLists === 0 && texts === '') onset = Number(start);
      for (const text of texts!.split('\x14')) {
        if (text !== '') annotations.push({ onset: Number(start), ...(duration !== undefined && { durationSec: Number(duration) }), text });
      }
    }
    nLists++;
    at = end + 1;
  }
  return { ...(onset !== undefined && { onset }), annotations, nBad };
};
