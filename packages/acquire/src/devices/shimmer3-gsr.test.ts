import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chunksOf } from '../../test/fakes/fake.ts';
import { shimmerStream, withCrc } from '../../test/fakes/shimmer.ts';
import type { Report } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { shimmer3Gsr } from './shimmer3-gsr.ts';
import { chargeOf, readInquiry } from './shimmer3-layout.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const decode = (pieces: readonly (Uint8Array | readonly number[])[], options: Record<string, unknown> = {}) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(pieces.map((bytes, i) => ({ endpoint: '', arrivedAt: i * 0.02, bytes: Uint8Array.from(bytes) })))
    .pipe(shimmer3Gsr.create(options).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  return { blocks, reports, values: blocks.filter(({ signal }) => signal.id === 'eda').flatMap(({ data }) => [...data]) };
};

const sample = (ticks: number, word: number) => [0, ticks & 0xff, (ticks >> 8) & 0xff, ticks >> 16, word & 0xff, word >> 8];
/** Inquiry of a unit at 51.2 Hz with GSR alone. */
const inquiry = (range = 4) => [0xff, 0x02, 0x80, 0x02, 0x01, 0xff, 0x01, range << 1, 1, 1, 0x1c];

// Shimmer-Java-Android-API, ShimmerDriverPC/src/test, ByteCommunicationSimulatorS3*.java (BSD-3)
describe('the vendor’s simulator', () => {
  it('inquiry: 51.2 Hz, three channels', () => {
    const layout = readInquiry(hex('02 8002 01FF0108 03 01 000102'), 0);
    expect(layout).toMatchObject({ divider: 640, length: 10, gsrRange: 4, gsrAt: undefined });
  });

  it('a whole conversation with a CRC of one byte: inquiry, samples, battery while streaming', () => {
    // its three channels are the low-noise accelerometer; there is no GSR to give, which is told
    const stream = hex('FF F4 FF02800201FF010803010001020F FF F4 00EFBE1BE7093C083F097AFF8A94560A8038');
    const { reports, blocks } = decode([stream], { crc: 1 });
    expect(blocks).toEqual([]);
    expect(reports[0]).toMatchObject({ kind: 'device-text', text: expect.stringContaining('does not measure GSR') as string });
    expect(reports).toContainEqual({ kind: 'battery', device: 'shimmer3-gsr', fraction: chargeOf(0x0a56) });
    expect(reports).not.toContainEqual(expect.objectContaining({ reason: 'checksum', bytes: 9 }));
  });

  it('battery: 0x0B24 is 4.15 V, nearly full', () => {
    expect(chargeOf(0x0b24)).toBeCloseTo(0.98, 1);
    expect(chargeOf(0)).toBeGreaterThanOrEqual(0);
    expect(chargeOf(4095)).toBeLessThanOrEqual(1);
  });
});

// seemoo-lab/pyshimmer, test/bluetooth (facts)
it('pyshimmer: inquiry of 512 Hz with one channel, and a sample of it', () => {
  expect(readInquiry(hex('02 4000 01ff0109 01 01 12'), 0)).toMatchObject({ divider: 64, length: 6, ppgAt: 4, gsrRange: 4 });
  const both = [0xff, 0x02, 0x40, 0, 1, 0xff, 1, 9, 2, 1, 0x12, 0x1c];
  const packet = (ticks: number) => [0x00, ticks & 0xff, (ticks >> 8) & 0xff, ticks >> 16, 0x26, 0x07, 0xe8, 0x03];
  const { blocks } = decode([both, packet(0xb2d0de), packet(0xb2d0de + 64), packet(0xb2d0de + 128)], { sfreq: 512, ppg: true });
  expect(blocks.filter(({ signal }) => signal.id === 'ppg').flatMap(({ data }) => [...data])).toContain(0x0726);
});

describe('a stream', () => {
  const ticks = (k: number) => (k * 640) % 2 ** 24;

  it('of readings in automatic range is the amplifier’s conductance', () => {
    const words = [1000, (1 << 14) | 2000, (2 << 14) | 2000, (3 << 14) | 2000];
    const { values } = decode([inquiry(), ...words.map((word, k) => sample(ticks(k), word)), sample(ticks(4), 1000)]);
    expect(values.slice(0, 4).map((value) => Number(value.toFixed(3)))).toEqual([11.572, 6.726, 1.93, 0.585]);
  });

  it('in a fixed range takes the range from the inquiry and clips to it', () => {
    const { values } = decode([inquiry(3), sample(0, 600), sample(640, 2000), sample(1280, 2000)], { range: '680-4700' });
    expect(values[0]).toBeCloseTo(1000 / 4700, 9);
    expect(values[1]).toBeCloseTo(0.585, 3);
  });

  it('tells once that a fixed range does not reach the skin: 15.9 µS stand for 0.5', () => {
    const { values, reports } = decode([inquiry(0), ...[0, 1, 2, 3].map((k) => sample(ticks(k), 696))], { range: '8-63' });
    expect(values[0]).toBeCloseTo(1000 / 63, 9);
    expect(reports.filter(({ kind }) => kind === 'saturation')).toHaveLength(1);
  });

  it('counts what is missing in its ticks, over their end', () => {
    const pieces = [0, 1, 2, 6, 7, 8].map((k) => sample((2 ** 24 - 1280 + k * 640) % 2 ** 24, 1000));
    const { blocks, reports } = decode([inquiry(), ...pieces.slice(0, 3), [], [], [], ...pieces.slice(3)]);
    expect(reports.filter(({ kind }) => kind === 'gap')).toMatchObject([{ lost: 3, exact: true, beforeSample: 6 }]);
    expect(blocks.map(({ firstSample }) => firstSample)).toContain(6);
  });

  it('is silent about samples before the inquiry', () => {
    const { values } = decode([sample(0, 1000), sample(640, 1000), inquiry(), sample(1280, 1000), sample(1920, 1000)]);
    expect(values).toHaveLength(2);
  });

  it('at another rate than asked for is refused, with the reason', () => {
    const { values, reports } = decode([inquiry(), sample(0, 1000), sample(640, 1000)], { sfreq: 128 });
    expect(values).toEqual([]);
    expect(reports[0]).toMatchObject({ text: expect.stringContaining('samples at 51.2 Hz') as string });
  });

  it('tells of an open circuit once, and gives 0 µS', () => {
    const { values, reports } = decode([
      inquiry(),
      ...[1000, 600, 500, 1000].map((adc, k) => sample(ticks(k), adc)),
      sample(ticks(4), 1000),
    ]);
    expect(values.slice(0, 4).map((value) => value > 0)).toEqual([true, false, false, true]);
    expect(reports.filter(({ kind }) => kind === 'saturation')).toHaveLength(1);
  });

  it('with a CRC refuses a sample with one bit turned', () => {
    const fake = shimmerStream(2);
    const chunks = chunksOf(fake, fake.units(100, 1));
    const turned = chunks.map((chunk, i) =>
      i === 60 ? { ...chunk, bytes: chunk.bytes.map((byte, j) => (j === 4 ? byte ^ 8 : byte)) } : chunk,
    );
    const reports: Report[] = [];
    from(turned)
      .pipe(shimmer3Gsr.create({ crc: 2 }).decode((report) => reports.push(report)))
      .subscribe();
    expect(reports).toContainEqual({ kind: 'bad-frame', device: 'shimmer3-gsr', reason: 'checksum', bytes: 8 });
    expect(reports.filter(({ kind }) => kind === 'gap')).toMatchObject([{ lost: 1, exact: true }]);
  });
});

describe('the wire', () => {
  it('stops, configures, asks and starts', () => {
    const { wire } = shimmer3Gsr.create({ sfreq: 128, crc: 2, ppg: true, range: '63-220' });
    expect(wire.start.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual([
      '20',
      '8b02',
      '2e',
      '08040100',
      '050001',
      '2101',
      '01',
      '07',
    ]);
    expect(wire.endpoints).toEqual(['']);
  });

  it('speaks the same over Bluetooth LE', () => {
    const { wire } = shimmer3Gsr.create({ radio: 'ble' });
    expect(wire.endpoints[0]).toMatch(/^49535343-1e4d/);
    expect(wire.start[0]!.endpoint).toMatch(/^49535343-8841/);
  });

  it('sets the nearest rate there is, and says so', () => {
    expect(shimmer3Gsr.create({ sfreq: 100 }).signals[0]!.sfreq).toBe(32768 / 328);
  });
});

it('a CRC is the vendor’s, over the acknowledgement too', () => {
  expect(withCrc([...hex('FF02800201FF01080301000102')], 1).at(-1)).toBe(0x0f);
  expect(withCrc([...hex('FF8A94560A80')], 1).at(-1)).toBe(0x38);
});
