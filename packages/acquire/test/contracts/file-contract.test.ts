import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { formats, openRecording } from '../../src/files/index.ts';
import type { Report } from '../../src/report.ts';
import { nTimesOf, type SampleBlock } from '../../src/signal.ts';
import { csvFolder, mindMonitorCsv, museLslCsv, openSignalsText, plainCsv, shimmerCsv } from '../fakes/files/tables.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-contract-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const [name, content] of Object.entries({
  'muse-lsl.csv': museLslCsv(4000),
  'mind-monitor.csv': mindMonitorCsv(4000),
  'opensignals.txt': openSignalsText(1500),
  'shimmer.csv': shimmerCsv(800),
  'plain.csv': plainCsv(500),
}))
  writeFileSync(join(folder, name), content);
mkdirSync(join(folder, 'csv-folder'));
for (const [name, content] of Object.entries(csvFolder(60))) writeFileSync(join(folder, 'csv-folder', name), content);

/** A recording of each format; those of `made` are written by test code. */
const examples: Readonly<Record<string, readonly string[]>> = {
  'openbci-text': ['openbci-text/v6.txt.gz', 'openbci-text/2016.txt.gz'],
  'empatica-e4': ['empatica-e4/S02'],
  'emotibit-csv': ['emotibit/test_data.csv'],
  xdf: ['xdf/clock_resets.xdf'],
  edf: ['edf/test_utf8.edf'],
  bdf: ['edf/test_generator.bdf'],
  brainvision: ['../golden/recordings_brainvision_int16.vhdr'],
  'embrace-plus': ['../golden/recordings_embrace.avro'],
  'opensignals-h5': ['../golden/recordings_opensignals.h5'],
  'openmuse-text': ['muse-athena/p20.txt', 'muse-athena/p1041.txt'],
  'amused-bin': ['muse-athena/amused.bin'],
  'simple-text': ['simple-text/eeg_ec.txt'],
  'muse-lsl': ['made/muse-lsl.csv'],
  'mind-monitor': ['made/mind-monitor.csv'],
  'opensignals-text': ['made/opensignals.txt'],
  'shimmer-csv': ['made/shimmer.csv'],
  'csv-folder': ['made/csv-folder'],
  csv: ['made/plain.csv'],
};
const recordings = fileURLToPath(new URL('../recordings/', import.meta.url));
const at = (path: string) => (path.startsWith('made/') ? join(folder, path.slice(5)) : join(recordings, path));

const readAll = async (path: string) => {
  const recording = await openRecording(at(path));
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  for await (const block of recording.blocks((report) => reports.push(report))) blocks.push(block);
  return { recording, blocks, reports };
};

const cases = Object.entries(examples).flatMap(([format, paths]) => paths.map((path) => [path, format] as const));

describe.each(cases)('%s', (path, format) => {
  it('is recognised by what is in it', async () => expect((await openRecording(at(path))).format).toBe(format));

  it('gives finite samples of the declared signals, in order of time, no block longer than a second', async () => {
    const { recording, blocks } = await readAll(path);
    expect(blocks.length).toBeGreaterThanOrEqual(10);
    let before = Number.NEGATIVE_INFINITY;
    for (const { signal, data, tmin, arrivedAt } of blocks) {
      expect(recording.signals).toContain(signal);
      expect(data.length % signal.montage.channels.length).toBe(0);
      expect(data.every(Number.isFinite)).toBe(true);
      expect(data.length / signal.montage.channels.length).toBeLessThanOrEqual(Math.max(1, signal.sfreq));
      expect(tmin).toBeGreaterThan(-1); // a device that stamps a packet’s last sample has taken the first before time 0
      expect(arrivedAt).toBeGreaterThanOrEqual(before);
      before = arrivedAt;
    }
  });

  it('a jump of the sample index is told as a gap, and time follows the index', async () => {
    const { recording, blocks, reports } = await readAll(path);
    for (const signal of recording.signals) {
      const own = blocks.filter((block) => block.signal === signal);
      const [first] = own;
      if (first === undefined || signal.sfreq === 0) continue;
      let next = first.firstSample;
      let lost = 0;
      for (const block of own) {
        lost += block.firstSample - next;
        next = block.firstSample + nTimesOf(block);
        const grid = first.tmin + (block.firstSample - first.firstSample) / signal.sfreq;
        expect(Math.abs(block.tmin - grid)).toBeLessThan(1); // some start with a heap of old samples, and are put right
      }
      const told = reports.reduce((sum, report) => sum + (report.kind === 'gap' && report.signal === signal.id ? report.lost : 0), 0);
      // signals of one row share their losses, which are told under the name of the first
      if (told > 0 || signal === recording.signals[0]) expect(told).toBe(lost);
    }
  });

  it('can be read again, and gives the same', async () => {
    const recording = await openRecording(at(path));
    const take = async () => {
      const blocks: SampleBlock[] = [];
      for await (const block of recording.blocks(() => {})) blocks.push(block);
      return blocks;
    };
    expect(await take()).toEqual(await take());
  });
});

describe('the list of formats', () => {
  it('has different names', () => expect(new Set(formats.map(({ name }) => name)).size).toBe(formats.length));

  it('has an example for every format', () => {
    expect(formats.map(({ name }) => name).filter((name) => !(name in examples))).toEqual([]);
  });

  it('knows every reader of the folder', async () => {
    const folder = new URL('../../src/files/', import.meta.url);
    for (const file of readdirSync(folder).filter((name) => /^[\w-]+\.ts$/.test(name) && name !== 'index.ts')) {
      const exported = (await import(new URL(file, folder).href)) as Record<string, unknown>;
      for (const [name, value] of Object.entries(exported)) {
        if (name.startsWith('open') && typeof value === 'function')
          expect(
            formats.some(({ open }) => open === value),
            `${file}: ${name}`,
          ).toBe(true);
      }
    }
  });
});
