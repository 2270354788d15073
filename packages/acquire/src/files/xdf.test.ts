import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { openRecording } from './index.ts';
import { surveyXdf, xdfSamples } from './xdf-survey.ts';

const test = (path: string) => fileURLToPath(new URL(`../../test/${path}`, import.meta.url));
const golden = JSON.parse(readFileSync(test('golden/xdf.json'), 'utf8')) as Record<
  string,
  {
    id: number;
    nSamples: number;
    segments: [number, number][];
    effectiveRate: number;
    samples: [number, number, (number | string)[]][];
    asIs: number[];
  }[]
>;

describe.each(Object.entries(golden))('%s', (name, streams) => {
  it('has the samples, the times to 1e-9 s, the segments and the true rates that pyxdf finds', async () => {
    const path = test(`recordings/xdf/${name}`);
    const survey = await surveyXdf(path);
    expect(survey.damages).toEqual([]);
    expect(survey.streams.map(({ stream }) => stream.id)).toEqual(streams.map(({ id }) => id));
    for (const [s, expected] of streams.entries()) {
      const found = survey.streams[s]!;
      expect(found.nSamples).toBe(expected.nSamples);
      if (found.segments.length > 0) expect(found.segments.map(({ first, last }) => [first, last])).toEqual(expected.segments);
      expect(Math.abs((found.stream.sfreq > 0 ? found.effectiveRate : 0) - expected.effectiveRate)).toBeLessThan(1e-9);
      const times: number[] = [];
      const values: (number | string)[] = [];
      for await (const run of xdfSamples(path, found)) {
        times.push(...run.times);
        for (const value of found.stream.format === 'string' ? run.texts : run.values) values.push(value);
      }
      const nChannels = found.stream.channels.length;
      const worst = Math.max(...expected.samples.map(([k, time]) => Math.abs(times[k]! - time)));
      expect(worst).toBeLessThan(1e-9);
      // the rounding of pyxdf's own fit, see golden/xdf.py
      expect(Math.max(...expected.samples.map(([k], i) => Math.abs(times[k]! - expected.asIs[i]!)))).toBeLessThan(2e-8);
      for (const [k, , row] of expected.samples) expect(values.slice(k * nChannels, (k + 1) * nChannels)).toEqual(row);
    }
  });
});

const readAll = async (name: string) => {
  const recording = await openRecording(test(`recordings/xdf/${name}`));
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  for await (const block of recording.blocks((report) => reports.push(report))) blocks.push(block);
  return { recording, blocks, reports };
};

describe('a recording in XDF', () => {
  it('with EEG whose unit nobody wrote is auxiliary and says so; the string stream is marks', async () => {
    const { recording, blocks, reports } = await readAll('minimal.xdf');
    expect(recording.signals).toEqual([
      { id: 'eeg', kind: 'auxiliary', unit: 'a.u.', sfreq: 10, montage: { channels: ['1', '2', '3'], reference: 'n/a' } },
    ]);
    const row = (c: number) => blocks.flatMap((block) => [...block.data.subarray(c * nTimesOf(block), (c + 1) * nTimesOf(block))]);
    expect([row(0), row(2)]).toEqual([
      [192, 12, 13, 14, 15, 12, 13, 14, 15],
      [238, 32, 33, 34, 35, 32, 33, 34, 35],
    ]);
    expect(blocks[0]!.tmin).toBeCloseTo(0, 9);
    expect(reports.map((report) => (report.kind === 'device-text' ? report.text : report.kind))).toEqual([
      expect.stringContaining("without a unit we know ('')"),
    ]);
    expect(recording.marks).toHaveLength(9);
    const [first] = golden['minimal.xdf']!.find(({ samples }) => typeof samples[0]![2][0] === 'string')!.samples;
    expect(recording.marks![0]!.text).toBe(first![2].join(' '));
  });

  it('a mark without a time is left out and told of; without it the others keep theirs', async () => {
    const bytes = readFileSync(test('recordings/xdf/minimal.xdf'));
    const sound = (await readAll('minimal.xdf')).recording.marks!;
    // the only marker sample with a stamp of its own: those after it follow at the stream's rate
    const at = bytes.lastIndexOf(Buffer.from(new Float64Array([5.1]).buffer));
    bytes.writeDoubleLE(Number.POSITIVE_INFINITY, at);
    const folder = mkdtempSync(join(tmpdir(), 'affect-xdf-'));
    try {
      const path = join(folder, 'x.xdf');
      writeFileSync(path, bytes);
      const recording = await openRecording(path);
      const reports: Report[] = [];
      for await (const _ of recording.blocks((report) => reports.push(report)));
      const told = reports.filter(({ kind }) => kind === 'damage');
      expect(told.length).toBeGreaterThan(0);
      expect(told[0]).toMatchObject({ where: expect.stringMatching(/^mark '/), lost: 1 });
      expect(recording.marks!.length + told.length).toBe(sound.length);
      for (const { atSec } of recording.marks!) expect(Number.isFinite(atSec)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has the true rate where the header is wrong by more than 2 %, and its breaks are gaps', async () => {
    const { recording, blocks, reports } = await readAll('clock_resets.xdf');
    const [eeg] = recording.signals;
    expect(eeg!.sfreq).toBeCloseTo(golden['clock_resets.xdf']![1]!.effectiveRate, 8);
    expect(recording.marks).toHaveLength(175);
    expect(blocks.reduce((sum, block) => sum + nTimesOf(block), 0)).toBe(27815);
    const last = blocks.at(-1)!;
    const lost = reports.flatMap((report) => (report.kind === 'gap' ? report.lost : []));
    expect(lost).toHaveLength(golden['clock_resets.xdf']![1]!.segments.length - 1);
    expect(last.firstSample + nTimesOf(last)).toBe(27815 + lost.reduce((sum, n) => sum + n, 0));
  });
});
