import { readFileSync } from 'node:fs';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { athenaNotifications, athenaPacket } from '../../test/fakes/athena.ts';
import { chunksOf } from '../../test/fakes/fake.ts';
import type { Chunk } from '../link.ts';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { visitAthena } from './athena-packet.ts';
import { museAthena } from './muse-athena.ts';

const recording = (name: string) => new URL(`../../test/recordings/muse-athena/${name}`, import.meta.url);

/** A capture of OpenMuse: time, characteristic, hex. */
const capture = (name: string): Chunk[] => {
  const lines = readFileSync(recording(name), 'utf8').trim().split('\n');
  const start = Date.parse(`${lines[0]!.slice(0, 23)}Z`);
  return lines.map((line) => {
    const [time, endpoint, hex] = line.split('\t');
    return {
      endpoint: endpoint!,
      arrivedAt: (Date.parse(`${time!.slice(0, 23)}Z`) - start) / 1000,
      bytes: Uint8Array.from(Buffer.from(hex!, 'hex')),
    };
  });
};

/** A recording of amused-py: 29 bytes of header, then u16 number, u32 ms, u8, u16 length, notification. */
const amused = (): Chunk[] => {
  const file = readFileSync(recording('amused.bin'));
  const chunks: Chunk[] = [];
  for (let at = 29; at < file.length; ) {
    const length = file.readUInt16LE(at + 7);
    const bytes = Uint8Array.from(file.subarray(at + 9, at + 9 + length));
    chunks.push({ endpoint: '273e0013-4c4d-454d-96be-f03bac821358', arrivedAt: file.readUInt32LE(at + 2) / 1000, bytes });
    at += 9 + length;
  }
  return chunks;
};

/** What a capture consists of: unexplained bytes, steps of packet and block counters that are not 1, blocks by tag, time by the device. */
const survey = (chunks: readonly Chunk[]) => {
  const found = { unexplained: 0, jumps: 0, blocks: {} as Record<string, number>, firstClock: Number.NaN, lastClock: Number.NaN };
  const last: Record<number, number> = {};
  let lastIndex = -1;
  for (const { bytes } of chunks) {
    visitAthena(bytes, {
      packet: (index, clock) => {
        if (lastIndex >= 0 && index !== (lastIndex + 1) % 65536) found.jumps++;
        lastIndex = index;
        if (Number.isNaN(found.firstClock)) found.firstClock = clock;
        found.lastClock = clock;
      },
      block: (tag, counter) => {
        if (last[tag] !== undefined && counter !== (last[tag] + 1) % 256) found.jumps++;
        last[tag] = counter;
        const name = tag.toString(16);
        found.blocks[name] = (found.blocks[name] ?? 0) + 1;
      },
      unexplained: (_, bytes) => {
        found.unexplained += bytes;
      },
    });
  }
  return found;
};

const decode = (chunks: readonly Chunk[], given: string | Record<string, unknown>) => {
  const options = typeof given === 'string' ? { preset: given } : given;
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(chunks)
    .pipe(museAthena.create(options).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  const samples = (id: string) => blocks.filter(({ signal }) => signal.id === id).reduce((sum, block) => sum + nTimesOf(block), 0);
  return { blocks, reports, samples };
};

describe.each([
  ['p20.txt', capture('p20.txt'), { 11: 511, 47: 138, 53: 40, 98: 8 }],
  ['p1041.txt', capture('p1041.txt'), { 12: 542, 36: 258, 47: 73, 53: 21, 98: 3 }],
  ['amused.bin', amused(), { 11: 128, 35: 63, 47: 33, 53: 10 }],
] as const)('the capture %s', (_, chunks, blocks) => {
  it('has no unexplained byte, and all its counters are contiguous', () => {
    const found = survey(chunks);
    expect(found.unexplained).toBe(0);
    expect(found.jumps).toBe(0);
    expect(found.blocks).toEqual(blocks);
  });

  it('has a millisecond clock that runs as the arrivals do', () => {
    const { firstClock, lastClock } = survey(chunks);
    expect((lastClock - firstClock) / 1000 / chunks.at(-1)!.arrivedAt).toBeCloseTo(1, 1);
  });
});

describe('the decoded captures', () => {
  it('p20: every EEG and motion sample, no gap, battery', () => {
    const { samples, reports, blocks } = decode(capture('p20.txt'), 'p20');
    expect(samples('eeg')).toBe(511 * 4);
    expect(samples('acceleration')).toBe(138 * 3);
    expect(reports.every(({ kind }) => kind === 'battery' || kind === 'saturation')).toBe(true);
    expect(reports.find(({ kind }) => kind === 'battery')).toMatchObject({ fraction: expect.closeTo(0.8934, 4) as number });
    const { data } = blocks.find(({ signal }) => signal.id === 'acceleration')!;
    const n = data.length / 3;
    expect(Math.hypot(data[0]!, data[n]!, data[2 * n]!)).toBeCloseTo(1, 1); // at rest: 1 g
  });

  it('p1041: eight lines of EEG and sixteen of optics', () => {
    const { samples, reports } = decode(capture('p1041.txt'), 'p1041');
    expect(samples('eeg')).toBe(542 * 2);
    expect(samples('optics')).toBe(258);
    expect(reports.filter(({ kind }) => kind !== 'battery' && kind !== 'saturation')).toEqual([]);
  });

  it('amused.bin: four lines of EEG with eight of optics, as the options say', () => {
    const { samples, reports } = decode(amused(), { preset: 'p1034', eeg: 4 });
    expect(samples('eeg')).toBe(128 * 4);
    expect(samples('optics')).toBe(63 * 2);
    expect(reports).toEqual([{ kind: 'saturation', signal: 'eeg', channel: 'TP10', atSec: 0 }]);
  });

  it('amused.bin: blocks the preset should not have are told of once', () => {
    const { samples, reports } = decode(amused(), { preset: 'p1034' });
    expect(samples('eeg')).toBe(0);
    expect(samples('optics')).toBe(63 * 2);
    const text = 'sends blocks 0x11, which preset p1034 should not have: they are left out (options eeg, optics)';
    expect(reports).toEqual([{ kind: 'device-text', device: 'muse-athena', text }]);
  });

  it('the first EEG sample, by hand: 14 bits, least significant first', () => {
    // d7 0000 bb42d5899301 47 00 ab0200 | 36 bytes of motion | 11 00 603701 | ffbfe98aac38…
    const { blocks } = decode(capture('p20.txt').slice(0, 1), 'p20');
    const eeg = blocks.find(({ signal }) => signal.id === 'eeg')!;
    const n = nTimesOf(eeg);
    const first = [0xbfff & 0x3fff, ((0xbf >> 6) | (0xe9 << 2) | (0x8a << 10)) & 0x3fff];
    expect([eeg.data[0], eeg.data[n]]).toEqual(first.map((raw) => ((raw - 8192) * 1450) / 16383));
  });
});

describe('notifications', () => {
  it('mean the same with several packets in one', () => {
    const fake = athenaNotifications('p1035');
    const chunks = chunksOf(fake, fake.units(64, 3));
    const one = chunks.flatMap((chunk, i) => {
      if (i % 2 === 1) return [];
      return [{ ...chunk, bytes: Buffer.concat([chunk.bytes, chunks[i + 1]?.bytes ?? new Uint8Array()]) }];
    });
    const values = (given: readonly Chunk[]) => {
      const { blocks } = decode(given, 'p1035');
      return blocks
        .filter(({ signal }) => signal.id === 'eeg')
        .flatMap(({ data, signal }) => {
          const n = data.length / signal.montage.channels.length;
          return Array.from({ length: n }, (_, t) => data[t]!);
        });
    };
    expect(values(one)).toEqual(values(chunks));
    expect(values(one)).toHaveLength(64 * 8);
  });

  it('are explained as far as they can be: a new tag ends the packet, not the next one', () => {
    const eeg = { tag: 0x11, counter: 0, payload: new Array<number>(28).fill(0x2a) };
    const unknown = { tag: 0x77, counter: 0, payload: [1, 2, 3] };
    const bytes = Uint8Array.from([...athenaPacket(0, 0, [eeg, unknown]), ...athenaPacket(1, 0, [{ ...eeg, counter: 1 }])]);
    const { samples, reports } = decode([{ endpoint: '273e0013-4c4d-454d-96be-f03bac821358', arrivedAt: 0, bytes }], 'p21');
    expect(samples('eeg')).toBe(8);
    expect(reports).toEqual([{ kind: 'bad-frame', device: 'muse-athena', reason: 'syntax', bytes: 8 }]);
  });

  it('with a new battery block take it to the end of the packet', () => {
    const block = { tag: 0x88, counter: 0, payload: [0x00, 0x32, ...new Array<number>(198).fill(9)] };
    const bytes = Uint8Array.from(athenaPacket(0, 0, [block]));
    const { reports } = decode([{ endpoint: '273e0013-4c4d-454d-96be-f03bac821358', arrivedAt: 0, bytes }], 'p21');
    expect(reports).toEqual([{ kind: 'battery', device: 'muse-athena', fraction: 0.5 }]);
  });
});

it('starts with dc001 said twice', () => {
  const said = museAthena.create({ preset: 'p1034' }).wire.start.map(({ bytes }) => Buffer.from(bytes.subarray(1, -1)).toString());
  expect(said).toEqual(['v6', 's', 'h', 'p1034', 's', 'dc001', 'dc001', 'L1', 's']);
});
