import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isPseudonym } from './pseudonym.ts';
import { readSecret } from './secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));
const secretFile = (name: string, text: string, mode: number): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

describe('a secret', () => {
  test('comes from a private file, without its last line break', () => {
    expect(readSecret('mqtt.password', { file: secretFile('a', ' pass word \n', 0o600) })).toBe(' pass word ');
    expect(readSecret('mqtt.password', { file: secretFile('g', 'x\r\n', 0o640) })).toBe('x');
  });

  test('in a file every user can read is refused, and not shown', () => {
    const file = secretFile('b', 'canary', 0o644);
    expect(() => readSecret('mqtt.password', { file })).toThrow(`chmod 600 ${file}`);
    expect(() => readSecret('mqtt.password', { file })).not.toThrow('canary');
  });

  test('comes from the environment or from systemd', () => {
    const places = { env: { PW: 'x', CREDENTIALS_DIRECTORY: '/run/credentials/affect' }, read: (path: string) => `content of ${path}\n` };
    expect(readSecret('p', { env: 'PW' }, places)).toBe('x');
    expect(readSecret('p', { credential: 'mqtt' }, places)).toBe('content of /run/credentials/affect/mqtt');
  });

  test.each([
    [{ file: '/nowhere/secret' }, 'The secret p cannot be read from /nowhere/secret: there is no such file.'],
    [{ env: 'NOT_SET' }, 'the environment has no NOT_SET'],
    [{ credential: 'mqtt' }, "Add 'LoadCredential=mqtt:/path' to the unit"],
  ])('%j that is not there is told', (source, expected) => {
    expect(() =>
      readSecret('p', source, {
        env: {},
        read: () => {
          throw Object.assign(new Error('x'), { code: 'ENOENT' });
        },
      }),
    ).toThrow(expected);
  });

  test('that is empty is told', () => {
    expect(() => readSecret('p', { env: 'E' }, { env: { E: '\n' }, read: String })).toThrow('The secret p is empty');
  });
});

describe('a subject’s id', () => {
  test.each(['p01', 'P1', 'sub-007', 'subject_12', '17', 's3', 'x-9', 'wearer2', '7f3a9c', 'a1b2c3d4e5f6', 'p01b'])(
    '%s names nobody',
    (id) => {
      expect(isPseudonym(id)).toBe(true);
    },
  );

  test.each([
    'Anna',
    'anna1990',
    'am',
    'A.M.',
    'anna@example.org',
    '1990-04-12',
    '120490',
    '199004',
    '+49 170 123',
    'anna müller',
    '',
    'p',
    'p 01',
    'decade',
    '../x',
    'p01/x',
  ])('%j may name somebody', (id) => {
    expect(isPseudonym(id)).toBe(false);
  });
});
