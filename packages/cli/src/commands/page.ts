import { readFileSync } from 'node:fs';
import { findSettings } from '../config/find-settings.ts';
import { loadSettings } from '../config/load-settings.ts';
import { linkFile } from '../dashboard/access.ts';
import { ConfigError } from '../errors.ts';
import { errorCode } from '../system-error.ts';
import { say, type Terminal } from '../terminal.ts';

/** Where a daemon that runs as a service keeps its state. */
const serviceState = '/var/lib/affect';

/** Prints the link that lets one more browser look at the page of the daemon that runs on this machine. */
export const pageLink = async ({ config }: { readonly config?: string }, { out }: Terminal): Promise<number> => {
  const file = findSettings(config);
  const folders = [...(file === undefined ? [] : [loadSettings(file).stateFolder]), serviceState];
  for (const folder of folders) {
    const link = readLink(folder);
    if (link !== undefined) {
      say(out, link);
      return 0;
    }
  }
  throw new ConfigError(
    'not-found',
    `No page is open: looked in ${folders.join(', ')}. Is 'affect run' running, and is this its user (a service's needs sudo)?`,
  );
};

const readLink = (folder: string): string | undefined => {
  try {
    const { link }: { readonly link?: unknown } = JSON.parse(readFileSync(linkFile(folder), 'utf8'));
    return typeof link === 'string' ? link : undefined;
  } catch (error) {
    if (errorCode(error) === 'EACCES')
      throw new ConfigError('not-found', `No right to read ${linkFile(folder)}. Ask as its user: 'sudo affect page'.`, { cause: error });
    return undefined;
  }
};
