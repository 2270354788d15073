import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { isEmotibitCsv, openEmotibitCsv } from './emotibit-csv.ts';

const path = fileURLToPath(new URL('../../test/recordings/emotibit/test_data.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'emotibit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = async (file: string) => {
  const reports: Report[] = [];
  const blocks: SampleBlock[] = [];
  const recording = await openEmotibitCsv(file);
  for await (const block of recording.blocks((report) => reports.push(report))) blocks.push(block);
  const samples = (id: string) => blocks.filter(({ signal }) => signal.id === id).reduce((sum, block) => sum + nTimesOf(block), 0);
  return { recording, reports, blocks, samples, of: (id: string) => blocks.filter(({ signal }) => signal.id === id) };
};

const altered = (alter: (lines: string[]) => string[]): string => {
  const file = join(folder, 'altered.csv');
  writeFileSync(file, alter(readFileSync(path, 'utf8').split('\n')).join('\n'));
  return file;
};

/** Samples told as lost, to within a few. */
const inexact = (reports: readonly Report[], id: string): number =>
  reports.reduce((sum, report) => sum + (report.kind === 'gap' && report.signal === id && !report.exact ? report.lost : 0), 0);

describe('a card’s file', () => {
  it('gives every sample of every tag', async () => {
    const { samples, reports } = await read(path);
    // values a tag, counted in the file: awk -F, '{n[$4] += $3}'
    expect(samples('eda')).toBe(65);
    expect(samples('ppg')).toBe(108);
    expect(samples('acceleration')).toBe(147);
    expect(samples('temperature')).toBe(32);
    expect(samples('heart-rate')).toBe(4);
    expect(reports.filter(({ kind }) => kind === 'bad-frame' || kind === 'damage')).toEqual([]);
  });

  it('begins with the values of its first lines', async () => {
    const { of } = await read(path);
    expect([...of('eda')[0]!.data]).toEqual([1.791457, 1.791457]);
    expect([...of('ppg')[0]!.data]).toEqual([145600, 145728, 145816, 142283, 142356, 142392, 5276, 5294, 5299]);
    expect(of('inter-beat')[0]!.data[0]).toBe(1.16);
  });

  it('tells of the value the device dropped', async () => {
    const { reports } = await read(path);
    expect(reports).toContainEqual(expect.objectContaining({ kind: 'gap', signal: 'eda', lost: 1, exact: true, beforeSample: 3 }));
  });

  it('reports damage by its line, and goes on', async () => {
    const file = altered((lines) => lines.map((line, i) => (i === 299 ? line.slice(0, 20) : line)));
    const { reports, samples } = await read(file);
    expect(reports).toContainEqual(expect.objectContaining({ kind: 'damage', where: 'line 300', lost: 1 }));
    expect(samples('eda')).toBeGreaterThan(65 - 12);
  });

  it('with lines missing has gaps about as long as they were', async () => {
    const whole = await read(path);
    const { samples, reports } = await read(altered((lines) => [...lines.slice(0, 200), ...lines.slice(400)]));
    for (const id of ['eda', 'ppg', 'acceleration']) {
      const lost = inexact(reports, id) - inexact(whole.reports, id);
      expect(Math.abs(lost - (whole.samples(id) - samples(id))), id).toBeLessThanOrEqual(4);
      expect(lost).toBeGreaterThan(10);
    }
  });
});

it('knows its lines from those of others', () => {
  expect(isEmotibitCsv('48664,4101,1,RB,1,100,2022-04-20_12-10-28-051739')).toBe(true);
  expect(isEmotibitCsv('%OpenBCI Raw EEG Data')).toBe(false);
  expect(isEmotibitCsv('1,2,3')).toBe(false);
});

it('a file of something else is a bad-file error', async () => {
  const file = altered(() => ['time,eda', '1,2']);
  await expect(openEmotibitCsv(file)).rejects.toMatchObject({ code: 'bad-file' });
});
