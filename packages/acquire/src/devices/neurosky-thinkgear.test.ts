import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { thinkgearPacket } from '../../test/fakes/thinkgear.ts';
import type { Report } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { neuroskyThinkgear } from './neurosky-thinkgear.ts';

const decode = (pieces: readonly (readonly number[])[]) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(pieces.map((bytes, i) => ({ endpoint: '', arrivedAt: i / 512, bytes: Uint8Array.from(bytes) })))
    .pipe(neuroskyThinkgear.create().decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  return { blocks, reports, of: (id: string) => blocks.filter(({ signal }) => signal.id === id) };
};

const raw = (value: number) => thinkgearPacket([0x80, 2, (value >> 8) & 0xff, value & 0xff]);

// NeuroSky, ThinkGear Serial Stream Guide (2011), "Example Packet"
it('the guide’s example: poor signal 32, band powers, attention 18, meditation 61', () => {
  const powers = [0, 0, 0x94, 0, 0, 0x42, 0, 0, 0x0b, 0, 0, 0x64, 0, 0, 0x4d, 0, 0, 0x3d, 0, 0, 0x07, 0, 0, 0x05];
  const payload = [0x02, 0x20, 0x01, 0x7e, 0x04, 0x12, 0x05, 0x60, 0x83, 24, ...powers];
  const packet = [0xaa, 0xaa, payload.length, ...payload, ~payload.reduce((sum, byte) => sum + byte, 0) & 0xff];
  const { of, reports } = decode([packet]);
  expect([...of('esense')[0]!.data]).toEqual([0x12, 0x60]);
  expect(reports).toEqual([{ kind: 'device-text', device: 'neurosky-thinkgear', text: 'good signal' }]);
});

describe('raw samples', () => {
  it('are 0.2197 µV a step, two’s complement', () => {
    const { of } = decode([raw(1), raw(-1), raw(32767), raw(-32768)]);
    const step = 1.8e6 / 4096 / 2000;
    expect(step).toBeCloseTo(0.2197, 4);
    expect(of('eeg').map(({ data }) => data[0]! / step)).toEqual([1, -1, 32767, -32768]);
  });

  it('may look like sync bytes', () => {
    const value = (0xaa << 8) | 0xaa;
    const { of, reports } = decode([[...raw(value), ...raw(value)]]);
    expect(of('eeg')[0]!.data).toHaveLength(2);
    expect(reports).toEqual([]);
  });

  it('the checksum refuses are lost, by their length', () => {
    const broken = raw(100).map((byte, i) => (i === 5 ? byte ^ 1 : byte));
    const { of, reports } = decode([raw(1), broken, broken, raw(2)]);
    expect(reports).toMatchObject([
      { kind: 'bad-frame', reason: 'checksum', bytes: 16 },
      { kind: 'gap', lost: 2, exact: false, beforeSample: 3 },
    ]);
    expect(of('eeg').map(({ firstSample }) => firstSample)).toEqual([0, 3]);
  });
});

it('an electrode that comes off is told once', () => {
  const quality = (value: number) => thinkgearPacket([0x02, value]);
  const { reports } = decode([quality(0), quality(200), quality(200), quality(80)]);
  expect(reports.map((report) => report.kind === 'device-text' && report.text)).toEqual([
    'good signal',
    'electrode off the head',
    'poor signal',
  ]);
});

it('the dongle is told to look for its headset, and says how it fares', () => {
  expect([...neuroskyThinkgear.create().wire.start[0]!.bytes]).toEqual([0xc2]);
  expect(neuroskyThinkgear.create({ dongle: false }).wire.start).toEqual([]);
  const { reports } = decode([thinkgearPacket([0xd4, 1, 0]), thinkgearPacket([0xd0, 2, 0xab, 0xcd])]);
  expect(reports.map((report) => report.kind === 'device-text' && report.text)).toEqual([
    'dongle waits for a headset',
    'headset connected',
  ]);
});

it('bands of an unknown code are passed over', () => {
  const { of } = decode([thinkgearPacket([0x55, 0x55, 0x99, 3, 1, 2, 3, 0x16, 90, 0x80, 2, 0, 5])]);
  expect(of('eeg')).toHaveLength(1);
});
