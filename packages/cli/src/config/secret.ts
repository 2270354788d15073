import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { errorCode, errorText } from '../system-error.ts';

/** Where a secret is kept; the secret itself is never in the configuration. */
export type SecretSource = { readonly file: string } | { readonly env: string } | { readonly credential: string };

/** `{ file: … }`, `{ env: … }` or `{ credential: … }`; a secret written out is refused without being shown. */
export const secretSource = z
  .union([
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
    z.strictObject({ credential: z.string().regex(/^[\w.-]{1,255}$/) }),
  ])
  .meta({
    expected: 'where the secret is kept, not the secret: { file: … }, { env: … } or { credential: … }',
    example: '{ file: /etc/affect/mqtt-password }',
    secret: true,
  });

/** The surroundings secrets are looked up in; replaced in tests. */
export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether any user may read the file, and what is in it. */
  readonly read: (path: string) => string;
}

const thisProcess: SecretPlaces = { env: process.env, read: (path) => readPrivate(path) };

/**
 * The secret itself: the file's content without its last line break, the variable's value, or the systemd credential of that name. No message
 * holds any of it.
 * @param name what it is for, in messages: `mqtt.password`.
 * @throws ConfigError('bad-secret') where it is not there, is empty, or lies where every user of the machine can read it.
 */
export const readSecret = (name: string, source: SecretSource, places: SecretPlaces = thisProcess): string => {
  const value = lookUp(name, source, places).replace(/\r?\n$/, '');
  if (value === '') throw new ConfigError('bad-secret', `The secret ${name} is empty: ${describe(source)} holds nothing.`);
  return value;
};

const lookUp = (name: string, source: SecretSource, { env, read }: SecretPlaces): string => {
  if ('env' in source) {
    const value = env[source.env];
    if (value === undefined) {
      throw new ConfigError(
        'bad-secret',
        `The secret ${name} is not there: the environment has no ${source.env}. Set it, or keep the secret in a file.`,
      );
    }
    return value;
  }
  if ('file' in source) return reading(name, source.file, read);
  const folder = env.CREDENTIALS_DIRECTORY;
  if (folder === undefined) {
    throw new ConfigError(
      'bad-secret',
      `The secret ${name} is not there: systemd gave this process no credentials. Add 'LoadCredential=${source.credential}:/path' to the unit, ` +
        `or write { file: … } where the program does not run as a service.`,
    );
  }
  return reading(name, join(folder, basename(source.credential)), read);
};

const reading = (name: string, path: string, read: (path: string) => string): string => {
  try {
    return read(path);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const code = errorCode(cause);
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? `this user has no right to read it` : errorText(cause);
    throw new ConfigError('bad-secret', `The secret ${name} cannot be read from ${path}: ${why}.`, { cause });
  }
};

/** The file's text, refused where others than owner and group may read it. */
const readPrivate = (path: string): string => {
  const { mode } = statSync(path);
  if ((mode & 0o004) !== 0) {
    throw new ConfigError(
      'bad-secret',
      `Every user of this machine can read the secret in ${path}. Do 'chmod 600 ${path}' and change the secret.`,
    );
  }
  return readFileSync(path, 'utf8');
};

const describe = (source: SecretSource): string =>
  'file' in source ? `the file ${source.file}` : 'env' in source ? `the variable ${source.env}` : `the credential ${source.credential}`;
