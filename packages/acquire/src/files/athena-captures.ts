import { basename } from 'node:path';
import { visitAthena } from '../devices/athena-packet.ts';
import { museAthena } from '../devices/muse-athena.ts';
import { AcquireError } from '../errors.ts';
import type { Chunk } from '../link.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { bytesOf } from './bytes-of.ts';
import { unixOfText } from './file-time.ts';
import { linesOf } from './lines.ts';
import { fedDecoder } from './notifications.ts';
import type { Recording } from './recording.ts';

/**
 * Raw Bluetooth notifications of a Muse S Athena, as two programs save them; both go through the decoder of the live device.
 *
 *     OpenMuse    text: ISO time of arrival, characteristic, hex, separated by tabs
 *     amused-py   'MUSB', version u8, start u64 (ms since 1970), 16 bytes; then number u16, ms since start u32, u8, length u16, notification; little endian
 */
const captureLine = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?)\t(273e00[0-9a-f]{2}-[0-9a-f-]{27})\t((?:[0-9a-f]{2})+)\s*$/i;
const headerBytes = 29;
const recordHeadBytes = 9;
const dataCharacteristic = '273e0013-4c4d-454d-96be-f03bac821358';
/** Notifications to look at for what the headband sends. */
const toLook = 200;

/** Whether a first line is of a capture of OpenMuse. */
export const isOpenMuseText = (firstLine: string): boolean => captureLine.test(firstLine);
/** Whether a file begins as a recording of amused-py. */
export const isAmused = (head: string): boolean => head.startsWith('MUSB');

/** What a capture gives: a notification, or a stretch that is none. */
type Captured = { readonly chunk: Chunk; readonly where: string } | { readonly damage: string; readonly where: string };

/** A capture of OpenMuse. Time 0 is the first notification's. */
export const openOpenMuseText = (path: string): Promise<Recording> => openCapture(path, 'openmuse-text', textCapture);

/** A recording of amused-py. Time 0 is the start in its header. */
export const openAmused = (path: string): Promise<Recording> => openCapture(path, 'amused-bin', amusedCapture);

interface Capture {
  readonly startedAt: number;
  readonly all: () => AsyncGenerator<Captured, void>;
}

const openCapture = async (path: string, format: string, read: (path: string) => Promise<Capture>): Promise<Recording> => {
  const { startedAt, all } = await read(path);
  const tags = new Set<number>();
  let n = 0;
  for await (const captured of all()) {
    if ('chunk' in captured) visitAthena(captured.chunk.bytes, { block: (tag) => tags.add(tag), unexplained: () => {} });
    if (++n >= toLook) break;
  }
  if (!tags.has(0x11) && !tags.has(0x12))
    throw new AcquireError('bad-file', `'${path}' holds no EEG of a Muse S Athena in its first ${n} notifications.`);
  const optics = tags.has(0x36) ? 16 : tags.has(0x35) ? 8 : tags.has(0x34) ? 4 : 0;
  const device = museAthena.create({ eeg: tags.has(0x12) ? 8 : 4, optics });
  return {
    name: basename(path),
    format,
    signals: device.signals,
    ...(startedAt > 1e8 && { startedAt }),
    blocks: async function* (report: Reporter): AsyncGenerator<SampleBlock, void> {
      const decoder = fedDecoder(device.decode(report));
      try {
        for await (const captured of all()) {
          if ('chunk' in captured) decoder.push(captured.chunk);
          else report({ kind: 'damage', file: path, where: captured.where, detail: captured.damage, lost: 1 });
          yield* decoder.take();
        }
        decoder.end();
        yield* decoder.take();
      } finally {
        decoder.close();
      }
    },
  };
};

/** A step of time beyond this is damage, s. */
const longestSec = 1e6;

const textCapture = async (path: string): Promise<Capture> => {
  let startedAt = Number.NaN;
  for await (const [line] of linesOf(path)) {
    startedAt = unixOfText(captureLine.exec(line!.text)?.[1] ?? '');
    break;
  }
  if (Number.isNaN(startedAt))
    throw new AcquireError('bad-file', `'${path}' is no capture of OpenMuse: expected lines of time, characteristic and hex.`);
  return {
    startedAt,
    all: async function* () {
      let last = 0;
      for await (const batch of linesOf(path)) {
        for (const { text, number } of batch) {
          const [, time = '', endpoint = '', hex = ''] = captureLine.exec(text) ?? [];
          const arrivedAt = unixOfText(time) - startedAt;
          if (Number.isFinite(arrivedAt) && Math.abs(arrivedAt - last) < longestSec) {
            last = Math.max(last, arrivedAt);
            yield {
              chunk: { endpoint: endpoint.toLowerCase(), arrivedAt: last, bytes: Uint8Array.from(Buffer.from(hex, 'hex')) },
              where: `line ${number}`,
            };
          } else if (text !== '')
            yield { damage: `expected time, characteristic and hex, got '${text.slice(0, 60)}'`, where: `line ${number}` };
        }
      }
    },
  };
};

const amusedCapture = async (path: string): Promise<Capture> => {
  const all = async function* (): AsyncGenerator<Captured, void> {
    let held: Uint8Array = new Uint8Array(0);
    let base = 0;
    let skip = headerBytes;
    let last = 0;
    for await (const piece of bytesOf(path)) {
      held = Buffer.concat([held, piece]);
      for (;;) {
        if (skip > 0) {
          const n = Math.min(skip, held.length);
          held = held.subarray(n);
          base += n;
          skip -= n;
        }
        if (skip > 0 || held.length < recordHeadBytes) break;
        const view = new DataView(held.buffer, held.byteOffset, held.length);
        const length = view.getUint16(7, true);
        if (held.length < recordHeadBytes + length) break;
        const arrivedAt = view.getUint32(2, true) / 1000;
        if (Math.abs(arrivedAt - last) > longestSec) {
          yield { damage: `a notification at ${arrivedAt} s, after one at ${last} s`, where: `byte ${base}` };
          return;
        }
        last = Math.max(last, arrivedAt);
        const bytes = Uint8Array.from(held.subarray(recordHeadBytes, recordHeadBytes + length));
        yield { chunk: { endpoint: dataCharacteristic, arrivedAt: last, bytes }, where: `byte ${base}` };
        held = held.subarray(recordHeadBytes + length);
        base += recordHeadBytes + length;
      }
    }
    if (held.length > 0) yield { damage: `the file ends after ${held.length} bytes of a notification`, where: `byte ${base}` };
  };
  for await (const piece of bytesOf(path)) {
    if (piece.length < headerBytes) break;
    const startedAt = Number(new DataView(piece.buffer, piece.byteOffset, piece.length).getBigUint64(5, true)) / 1000;
    return { startedAt: startedAt < 1e10 ? startedAt : Number.NaN, all };
  }
  throw new AcquireError('bad-file', `'${path}' is no recording of amused-py: it ends in its header.`);
};
