import { createRequire } from 'node:module';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chunksOf } from '../../test/fakes/fake.ts';
import { ganglionFirmware2, ganglionFirmware3, ganglionImpedance, ganglionPacket, ganglionText } from '../../test/fakes/ganglion.ts';
import type { Chunk } from '../link.ts';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { random } from '../wearer/random.ts';
import { openbciGanglion } from './openbci-ganglion.ts';

const notify = '2d30c082-f39f-4ce6-923f-3484ea480596';
const version = (text: string): Chunk => ({ endpoint: '2a28', arrivedAt: 0, bytes: Uint8Array.from(Buffer.from(text)) });
const packet = (bytes: readonly number[], arrivedAt = 1): Chunk => ({ endpoint: notify, arrivedAt, bytes: Uint8Array.from(bytes) });
const microvolt = 1.2e6 / (8388607 * 1.5 * 51);

const decode = (chunks: readonly Chunk[], options: Record<string, unknown> = {}) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(chunks)
    .pipe(openbciGanglion.create(options).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  const eeg = blocks.filter(({ signal }) => signal.kind === 'eeg');
  /** (sample, channel) in converter counts. */
  const counts = eeg.flatMap((block) => {
    const n = nTimesOf(block);
    return Array.from({ length: n }, (_, t) => [0, 1, 2, 3].map((c) => Math.round(block.data[c * n + t]! / microvolt)));
  });
  return { blocks, reports, eeg, counts, motion: blocks.filter(({ signal }) => signal.kind === 'acceleration') };
};

/** A raw packet: four whole numbers, then the padding the firmware writes. */
const raw = (values: readonly number[]): number[] => [
  0,
  ...values.flatMap((n) => [(n >> 16) & 0xff, (n >> 8) & 0xff, n & 0xff]),
  ...Buffer.from('ABCDEFG'),
];

const { utilities: oracle } = createRequire(import.meta.url)('@openbci/utilities') as {
  utilities: Record<'decompressDeltas18Bit' | 'decompressDeltas19Bit', (buffer: Buffer) => number[][]>;
};

describe('@openbci/utilities reads the same', () => {
  it.each([18, 19] as const)('from any %i-bit packet', (width) => {
    const { uniform } = random(1, 'oracle');
    const decompress = width === 18 ? oracle.decompressDeltas18Bit : oracle.decompressDeltas19Bit;
    for (let round = 0; round < 500; round++) {
      const seed = Array.from({ length: 4 }, () => Math.floor((uniform() - 0.5) * 2 ** 22));
      const body = Array.from({ length: 19 }, () => Math.floor(uniform() * 256));
      const theirs = decompress(Buffer.from(body));
      const first = seed.map((n, c) => n - theirs[0]![c]!);
      const expected = [seed, first, first.map((n, c) => n - theirs[1]![c]!)];
      const id = width === 18 ? 1 : 101;
      expect(decode([version('2.0.0'), packet(raw(seed)), packet([id, ...body])]).counts).toEqual(expected);
    }
  });

  it('from an uncompressed packet, scale included', () => {
    const values = [8_388_607, -8_388_608, 1, -1];
    const { eeg } = decode([version('2.0.0'), packet(raw(values))]);
    expect([...eeg[0]!.data]).toEqual(values.map((n) => n * microvolt));
    expect(microvolt).toBeCloseTo(0.00186995, 8);
  });
});

describe('firmware 2', () => {
  it('gives nothing before the first id 0', () => {
    const fake = ganglionFirmware2(18);
    const chunks = chunksOf(fake, fake.units(150, 1)).slice(40); // ids 39-100, then 0-48
    const before = decode([version('2.0.1'), ...chunks.slice(0, 62)]);
    expect(before.eeg).toEqual([]);
    const all = decode([version('2.0.1'), ...chunks]);
    expect(all.counts).toHaveLength(1 + 2 * 48);
    expect(all.eeg[0]!.firstSample).toBe(0);
    expect(all.reports.filter(({ kind }) => kind === 'gap')).toEqual([]);
  });

  it('leaves a hole from a lost packet to the next id 0, exactly counted', () => {
    const fake = ganglionFirmware2(19);
    const chunks = chunksOf(fake, fake.units(250, 2));
    const lost = chunks.filter(({ bytes, arrivedAt }) => !(bytes[0] === 140 && arrivedAt < 11));
    const { reports, counts } = decode(lost, { accelerometer: false });
    expect(reports.filter(({ kind }) => kind === 'gap')).toMatchObject([{ lost: 2 * 61, exact: true, beforeSample: 201 }]);
    expect(counts).toHaveLength(250 * 2 - 3 - 122);
  });

  it('does not trust a ring that seems whole after a pause in which another may have gone by', () => {
    const fake = ganglionFirmware2(18);
    const chunks = chunksOf(fake, fake.units(303, 3)).filter((_, i) => i < 50 || i >= 50 + 101);
    const { reports, eeg } = decode(chunks);
    expect(reports.filter(({ kind }) => kind === 'gap')).toMatchObject([{ kind: 'gap', lost: 201 + 2 * 52, exact: true }]);
    expect(eeg.at(-1)!.firstSample + 2).toBe(3 * 201);
  });
});

describe('firmware 3', () => {
  it('sends the top bits of each value', () => {
    const values = [2000, -2000, 6400, -6400, 0, 64, -64, 8_000_000];
    const fields = values.map((n) => n >> 6).map((n) => (n < 0 ? n | 1 : n & ~1));
    const { counts } = decode([version('3.0.2'), packet(ganglionPacket(0, fields, 18))]);
    counts.flat().forEach((n, i) => {
      expect(Math.abs(n - values[i]!)).toBeLessThanOrEqual(128);
    });
    expect(counts).toHaveLength(2);
  });

  it('has its stale first packet dropped', () => {
    const { counts } = decode([
      version('3.0.2'),
      packet(ganglionPacket(99, [1, 2, 3, 4, 5, 6, 7, 8], 19)),
      packet(ganglionPacket(100, new Array(8).fill(2), 19)),
    ]);
    expect(counts).toEqual(new Array(2).fill(new Array(4).fill(64)));
  });

  it('has it dropped after every start, as when start commands are sent again after a silence', () => {
    const two = ganglionPacket(120, new Array(8).fill(2), 19);
    const stale = ganglionPacket(99, [1, 2, 3, 4, 5, 6, 7, 8], 19);
    const again = ganglionPacket(100, new Array(8).fill(2), 19);
    const { counts } = decode([version('3.0.2'), packet(two), packet(stale, 4), packet(again, 4.01)], { accelerometer: false });
    expect(counts).toEqual(new Array(4).fill(new Array(4).fill(64)));
  });

  it('is known by its packets where the version cannot be read', () => {
    const three = ganglionFirmware3(18);
    expect(decode(chunksOf(three, three.units(300, 4)).slice(2)).counts.length).toBeGreaterThan(390);
    const two = ganglionFirmware2(18);
    expect(decode(chunksOf(two, two.units(300, 4)).slice(1)).counts).toHaveLength(3 * 201 - 6);
  });

  it('stays what it was, whatever is read later', () => {
    const fake = ganglionFirmware3(18);
    const chunks = chunksOf(fake, fake.units(20, 6));
    const { eeg } = decode([...chunks.slice(0, 12), version('2.0.1'), ...chunks.slice(12)]);
    expect(eeg.map(({ firstSample }) => firstSample)).toEqual(Array.from({ length: 20 }, (_, k) => 2 * k));
  });

  it('has a true rate of 199.0 Hz, which the clock finds', () => {
    const fake = ganglionFirmware3(19);
    const { eeg } = decode(chunksOf(fake, fake.units(6000, 5)), { accelerometer: false });
    const [early, late] = [eeg[2000]!, eeg.at(-1)!];
    expect((late.firstSample - early.firstSample) / (late.tmin - early.tmin)).toBeCloseTo(199.005, 1);
  });
});

it('acceleration: x, y, z in packets ending in 1, 2, 3; 16 mg a step', () => {
  const zero = new Array<number>(8).fill(0);
  const chunks = [
    [11, 10],
    [12, -20],
    [13, 62],
    [14, 99],
    [21, 1],
    [23, 1],
  ].map(([id, byte]) => packet(ganglionPacket(id!, zero, 18, byte)));
  const { motion } = decode([version('3.0.2'), ...chunks]);
  expect(motion.map(({ data }) => [...data])).toEqual([[0.16, -0.32, 0.992]]);
});

it('impedance: kΩ of each electrode and the reference', () => {
  const { reports } = decode(
    [1, 2, 3, 4, 5].map((c) => ({ ...ganglionImpedance(c, 10 * c), arrivedAt: 0 })),
    { channels: 'Fp1,Fp2,O1,O2' },
  );
  expect(reports).toEqual(
    ['Fp1', 'Fp2', 'O1', 'O2', 'reference'].map((channel, i) => ({ kind: 'impedance', signal: 'eeg', channel, kiloohm: 10 * (i + 1) })),
  );
});

it('text comes in pieces', () => {
  const text = 'OpenBCI Ganglion v3.0.2\nLIS2DH ID: 0x33\n';
  const { reports } = decode(ganglionText(text).map((frame) => ({ ...frame, arrivedAt: 0 })));
  expect(reports).toEqual([{ kind: 'device-text', device: 'openbci-ganglion', text: text.trim() }]);
});

it('is told one character a write', () => {
  const { wire } = openbciGanglion.create({ impedance: true, accelerometer: false });
  expect(wire.start.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['s', 'N', 'z']);
  expect(wire.stop.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['Z']);
  expect(wire.reads).toEqual(['2a28']);
});

it('a channel at the end of its converter is saturated, told once', () => {
  const end = (id: number) => ganglionPacket(id, [131_070, 0, 0, 0, 131_070, 0, 0, 0], 18);
  const { reports } = decode([version('3.0.2'), packet(end(0)), packet(end(1), 1.01)], { channels: 'Fp1,Fp2,O1,O2' });
  expect(reports.filter(({ kind }) => kind === 'saturation')).toEqual([{ kind: 'saturation', signal: 'eeg', channel: 'Fp1', atSec: 1 }]);
});
