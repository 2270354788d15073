import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Report } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { gsrLines } from './gsr-lines.ts';
import { readLine } from './line-formats.ts';

const decoded = (text: string, options: object) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from([{ endpoint: '', arrivedAt: 1, bytes: Buffer.from(text, 'latin1') }])
    .pipe(gsrLines.create({ sfreq: 10, ...options }).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  return { blocks, reports, values: blocks.flatMap(({ data }) => [...data]) };
};

describe('readLine', () => {
  it.each([
    ['integer', 1, '512', 512],
    ['integer', 1, ' 3.5 ', 3.5],
    ['integer', 1, '5e2', 500],
    ['integer', 1, '512 µS', undefined],
    ['integer', 1, '', undefined],
    ['integer', 1, '0x10', undefined],
    ['integer', 1, 'Infinity', undefined],
    ['csv', 2, '0.5, 3.21', 3.21],
    ['csv', 2, '0.5;3.21;7', 3.21],
    ['csv', 2, '0.5\t3.21', 3.21],
    ['csv', 2, '0.5 3.21', 3.21],
    ['csv', 3, '0.5,3.21', undefined],
    ['csv', 1, ',3', undefined],
    ['label', 'EDA', 'EDA:3.21', 3.21],
    ['label', 'EDA', 'temp:33.1 eda: 3.21', 3.21],
    ['label', 'gsr', 'temp=33.1,gsr=512', 512],
    ['label', 'EDA', 'temp:33.1', undefined],
    ['json', 'EDA', '{"t":1,"eda":3.21}', 3.21],
    ['json', 'EDA', '{"t":1,"eda":3.2', undefined],
    ['json', 'EDA', '{"eda":"3.2"}', undefined],
    ['json', 'EDA', '[3.2]', undefined],
  ] as const)('%s, column %s: %j holds %s', (format, column, text, value) => expect(readLine(format, column, text)).toBe(value));
});

describe('gsr-lines', () => {
  it('drops the line it joined in', () => {
    expect(decoded('12\n4.5\r\n5.5\r\n', { unit: 'microsiemens', format: 'integer' }).values).toEqual([4.5, 5.5]);
  });

  it('reads ohm and kiloohm', () => {
    expect(decoded('\n200000\n', { unit: 'ohm', format: 'integer' }).values).toEqual([5]);
    expect(decoded('\n200\n', { unit: 'kiloohm', format: 'integer' }).values).toEqual([5]);
  });

  it('reads a Grove by its formula and its calibration', () => {
    // Seeed: ohm = (1024 + 2 · 400) · 10000 / (512 − 400) = 162857; 12 bits: (4096 + 2 · 1000) · 10000 / (2000 − 1000) = 60960
    expect(decoded('\n400\n', { unit: 'grove', format: 'integer', calibration: 512 }).values[0]).toBeCloseTo(1e6 / 162857.142857, 9);
    expect(decoded('\n1000\n', { unit: 'grove', format: 'integer', calibration: 2000, bits: 12 }).values[0]).toBeCloseTo(1e6 / 60960, 9);
  });

  it('a Grove that is not worn gives no samples and is told once, not with every line', () => {
    const { values, reports } = decoded('\n400\n512\n600\n512\n400\n', { unit: 'grove', format: 'integer', calibration: 512 });
    expect(values).toHaveLength(2);
    expect(reports).toMatchObject([
      { kind: 'bad-frame', reason: 'range' },
      { kind: 'gap', lost: 3, beforeSample: 4 },
    ]);
  });

  it('a damaged line is reported and leaves a hole', () => {
    const { blocks, reports } = decoded('\nEDA:1\nEDA:\xff2\nEDA:3\n', { unit: 'microsiemens', format: 'label' });
    expect(blocks.map(({ firstSample, data }) => [firstSample, ...data])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(reports).toMatchObject([
      { kind: 'bad-frame', reason: 'syntax' },
      { kind: 'gap', lost: 1, exact: true, beforeSample: 2 },
    ]);
  });

  it.each([
    [{ unit: 'microsiemens', format: 'integer', sfreq: undefined }, /Option 'sfreq'.*expected a number from 0.1 to 2000, got nothing/],
    [{ format: 'integer' }, /Option 'unit'.*expected one of microsiemens, ohm, kiloohm, grove, got nothing/],
    [{ unit: 'grove', format: 'integer' }, /Option 'calibration'.*got nothing/],
    [{ unit: 'ohm' }, /Option 'format'.*got nothing/],
    [{ unit: 'ohm', format: 'csv', column: 'EDA' }, /Option 'column'.*number from 1 to 100, got "EDA"/],
  ])('guesses nothing: %o is refused', (options, message) => {
    expect(() => gsrLines.create({ sfreq: 10, ...options })).toThrow(message);
  });
});
