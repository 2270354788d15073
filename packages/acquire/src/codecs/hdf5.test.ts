import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import { AcquireError } from '../errors.ts';
import { type Hdf5, openHdf5 } from './hdf5.ts';

const golden = (name: string) => fileURLToPath(new URL(`../../test/golden/${name}`, import.meta.url));
const signals = golden('recordings_opensignals.h5');
const matlab = golden('recordings_seed73.mat');
const folder = mkdtempSync(join(tmpdir(), 'hdf5-'));
afterAll(() => rmSync(folder, { recursive: true }));

const firstRows = (file: Hdf5) => {
  const [device] = file.names('/');
  return [...file.rows(`/${device}/raw/channel_1`, 0, 5)];
};
const namesIn = async (path: string) => {
  const file = await openHdf5(path);
  try {
    return file.names('/');
  } finally {
    file.close();
  }
};

/** Opens and reads a file damaged in its first 2,000 bytes, as 8 bytes of ones at `from`; whether that failed, by a typed error. */
const fails = async (path: string, from: number): Promise<boolean> => {
  const bytes = readFileSync(signals);
  bytes.fill(0xff, from, from + 8);
  writeFileSync(path, bytes);
  try {
    const file = await openHdf5(path);
    try {
      firstRows(file);
    } finally {
      file.close();
    }
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(AcquireError);
    return true;
  }
};

describe('HDF5', () => {
  test('a file that is open reads on while others turn out damaged', async () => {
    const file = await openHdf5(signals);
    const rows = firstRows(file);
    let nFailed = 0;
    for (let from = 0; from < 2000; from += 100) if (await fails(join(folder, 'damaged.h5'), from)) nFailed++;
    expect(nFailed).toBeGreaterThan(5);
    expect(firstRows(file)).toEqual(rows);
    file.close();
  });

  test('a file that keeps the library busy for ever is given up', async () => {
    const path = join(folder, 'endless.h5');
    const bytes = readFileSync(signals);
    // found among 100,000 damaged ones: the library walks a heap in a circle when it looks for a text attribute
    bytes[4144] = 0x6c;
    bytes[26997] = 0x44;
    writeFileSync(path, bytes);
    const file = await openHdf5(path, { limitMs: 300 });
    const [device] = file.names('/');
    expect(() => file.attributes(`/${device}`)).toThrow(
      expect.objectContaining({ code: 'bad-file', message: expect.stringContaining('did not end within 0.3 s') }),
    );
    expect(() => file.names('/')).toThrow('found damaged before');
    file.close();
    expect(await namesIn(signals)).toHaveLength(1);
  });

  test('a file written over a damaged one is read anew', async () => {
    const path = join(folder, 'over.h5');
    for (let from = 0; from < 2000; from += 200) {
      await fails(path, from);
      copyFileSync(matlab, path);
      expect(await namesIn(path)).toEqual(await namesIn(matlab));
    }
  });

  test('two copies of a file are open side by side, and one is closed before the other', async () => {
    const [one, other] = [await openHdf5(signals), await openHdf5(signals)];
    one.close();
    expect(firstRows(other)).toHaveLength(5);
    other.close();
  });

  test('a closed file gives a typed error, and is closed again without one', async () => {
    const file = await openHdf5(signals);
    file.close();
    file.close();
    expect(() => file.names('/')).toThrow(AcquireError);
  });

  test('damaged files leave nothing in memory', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const usedAfter = async (nFiles: number) => {
      for (let i = 0; i < nFiles; i++) expect(await fails(join(folder, 'damaged.h5'), 0)).toBe(true);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await usedAfter(20);
    // a copy of the library is 110 kB of objects, and 20 MB beside them
    expect((await usedAfter(100)) - before).toBeLessThan(100 * 30_000);
  });

  test.runIf(process.platform === 'linux')('damaged files leave no file open', async () => {
    await namesIn(signals);
    const before = readdirSync('/proc/self/fd').length;
    for (let from = 0; from < 2000; from += 200) await fails(join(folder, 'damaged.h5'), from);
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 5);
  });
});
