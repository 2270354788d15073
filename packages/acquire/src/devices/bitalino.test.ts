import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { bitalinoFrame } from '../../test/fakes/bitalino.ts';
import type { Report } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { bitalino } from './bitalino.ts';

const decode = (pieces: readonly (readonly number[])[], options: Record<string, unknown> = {}, secPerPiece = 0.01) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(pieces.map((bytes, i) => ({ endpoint: '', arrivedAt: i * secPerPiece, bytes: Uint8Array.from(bytes) })))
    .pipe(bitalino.create(options).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  const values = (id: string) => blocks.filter(({ signal }) => signal.id === id).flatMap(({ data }) => [...data]);
  return { blocks, reports, values };
};

describe('a frame', () => {
  it('of eight zero bytes but the number 1 ends in 13', () => {
    expect(bitalinoFrame(1, [0, 0, 0, 0, 0, 0])).toEqual([0, 0, 0, 0, 0, 0, 0, 0x13]);
  });

  it('holds each input in its own bits', () => {
    // by hand from the vendor's layout, read from the end: A1 = 0x2AA, A2 = 0x155, A3 = 0x3C3, A4 = 0x0F0, A5 = 0x2A, A6 = 0x15
    const body = [0x95, 0x0a, 0xcf, 0xf0, 0x55, 0xa9, 0x0a, 0x00];
    const frames = [0, 1, 2].map((seq) => bitalinoFrame(seq, [0x2aa, 0x155, 0x3c3, 0x0f0, 0x2a, 0x15]));
    expect(frames[0]!.slice(0, 7)).toEqual(body.slice(0, 7));
    const { values } = decode([frames.flat()], { inputs: '1,2,3,4,5,6' });
    expect(values('eda').slice(0, 1)).toEqual([(0x3c3 / 1024) * 25]);
    const volts = [0x2aa / 1024, 0x155 / 1024, 0x0f0 / 1024, 0x2a / 64, 0x15 / 64].map((fraction) => fraction * 3.3);
    const n = values('inputs').length / 5; // samples of the one block
    expect(volts.map((_, c) => values('inputs')[c * n])).toEqual(volts);
  });

  it.each([
    [1, 3],
    [2, 4],
    [3, 6],
    [4, 7],
    [5, 8],
    [6, 8],
  ])('of %i inputs has %i bytes', (inputs, length) => {
    expect(bitalinoFrame(0, new Array(inputs).fill(0))).toHaveLength(length);
  });
});

describe('conductance', () => {
  it('of the (r)evolution is 25 µS at full scale', () => {
    const { values } = decode([0, 1, 2, 3].map((seq) => bitalinoFrame(seq, [512])));
    expect(values('eda')).toEqual([12.5, 12.5, 12.5, 12.5]);
  });

  it('of the first generation is 1 / (1 − reading)', () => {
    const { values } = decode(
      [0, 1, 2, 3].map((seq) => bitalinoFrame(seq, [768])),
      { generation: 'first' },
    );
    expect(values('eda')[0]).toBe(4);
  });

  it('on the fifth input has six bits', () => {
    const frames = [0, 1, 2].map((seq) => bitalinoFrame(seq, [0, 0, 0, 0, 32]));
    expect(decode(frames, { inputs: [1, 2, 3, 4, 5], eda: 5 }).values('eda')[0]).toBe(12.5);
  });
});

describe('losses', () => {
  const at = (first: number, count: number) =>
    Array.from({ length: count }, (_, k) => bitalinoFrame((first + k) & 15, [(first + k) & 1023]));

  it('of less than a turn of the number are exact', () => {
    const { reports } = decode([...at(0, 200), [], [], [], [], [], ...at(205, 50)]);
    expect(reports).toMatchObject([{ kind: 'gap', lost: 5, exact: true, beforeSample: 205 }]);
  });

  it('of more are counted with the help of arrival time', () => {
    const pieces = [...at(0, 300), ...new Array<number[]>(77).fill([]), ...at(377, 100)];
    const { reports, blocks } = decode(pieces);
    expect(reports).toMatchObject([{ kind: 'gap', lost: 77 }]);
    expect(blocks.at(-1)!.data[0]).toBe(((blocks.at(-1)!.firstSample & 1023) / 1024) * 25);
  });
});

it('the version it says is text, not garbage', () => {
  const { reports } = decode([[...Buffer.from('BITalino_v5.2\n')], ...[0, 1, 2, 3].map((seq) => bitalinoFrame(seq, [1]))]);
  expect(reports).toEqual([{ kind: 'device-text', device: 'bitalino', text: 'BITalino_v5.2' }]);
});

describe('the wire', () => {
  it('stops, asks the version, sets the rate and starts the chosen inputs', () => {
    const { wire } = bitalino.create({ sfreq: 1000, inputs: '1,3' });
    expect(wire.start.map(({ bytes }) => bytes[0])).toEqual([0x00, 0x07, 0xc3, 1 | (1 << 2) | (1 << 4)]);
    for (const { afterSec } of wire.start.slice(1)) expect(afterSec).toBeGreaterThanOrEqual(0.1);
  });

  it('refuses an EDA input that is not read', () => {
    expect(() => bitalino.create({ inputs: '1,2' })).toThrow(/'eda'.*one of the inputs 1, 2/s);
    expect(() => bitalino.create({ inputs: '3,3' })).toThrow(/different inputs/);
    expect(() => bitalino.create({ sfreq: 50 })).toThrow(/1, 10, 100, 1000/);
  });
});
