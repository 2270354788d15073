import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chunksOf } from '../../test/fakes/fake.ts';
import { museEeg, museNotifications, museReply } from '../../test/fakes/muse.ts';
import type { Chunk } from '../link.ts';
import type { Report } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { random } from '../wearer/random.ts';
import { muse2 } from './muse-2.ts';

const uuid = (digits: string) => `273e${digits}-4c4d-454d-96be-f03bac821358`;
const chunk = (digits: string, bytes: readonly number[], arrivedAt = 0): Chunk => ({
  endpoint: uuid(digits),
  bytes: Uint8Array.from(bytes),
  arrivedAt,
});

const decode = (chunks: readonly Chunk[], preset = 'p21') => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(chunks)
    .pipe(muse2.create({ preset }).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  return { blocks, reports, of: (id: string) => blocks.filter(({ signal }) => signal.id === id) };
};

const electrodes = ['0003', '0004', '0005', '0006'];
/** One packet of EEG on all the electrodes but those left out. */
const packet = (index: number, without: readonly string[] = []): Chunk[] =>
  electrodes
    .filter((digits) => !without.includes(digits))
    .map((digits) => ({ ...museEeg(digits, index, new Array(12).fill(2048 + (index % 100))), arrivedAt: (index * 12) / 256 }));
const packets = (first: number, count: number, without: readonly string[] = []): Chunk[] =>
  Array.from({ length: count }, (_, k) => packet(first + k, without)).flat();

// Bytes of real headbands: urish/muse-js, src/lib/muse-parse.spec.ts and src/muse.spec.ts (MIT)
describe('muse-js vectors', () => {
  it('EEG: 12-bit numbers, most significant bit first, around 2048', () => {
    const bytes = [87, 33, 192, 82, 73, 6, 106, 242, 49, 64, 88, 153, 128, 66, 254, 44, 119, 157];
    const raw = [1394, 448, 1316, 2310, 1711, 561, 1029, 2201, 2052, 766, 711, 1949];
    const { blocks } = decode(electrodes.map((digits) => chunk(digits, [0, 1, ...bytes])));
    expect(blocks).toHaveLength(1);
    expect([...blocks[0]!.data.subarray(0, 12)]).toEqual(raw.map((n) => (n - 2048) * 0.48828125));
  });

  it('EEG: 40 3 128 … is −687.5 and −562.5 µV', () => {
    const bytes = [0, 1, ...Array.from({ length: 6 }, () => [40, 3, 128]).flat()];
    const { blocks } = decode(electrodes.map((digits) => chunk(digits, bytes)));
    expect([...blocks[0]!.data.subarray(0, 4)]).toEqual([-687.5, -562.5, -687.5, -562.5]);
    expect(blocks[0]!.data).toHaveLength(48);
  });

  it('accelerometer: three samples of x, y, z', () => {
    const bytes = [82, 109, 17, 227, 13, 157, 60, 115, 18, 5, 13, 73, 60, 53, 17, 183, 13, 178, 60, 143];
    const { data } = decode([chunk('000a', bytes)]).of('acceleration')[0]!;
    const raw = [4579, 4613, 4535, 3485, 3401, 3506, 15475, 15413, 15503]; // channel by channel
    expect([...data]).toEqual(raw.map((n) => n / 16384));
    expect(Math.hypot(data[0]!, data[3]!, data[6]!)).toBeCloseTo(1, 1); // a headband at rest feels 1 g
  });

  it('telemetry: battery 90.859375 %', () => {
    const bytes = [1, 74, 181, 184, 7, 64, 15, 127, 0, 27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(decode([chunk('000b', bytes)]).reports).toEqual([{ kind: 'battery', device: 'muse-2', fraction: 0.90859375 }]);
  });

  it('control: JSON over several notifications, several objects in one', () => {
    const texts = ['{"rc":0}', '{"rc":0}', '{"hn":"Muse-1324",', '"sn":"2031-TZRW-132', '4","bp":82,', '"ps":32,', '"rc":0}{"r', 'c":0}'];
    const { reports } = decode(texts.map((text) => ({ ...museReply(text), arrivedAt: 0 })));
    expect(reports.filter((report) => report.kind === 'device-text').map(({ text }) => JSON.parse(text) as unknown)).toEqual([
      { rc: 0 },
      { rc: 0 },
      { hn: 'Muse-1324', sn: '2031-TZRW-1324', bp: 82, ps: 32, rc: 0 },
      { rc: 0 },
    ]);
    expect(reports).toContainEqual({ kind: 'battery', device: 'muse-2', fraction: 0.82 });
  });

  it('control: a brace in a name is part of the name', () => {
    const { reports } = decode([
      { ...museReply('{"hn":"a}{b","rc":0'), arrivedAt: 0 },
      { ...museReply('}'), arrivedAt: 0 },
    ]);
    expect(reports).toEqual([{ kind: 'device-text', device: 'muse-2', text: '{"hn":"a}{b","rc":0}' }]);
  });

  it('control: what lies behind the counted characters is left from before', () => {
    const bytes = [7, 34, 114, 99, 34, 58, 48, 125, 46, 50, 46, 51, 34, 44, 44, 34, 44, 50, 51, 49];
    const { reports } = decode([chunk('0001', [1, 123]), chunk('0001', bytes)]);
    expect(reports).toEqual([{ kind: 'device-text', device: 'muse-2', text: '{"rc":0}' }]);
  });
});

describe('the join of the electrodes', () => {
  it('follows the packet number over its end', () => {
    const { of, reports } = decode([
      ...packets(65_534, 2),
      ...packets(0, 2).map((c, i) => ({ ...c, arrivedAt: ((65_536 + Math.floor(i / 4)) * 12) / 256 })),
    ]);
    expect(of('eeg').map(({ firstSample }) => firstSample)).toEqual([0, 12, 24, 36]);
    expect(reports).toEqual([]);
  });

  it('does not care which electrode comes first', () => {
    const fake = museNotifications('p50');
    const units = fake.units(100, 5);
    const straight = decode(chunksOf(fake, units), 'p50');
    const { uniform } = random(5, 'shuffle');
    const shuffled = decode(
      chunksOf(
        fake,
        units.map((unit) => ({ ...unit, frames: unit.frames.toSorted(() => uniform() - 0.5) })),
      ).map((c) => c),
      'p50',
    );
    for (const id of ['eeg', 'ppg']) {
      expect(shuffled.of(id).map(({ firstSample, data }) => [firstSample, data])).toEqual(
        straight.of(id).map(({ firstSample, data }) => [firstSample, data]),
      );
      expect(straight.of(id).length).toBeGreaterThanOrEqual(50);
    }
  });

  it('takes one packet missing on one electrode as a hole of twelve samples', () => {
    const { of, reports } = decode([...packets(0, 10), ...packet(10, ['0005']), ...packets(11, 10)]);
    expect(of('eeg').map(({ firstSample }) => firstSample)).toEqual([
      0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 132, 144, 156, 168, 180, 192, 204, 216, 228, 240,
    ]);
    expect(reports).toMatchObject([{ kind: 'gap', signal: 'eeg', lost: 12, exact: true, beforeSample: 132 }]);
  });

  it('goes on without an electrode that is dead, says so, and takes it back', () => {
    const { of, reports } = decode([...packets(100, 10), ...packets(110, 60, ['0004']), ...packets(170, 10)]);
    const texts = reports.filter((report) => report.kind === 'device-text').map(({ text }) => text);
    expect(texts).toEqual(['eeg channel AF7 is silent; its row is 0 until it delivers again', 'eeg channel AF7 delivers again']);
    const blocks = of('eeg');
    const rowOf = (firstSample: number, c: number) => [
      ...blocks.find((b) => b.firstSample === firstSample)!.data.subarray(12 * c, 12 * c + 12),
    ];
    expect(rowOf(12 * 50, 1)).toEqual(new Array(12).fill(0));
    expect(rowOf(12 * 50, 0)).toEqual(new Array(12).fill(50 * 0.48828125));
    expect(rowOf(12 * 75, 1)).toEqual(new Array(12).fill(75 * 0.48828125));
    // it is believed dead as the 22nd packet without it begins; of the 21 before, the last four are still held, the others are a hole
    expect(reports.filter((report) => report.kind === 'gap').reduce((sum, { lost }) => sum + lost, 0)).toBe(17 * 12);
    for (const { data } of blocks) expect(data.every(Number.isFinite)).toBe(true);
  });

  it('gives blocks of a headband whose electrode never spoke', () => {
    const { of, reports } = decode(packets(0, 60, ['0006']));
    expect(of('eeg').length).toBeGreaterThan(30);
    expect(reports.filter(({ kind }) => kind === 'device-text')).toHaveLength(1);
  });

  it('once it has given an electrode up does not wait for it', () => {
    const { of } = decode([...packets(0, 20), ...packets(20, 60, ['0003'])]);
    const after = of('eeg').filter(({ firstSample }) => firstSample >= 12 * 45);
    for (const { firstSample, arrivedAt } of after) expect(arrivedAt).toBe(firstSample / 256);
    expect(after).toHaveLength(35);
  });

  it('starts anew with a headband that does', () => {
    const again = packets(0, 5).map((c, i) => ({ ...c, arrivedAt: 100 + (Math.floor(i / 4) * 12) / 256 }));
    const { of } = decode([...packets(5000, 20).map((c, i) => ({ ...c, arrivedAt: 98 + (Math.floor(i / 4) * 12) / 256 })), ...again]);
    expect(of('eeg')).toHaveLength(25);
  });
});

describe('the wire', () => {
  it('halts, sets the preset, asks for status and starts', () => {
    const { wire } = muse2.create({ preset: 'p20' });
    expect(wire.start.map(({ bytes }) => [...bytes])).toEqual([
      [2, 0x68, 10],
      [4, 0x70, 0x32, 0x30, 10],
      [2, 0x73, 10],
      [2, 0x64, 10],
    ]);
    expect(wire.endpoints).toContain(uuid('0007'));
    expect(muse2.create().wire.endpoints).not.toContain(uuid('0007'));
    expect(muse2.create().wire.optionalEndpoints).not.toContain(uuid('0001'));
  });

  it('names a preset it does not know', () => {
    expect(() => muse2.create({ preset: 'p99' })).toThrow(/preset.*p21.*p99/s);
  });
});

it('an electrode at the end of its converter is saturated, told once until it has been away from there for a second', () => {
  const rows = (index: number, raw: number) =>
    electrodes.map((digits) => ({ ...museEeg(digits, index, new Array(12).fill(digits === '0004' ? raw : 2000)), arrivedAt: index / 20 }));
  const { reports } = decode([4095, 2048, 4095, ...new Array<number>(25).fill(2048), 0].flatMap((raw, index) => rows(index, raw)));
  expect(reports.map((report) => report.kind === 'saturation' && [report.channel, report.atSec])).toEqual([
    ['AF7', 0],
    ['AF7', 1.4],
  ]);
});
