import { join } from 'node:path';
import type { Signal } from '@affect-edge/acquire';
import type { FeatureSpec } from '@affect-edge/features';
import { crc32c } from '../outbox/crc32c.ts';
import { type FileSystem, nodeFileSystem } from '../outbox/file-system.ts';
import { replaceFile } from '../outbox/replace-file.ts';
import { errorCode, errorText } from '../system-error.ts';

/** Who learned something: two that differ in anything know nothing of each other. */
export interface Learner {
  /** Name of the device and kind of link, so that a simulated sensor teaches nothing about a real one. */
  readonly device: string;
  readonly signal: Signal;
  readonly spec: FeatureSpec;
}

/** What a feature has learned of a person, and when it last did. */
export interface KeptBaseline {
  readonly of: Learner;
  readonly unixSec: number;
  readonly learned: readonly number[];
}

/** What was found on disk. */
export interface FoundBaselines {
  readonly baselines: readonly KeptBaseline[];
  /** Why there are none although there is a file, for a person. */
  readonly trouble?: string;
}

const format = 'affect.baselines/1';
const folderOf = (stateFolder: string): string => join(stateFolder, 'baselines');
const fileOf = (stateFolder: string, subject: string): string => join(folderOf(stateFolder), `${subject}.json`);
const endings = ['', '.new', '.damaged'] as const;

const checksum = (subject: string, baselines: readonly KeptBaseline[]): number =>
  crc32c(new TextEncoder().encode(JSON.stringify([subject, baselines])));

/**
 * Reads what was kept of a subject. A file that is damaged is moved aside (`.damaged`, over an older one) and one of somebody else is left alone;
 * both are told as trouble and give nothing. Never throws.
 */
export const readBaselines = (stateFolder: string, subject: string, files: FileSystem = nodeFileSystem): FoundBaselines => {
  const path = fileOf(stateFolder, subject);
  let text: string;
  try {
    text = new TextDecoder().decode(files.readAll(path));
  } catch (error) {
    const code = errorCode(error);
    return { baselines: [], ...(code !== 'ENOENT' && { trouble: `${path} cannot be read (${code ?? errorText(error)})` }) };
  }
  try {
    // That baselines are what they should be, the checksum says.
    const kept: { format?: unknown; subject?: unknown; crc32c?: unknown; baselines?: readonly KeptBaseline[] } = JSON.parse(text);
    if (kept.format === format && Array.isArray(kept.baselines) && kept.crc32c === checksum(String(kept.subject), kept.baselines)) {
      return kept.subject === subject ? { baselines: kept.baselines } : { baselines: [], trouble: `${path} is of another subject` };
    }
  } catch {
    // not JSON: damaged, like all that follows
  }
  try {
    files.rename(path, `${path}.damaged`);
    return { baselines: [], trouble: `${path} was damaged and is now ${path}.damaged` };
  } catch (error) {
    return { baselines: [], trouble: `${path} is damaged and cannot be moved aside (${errorCode(error) ?? errorText(error)})` };
  }
};

/** Replaces what is kept of a subject as a whole: a power cut leaves the old file or the new one. Rejects with Node's error. */
export const writeBaselines = async (
  stateFolder: string,
  subject: string,
  baselines: readonly KeptBaseline[],
  files: FileSystem = nodeFileSystem,
): Promise<void> => {
  const path = fileOf(stateFolder, subject);
  const bytes = new TextEncoder().encode(`${JSON.stringify({ format, subject, crc32c: checksum(subject, baselines), baselines })}\n`);
  files.makeFolder(folderOf(stateFolder));
  await replaceFile(files, path, bytes);
  await files.syncFolder(folderOf(stateFolder));
};

/** Files with what was learned of a subject: the one in use, one half written and one put aside as damaged. */
export const baselineFilesOf = (stateFolder: string, subject: string, files: FileSystem = nodeFileSystem): string[] => {
  const path = fileOf(stateFolder, subject);
  return endings
    .map((ending) => `${path}${ending}`)
    .filter((name) => {
      try {
        files.readAll(name);
        return true;
      } catch {
        return false;
      }
    });
};
