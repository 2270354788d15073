import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { installNativeEngine } from './install-native.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-install-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

describe.runIf(process.platform === 'linux')('installing the native engine', () => {
  it('without a compiler says what to install, and leaves nothing behind', async () => {
    process.env.PATH = folder;
    const seen: string[] = [];
    await expect(installNativeEngine({ folder: join(folder, 'engine'), onProgress: ({ step }) => seen.push(step) })).rejects.toMatchObject({
      code: 'no-engine',
      message: expect.stringMatching(/'g\+\+ --version' does not run .*apt install g\+\+.*runs without it/),
    });
    expect(seen).toEqual(['check']);
    expect(existsSync(join(folder, 'engine'))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
