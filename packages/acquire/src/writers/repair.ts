import { createReadStream } from 'node:fs';
import { isEdf } from '../codecs/edf.ts';
import { AcquireError } from '../errors.ts';
import { fileError } from '../files/file-error.ts';
import { isXdfHead } from '../files/xdf-scan.ts';
import { repairEdf } from './repair-edf.ts';
import { repairXdf } from './repair-xdf.ts';

/** What a repair kept and what it left out. */
export interface Repaired {
  /** Of the copy. */
  readonly bytes: number;
  /** `120 chunks`, `60 records`. */
  readonly kept: string;
  /** The first 1,000 stretches of the original that are not in the copy. */
  readonly dropped: readonly { readonly offset: number; readonly bytes: number; readonly detail: string }[];
  readonly nDropped: number;
  /** What was put right besides. */
  readonly mended: readonly string[];
}

/**
 * Writes a whole copy of a damaged recording: every complete block of an XDF, EDF or BDF file; the original stays as it is. Never overwrites. Throws
 * `AcquireError('unknown-format')` for other formats (text has no blocks: `affect convert` reads what is left of it), and what reading and writing throw.
 */
export const repairRecording = async (path: string, out: string, stop?: AbortSignal): Promise<Repaired> => {
  let head = '';
  try {
    for await (const piece of createReadStream(path, { end: 15 })) head += (piece as Buffer).toString('latin1');
  } catch (cause) {
    throw fileError(path, cause);
  }
  if (isXdfHead(head)) return repairXdf(path, out, stop);
  if (isEdf(head)) return repairEdf(path, out, stop);
  throw new AcquireError(
    'unknown-format',
    `'${path}' is neither XDF nor EDF or BDF: only these have blocks that can be mended. 'affect convert' takes what is left of other formats.`,
  );
};
