import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { edfHeaderBytes, readEdfHeader } from '../codecs/edf.ts';
import { AcquireError } from '../errors.ts';
import { fileError } from '../files/file-error.ts';
import { recordCountAt } from './edf-header.ts';
import { createFile, writeAll } from './new-file.ts';
import type { Repaired } from './repair.ts';

/**
 * Copies an EDF or BDF file with every whole record in it and the number of them in the header, whatever stood there (-1 after a crash). What follows the last
 * whole record is left out and told. Throws `AcquireError('bad-file')` where the header itself cannot be understood: without it there are no records.
 */
export const repairEdf = async (path: string, out: string, stop?: AbortSignal): Promise<Repaired> => {
  const source = await open(path, 'r').catch((cause) => {
    throw fileError(path, cause);
  });
  let head: Buffer;
  let size: number;
  try {
    ({ size } = await source.stat());
    const first = Buffer.alloc(256);
    await source.read(first, 0, 256, 0);
    const headerBytes = edfHeaderBytes(first);
    if (headerBytes === undefined) throw new AcquireError('bad-file', `'${path}' is no EDF or BDF file: its header does not begin as one.`);
    head = Buffer.alloc(Math.min(headerBytes, size));
    await source.read(head, 0, head.length, 0);
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    await source.close();
  }
  const count = head.toString('latin1', recordCountAt, recordCountAt + 8).trim();
  head.write('-1'.padEnd(8), recordCountAt, 'latin1');
  const { headerBytes, recordBytes } = readEdfHeader(path, head);
  const nRecords = Math.floor((size - headerBytes) / recordBytes);
  const end = headerBytes + nRecords * recordBytes;
  head.write(`${nRecords}`.padEnd(8), recordCountAt, 'latin1');
  const file = await createFile(out);
  try {
    let bytes = await writeAll(file, out, head);
    if (nRecords > 0) {
      for await (const piece of createReadStream(path, { start: headerBytes, end: end - 1, highWaterMark: 2 ** 20 })) {
        stop?.throwIfAborted();
        bytes += await writeAll(file, out, piece as Buffer);
      }
    }
    await file.datasync();
    return {
      bytes,
      kept: `${nRecords} records`,
      dropped: end < size ? [{ offset: end, bytes: size - end, detail: `a record that is not whole (${recordBytes} bytes)` }] : [],
      nDropped: end < size ? 1 : 0,
      mended: count === `${nRecords}` ? [] : [`the header said ${count} records`],
    };
  } finally {
    await file.close();
  }
};
