import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a file is looked for when none is named, the first that is there. */
export const settingsPlaces = (env: Environment = process.env): readonly string[] => [
  ...(env.AFFECT_CONFIG ? [env.AFFECT_CONFIG] : []),
  join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'affect', 'affect.yaml'),
  '/etc/affect/affect.yaml',
];

/** The file to read: the one named, or the first of the usual places; undefined where there is none. A file that was named must be there. */
export const findSettings = (named: string | undefined, env: Environment = process.env): string | undefined =>
  named ?? (env.AFFECT_CONFIG || settingsPlaces(env).find((place) => existsSync(place)));

/** `$STATE_DIRECTORY` under systemd, else the user's state folder. */
export const defaultStateFolder = (env: Environment = process.env): string =>
  env.STATE_DIRECTORY?.split(':', 1)[0] || join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'affect');
