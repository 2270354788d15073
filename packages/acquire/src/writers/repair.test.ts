import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { madeRecording, samplesOf } from '../../test/peers/made-recording.ts';
import { openRecording } from '../files/index.ts';
import { inspectRecording } from '../files/inspect.ts';
import type { Signal } from '../signal.ts';
import { writeEdf } from './edf-writer.ts';
import { repairRecording } from './repair.ts';
import { writeXdf } from './xdf-export.ts';

const folder = mkdtempSync(join(tmpdir(), 'repair-'));
afterAll(() => rmSync(folder, { recursive: true }));
let nFiles = 0;
const fresh = (extension = 'xdf') => join(folder, `${++nFiles}.${extension}`);

const eeg: Signal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 250, montage: { channels: ['Fp1', 'O2'], reference: 'A1' } };
const recording = madeRecording([{ signal: eeg, nSamples: 250 * 60, value: (c, t) => Math.sin(t + c) * 20 }], {
  startedAt: 1_700_000_000,
  marks: [{ atSec: 30, text: 'half' }],
});
const foreign = fileURLToPath(new URL('../../test/recordings/xdf/minimal.xdf', import.meta.url));
const whole = fresh();
await writeXdf(recording, whole);
const bytes = readFileSync(whole);

const damaged = (change: (copy: Buffer) => Buffer): string => {
  const path = fresh();
  writeFileSync(path, change(Buffer.from(bytes)));
  return path;
};
const samplesIn = async (path: string) => [...(await samplesOf(await openRecording(path))).values()].flat();

describe('repair of XDF', () => {
  test.each([
    ['cut in the middle', (copy: Buffer) => copy.subarray(0, Math.floor(copy.length * 0.6) + 3)],
    ['with zeros in the middle', (copy: Buffer) => copy.fill(0, 100_000, 100_400)],
    ['with a flipped bit', (copy: Buffer) => copy.fill(copy[150_000]! ^ 4, 150_000, 150_001)],
    ['cut in its footers', (copy: Buffer) => copy.subarray(0, copy.length - 150)],
  ])('%s: the copy is whole and holds every sample that could be read; what is missing is told with its place', async (_, change) => {
    const path = damaged(change);
    const out = fresh();
    const before = await inspectRecording(path);
    const repaired = await repairRecording(path, out);
    const after = await inspectRecording(out);
    expect(after.nDamages).toBe(0);
    expect(after.streams.every(({ closed }) => closed)).toBe(true);
    expect(await samplesIn(out)).toEqual(await samplesIn(path));
    expect(repaired.nDropped).toBe(before.nDamages);
    for (const { offset, bytes: length } of repaired.dropped) expect(offset + length).toBeLessThanOrEqual(readFileSync(path).length);
    expect(repaired.bytes).toBe(readFileSync(out).length);
  });

  test('a whole file, ours or not, keeps every sample, mark and time', async () => {
    for (const path of [whole, foreign]) {
      const out = fresh();
      const repaired = await repairRecording(path, out);
      expect(repaired.nDropped).toBe(0);
      expect(await samplesIn(out)).toEqual(await samplesIn(path));
      expect((await openRecording(out)).marks).toEqual((await openRecording(path)).marks);
    }
  });

  test('a flipped bit in the copy is found as it was in the original', async () => {
    const out = fresh();
    await repairRecording(
      damaged((copy) => copy.fill(0, 100_000, 100_400)),
      out,
    );
    const copy = readFileSync(out);
    copy[60_000]! ^= 1;
    writeFileSync(out, copy);
    expect((await inspectRecording(out)).nDamages).toBe(1);
  });
});

describe('repair of EDF and BDF', () => {
  test.each(['-1', '7', '9999'])('a record count of %s becomes what the file holds; half a record is left out and told', async (count) => {
    const [path, out] = [fresh('bdf'), fresh('bdf')];
    await writeEdf(recording, path);
    const right = readFileSync(path);
    const wrong = Buffer.from(right.subarray(0, right.length - 100));
    wrong.write(count.padEnd(8), 236, 'latin1');
    writeFileSync(path, wrong);
    const repaired = await repairRecording(path, out);
    const recordBytes = (right.length - 256 * 4) / 60;
    expect(repaired).toMatchObject({ kept: '59 records', nDropped: 1, mended: [`the header said ${count} records`] });
    expect(repaired.dropped[0]).toMatchObject({ offset: right.length - recordBytes, bytes: recordBytes - 100 });
    const expected = Buffer.from(right.subarray(0, right.length - recordBytes));
    expected.write('59'.padEnd(8), 236, 'latin1');
    expect(readFileSync(out).equals(expected)).toBe(true);
  });

  test('text formats have nothing to mend, and nothing is written over', async () => {
    const text = fresh('txt');
    writeFileSync(text, 'time (s),EDA (µS)\n0,1\n');
    await expect(repairRecording(text, fresh())).rejects.toMatchObject({ code: 'unknown-format' });
    const taken = fresh();
    copyFileSync(whole, taken);
    await expect(repairRecording(whole, taken)).rejects.toMatchObject({ code: 'bad-option' });
  });
});
