import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeDurably } from './write-durably.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'affect-write-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file written durably', () => {
  test('has the content and the mode it was given, and nothing lies beside it', () => {
    writeDurably(path, 'µS\n', { mode: 0o600 });
    expect(readFileSync(path, 'utf8')).toBe('µS\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('replaces an older one as a whole, longer or more open than it is', () => {
    writeFileSync(path, 'a longer text', { mode: 0o644 });
    writeDurably(path, Uint8Array.of(1, 2, 3), { mode: 0o600 });
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is not mixed with what an earlier run left half written', () => {
    writeFileSync(`${path}.new`, 'half of something longer');
    writeDurably(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('is written under the name asked for first: what others are writing stays', () => {
    writeFileSync(`${path}.new`, 'another process');
    writeDurably(path, 'new', { temporary: `${path}.1.part` });
    expect(readFileSync(`${path}.new`, 'utf8')).toBe('another process');
    expect(readdirSync(folder).sort()).toEqual(['file', 'file.new']);
  });

  test('that cannot take its place leaves what is there and nothing of its own', () => {
    mkdirSync(path);
    writeFileSync(join(path, 'old'), 'old');
    expect(() => writeDurably(path, 'new')).toThrow(expect.objectContaining({ code: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/) }));
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(join(path, 'old'), 'utf8')).toBe('old');
  });

  test('that cannot be begun leaves the old one', () => {
    writeFileSync(path, 'old');
    expect(() => writeDurably(path, 'new', { temporary: join(folder, 'none', 'file') })).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test.runIf(process.getuid?.() === 0)('stays its owner’s where root replaces it', () => {
    writeFileSync(path, 'old');
    chownSync(path, 65_534, 65_534);
    writeDurably(path, 'new', { mode: 0o600 });
    expect(statSync(path)).toMatchObject({ uid: 65_534, gid: 65_534 });
  });
});
