import { join } from 'node:path';
import { crc32c } from './crc32c.ts';
import type { FileSystem } from './file-system.ts';
import { replaceFile } from './replace-file.ts';

/**
 * How far everything has been acknowledged: one line, `affect-outbox/1 acked 1234 crc 89abcdef`. Without it (or where it is damaged) what the
 * segments hold is sent again: twice, never not at all.
 */
const line = (acked: number): string => {
  const text = `affect-outbox/1 acked ${acked}`;
  return `${text} crc ${crc32c(Buffer.from(text)).toString(16).padStart(8, '0')}\n`;
};

const fileName = 'ledger';

/** The last id acknowledged with all before it; 0 where the ledger is absent or cannot be believed. */
export const readLedger = (files: FileSystem, folder: string): number => {
  let text: string;
  try {
    text = Buffer.from(files.readAll(join(folder, fileName))).toString('latin1');
  } catch {
    return 0;
  }
  const acked = Number(/^affect-outbox\/1 acked (\d{1,15}) /.exec(text)?.[1] ?? Number.NaN);
  return line(acked) === text ? acked : 0;
};

/** Writes the ledger so that at any moment either the old or the new one is whole. */
export const writeLedger = (files: FileSystem, folder: string, acked: number): Promise<void> =>
  replaceFile(files, join(folder, fileName), Buffer.from(line(acked)));
