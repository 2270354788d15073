import { beforeEach, describe, expect, test } from 'vitest';
import { type FaultyFileSystem, faultyFileSystem } from '../../test/faulty-file-system.ts';
import type { FileSystem } from './file-system.ts';
import { replaceFile } from './replace-file.ts';
import { NothingWritten } from './write-all.ts';

const path = '/state/file';
const bytes = Buffer.from('what is to be kept');
let disk: FaultyFileSystem;
const kept = (): string | undefined => disk.contents.get(path)?.bytes.toString();
beforeEach(() => {
  disk = faultyFileSystem();
});

describe('a file that is replaced', () => {
  test('is written, made safe and closed before it gets its name', async () => {
    await replaceFile(disk, path, bytes);
    expect(disk.operations).toEqual(['open', 'write', 'sync', 'close', 'rename']);
    expect([...disk.contents.keys()]).toEqual([path]);
  });

  test('is whole however little a write takes', async () => {
    const files: FileSystem = { ...disk, write: (file, piece) => disk.write(file, piece.subarray(0, 3)) };
    await replaceFile(files, path, bytes);
    expect(kept()).toBe(bytes.toString());
  });

  test('stays as it was where the disk takes nothing and says nothing', async () => {
    await replaceFile(disk, path, Buffer.from('old'));
    const write = replaceFile({ ...disk, write: () => 0 }, path, bytes);
    await expect(write).rejects.toThrow(NothingWritten);
    await expect(write).rejects.toMatchObject({ code: 'ENOSPC', message: expect.stringContaining('took 0 of 18 bytes') });
    expect(kept()).toBe('old');
  });

  test.each([0, 1, 2, 3, 4])('stays as it was where operation %d fails, and is replaced the next time', async (n) => {
    await replaceFile(disk, path, Buffer.from('old'));
    disk.failAt(n, 'EIO', { torn: true });
    await expect(replaceFile(disk, path, bytes)).rejects.toMatchObject({ code: 'EIO' });
    expect(kept()).toBe('old');
    await replaceFile(disk, path, bytes);
    expect(kept()).toBe(bytes.toString());
    expect([...disk.contents.keys()]).toEqual([path]);
  });
});
