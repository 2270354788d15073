import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openFileSource } from '../codecs/byte-source.ts';
import { readZip } from '../codecs/zip.ts';
import { bytesOf } from './bytes-of.ts';
import { fileError } from './file-error.ts';
import { type Line, linesIn } from './lines.ts';

/** The files of a session: a folder, or a zip archive of one. */
export interface SessionFiles {
  /** Of the folder or archive, without path and ending. */
  readonly name: string;
  /** Path of the folder or archive. */
  readonly path: string;
  /** Names without folders; what other systems left in an archive (`__MACOSX`) is left out. */
  readonly names: readonly string[];
  /** The bytes of a file as they are stored there (a gzip stays one). Throws `AcquireError`. */
  readonly bytes: (name: string) => AsyncIterable<Uint8Array>;
}

/** The files in a folder, plain or gzip. */
export const filesInFolder = async (path: string): Promise<SessionFiles> => {
  const names = await readdir(path).catch((cause) => {
    throw fileError(path, cause);
  });
  return { name: basename(path), path, names, bytes: (name) => bytesOf(join(path, name)) };
};

/** The files in a zip archive, unpacked while they are read. Throws `AcquireError('bad-file')` where the archive is damaged. */
export const filesInArchive = (path: string): SessionFiles => {
  const source = openFileSource(path);
  try {
    const entries = readZip(source).filter(({ name }) => !name.endsWith('/') && !/(^|\/)(__MACOSX\/|\._)/.test(name));
    return {
      name: basename(path).replace(/\.zip$/i, ''),
      path,
      names: entries.map(({ name }) => basename(name)),
      bytes: (name) => entryBytes(path, name),
    };
  } finally {
    source.close();
  }
};

async function* entryBytes(path: string, name: string): AsyncGenerator<Uint8Array, void> {
  const source = openFileSource(path);
  try {
    const entry = readZip(source).find((one) => basename(one.name) === name);
    if (entry !== undefined) yield* entry.stream();
  } finally {
    source.close();
  }
}

/** The lines of one of the files, unpacked where it is gzip. */
export const sessionLines = (files: SessionFiles, name: string): AsyncGenerator<Line[], void> => linesIn(files.bytes(name));
