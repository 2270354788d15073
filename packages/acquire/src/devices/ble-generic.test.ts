import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcquireError } from '../errors.ts';
import type { Report } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { bleGeneric } from './ble-generic.ts';

const options = { service: 'fe10', characteristic: 'fe11', format: '<i', unit: 'uS', sfreq: 10 };

const decode = (given: Record<string, unknown>, values: readonly (readonly number[])[]) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(values.map((bytes, i) => ({ endpoint: 'fe11', arrivedAt: i * 0.1, bytes: Uint8Array.from(bytes) })))
    .pipe(bleGeneric.create({ ...options, ...given }).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  return { blocks, reports };
};

describe('values', () => {
  it('are number · scale + offset', () => {
    // the 32-bit little-endian GSR value of tigoe/MakingThingsTalk2's BLE example, FE10/FE11
    const { blocks } = decode({ scale: 0.01, offset: -1 }, [[0x2c, 0x01, 0, 0]]);
    expect(blocks[0]!.data[0]).toBeCloseTo(2, 12);
    expect(blocks[0]!.signal).toMatchObject({ kind: 'eda', unit: 'µS', sfreq: 10 });
  });

  it('that are no numbers leave a hole', () => {
    const { blocks, reports } = decode({ format: '<f' }, [
      [0, 0, 0x80, 0x3f],
      [0, 0, 0xc0, 0x7f],
      [0, 0, 0, 0x40],
    ]);
    expect(blocks.map(({ firstSample, data }) => [firstSample, data[0]])).toEqual([
      [0, 1],
      [2, 2],
    ]);
    expect(reports).toMatchObject([
      { kind: 'bad-frame', reason: 'range' },
      { kind: 'gap', lost: 1, exact: true },
    ]);
  });

  it('of an irregular sensor are blocks of their own', () => {
    const { blocks } = decode({ sfreq: 0, format: '<h', unit: 'mV' }, [
      [1, 0, 2, 0],
      [3, 0],
    ]);
    expect(blocks.map(({ firstSample, data }) => [firstSample, ...data])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(blocks[1]!.tmin).toBeGreaterThan(blocks[0]!.tmin);
  });
});

describe('options', () => {
  const failing = (given: Record<string, unknown>): AcquireError => {
    try {
      bleGeneric.create({ ...options, ...given });
    } catch (error) {
      if (error instanceof AcquireError) return error;
      throw error;
    }
    throw new Error(`${JSON.stringify(given)} was taken`);
  };

  it.each([
    ['format', { format: 'hhf' }],
    ['format', { format: '<hz' }],
    ['format', { format: '<' }],
    ['format', { format: '<3x' }],
    ['format', { format: '<999d' }],
    ['unit', { unit: 'microsiemens' }],
    ['channels', { channels: 'a,b' }],
    ['service', { service: 'heart rate' }],
    ['characteristic', { characteristic: '2a3' }],
    ['sfreq', { sfreq: 'fast' }],
  ])('a bad %s is a bad-option error that names it', (name, given) => {
    const error = failing(given);
    expect(error.code).toBe('bad-option');
    expect(error.message).toContain(`'${name}'`);
  });

  it('has no default for unit and rate', () => {
    expect(failing({ unit: undefined }).code).toBe('bad-option');
    expect(failing({ sfreq: undefined }).code).toBe('bad-option');
  });

  it('takes a UUID in any spelling', () => {
    const endpoint = (characteristic: string) => bleGeneric.create({ ...options, characteristic }).wire.endpoints[0];
    expect(['2A37', '0x2a37', '00002A37-0000-1000-8000-00805F9B34FB', '00002a3700001000800000805f9b34fb'].map(endpoint)).toEqual(
      new Array(4).fill('2a37'),
    );
    expect(endpoint('6E400003B5A3F393E0A9E50E24DCCA9E')).toBe('6e400003-b5a3-f393-e0a9-e50e24dcca9e');
  });
});
