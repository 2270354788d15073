import { createRequire } from 'node:module';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { cytonFrame } from '../../test/fakes/cyton.ts';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { random } from '../wearer/random.ts';
import { openbciCyton } from './openbci-cyton.ts';

const decoded = (chunks: readonly (readonly number[])[], options = {}) => {
  const device = openbciCyton.create(options);
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(chunks.map((bytes, i) => ({ endpoint: '', arrivedAt: 1 + 0.04 * i, bytes: Uint8Array.from(bytes) })))
    .pipe(device.decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  const of = (id: string) => blocks.filter(({ signal }) => signal.id === id);
  return { eeg: of('eeg'), acceleration: of('acceleration'), reports };
};

/** Channel `c` of all blocks, one after the other. */
const channel = (blocks: readonly SampleBlock[], c: number): number[] =>
  blocks.flatMap((block) => [...block.data.subarray(c * nTimesOf(block), (c + 1) * nTimesOf(block))]);

const flat = new Array<number>(8).fill(0);
const withAux = (number: number, footer: number, aux: readonly number[]) => [...cytonFrame(number, flat).slice(0, 26), ...aux, footer];

interface Oracle {
  samplePacketReal(number: number): Buffer;
  parsePacketStandardAccel(o: object): { channelData: number[]; accelData: number[]; sampleNumber: number };
}
const { utilities: oracle, constants } = createRequire(import.meta.url)('@openbci/utilities') as {
  utilities: Oracle;
  constants: { channelSettingsArrayInit(n: number): object[] };
};

describe('openbci-cyton', () => {
  it('decodes what OpenBCI’s own parser decodes, to the last digit', () => {
    const { normal } = random(1, 'oracle');
    const frames = Array.from({ length: 300 }, (_, k) => {
      const counts = Array.from({ length: 8 }, () => Math.max(-(2 ** 23), Math.min(2 ** 23 - 1, Math.round(2e6 * normal()))));
      return [...cytonFrame(k, counts).slice(0, 26), 0x10, k & 0xff, 0xf0, 0x01, 0x00, k & 0xff, 0xc0];
    });
    const { eeg, acceleration } = decoded([frames.flat()]);
    const theirs = frames.map((frame) =>
      oracle.parsePacketStandardAccel({
        rawDataPacket: Buffer.from(frame),
        channelSettings: constants.channelSettingsArrayInit(8),
        scale: true,
        lastSampleNumber: 0,
      }),
    );
    for (let c = 0; c < 8; c++) {
      const microvolts = theirs.map(({ channelData }) => channelData[c]! * 1e6);
      expect(channel(eeg, c)).toEqual(microvolts.map((value) => expect.closeTo(value, 6)));
    }
    for (let axis = 0; axis < 3; axis++) {
      expect(channel(acceleration, axis)).toEqual(theirs.map(({ accelData }) => expect.closeTo(accelData[axis]!, 9)));
    }
  });

  it('a count is 0.02235 µV at gain 24 and 24 times that at gain 1; the board is told the gain', () => {
    const one = cytonFrame(0, [1, -1, ...flat.slice(2)]);
    expect(channel(decoded([one]).eeg, 0)[0]).toBeCloseTo(0.02235174, 8);
    expect(channel(decoded([one]).eeg, 1)[0]).toBeCloseTo(-0.02235174, 8);
    const gain = '1,24,24,24,24,24,24,24';
    expect(channel(decoded([one], { gain }).eeg, 0)[0]).toBeCloseTo(24 * 0.02235174, 6);
    expect(channel(decoded([one], { gain }).eeg, 1)[0]).toBeCloseTo(-0.02235174, 8);
    const said = (options: object) => openbciCyton.create({ ...options }).wire.start.map(({ bytes }) => Buffer.from(bytes).toString());
    expect(said({})).toEqual(['s', 'd', 'b']);
    expect(said({ gain })).toEqual(['s', 'd', 'x1000110X', 'b']);
    expect(said({ gain: 12 })).toContain('x8050110X');
  });

  it('holds acceleration between measurements and gives none before the first', () => {
    const frames = [
      withAux(0, 0xc0, [0, 0, 0, 0, 0, 0]),
      withAux(1, 0xc0, [0x1f, 0x40, 0, 8, 0xff, 0xf8]),
      withAux(2, 0xc0, [0, 0, 0, 0, 0, 0]),
      withAux(3, 0xc1, [9, 9, 9, 9, 9, 9]),
    ];
    const { acceleration, eeg } = decoded([frames.flat()]);
    expect(acceleration).toHaveLength(1);
    expect(acceleration[0]!.firstSample).toBe(1);
    expect(acceleration[0]!.tmin).toBeCloseTo(eeg[0]!.tmin + 0.004, 9);
    expect([...acceleration[0]!.data]).toEqual([1, 1, 1, 0.001, 0.001, 0.001, -0.001, -0.001, -0.001]);
  });

  it('reads the axes of time-stamped frames by sample number, as the firmware sends them', () => {
    const frames = [7, 8, 9].map((number) => withAux(number, 0xc4, [0, 8 * (number - 6), 0, 0, 1, 0]));
    const { acceleration } = decoded([frames.flat()]);
    expect([...acceleration.at(-1)!.data]).toEqual([0.001, 0.002, 0.003]);
    expect(acceleration.at(-1)!.firstSample).toBe(2);
  });

  it('emits one block a chunk, not one a sample', () => {
    const frames = Array.from({ length: 20 }, (_, k) => cytonFrame(k, flat));
    const { eeg } = decoded([frames.slice(0, 12).flat(), frames.slice(12).flat()]);
    expect(eeg.map(nTimesOf)).toEqual([12, 8]);
  });

  it('one bad footer loses one sample', () => {
    const frames = Array.from({ length: 50 }, (_, k) => cytonFrame(k, [k + 1, ...flat.slice(1)]));
    frames[20]![32] = 0x55;
    const { eeg, reports } = decoded([frames.flat()]);
    expect(channel(eeg, 0).map((value) => Math.round(value / 0.02235174))).toEqual(
      Array.from({ length: 50 }, (_, k) => k + 1).filter((k) => k !== 21),
    );
    expect(reports.filter(({ kind }) => kind === 'gap')).toMatchObject([{ lost: 1, exact: true, beforeSample: 21 }]);
    expect(reports.filter(({ kind }) => kind === 'bad-frame')).toMatchObject([{ reason: 'sync', bytes: 33 }]);
  });

  it('start bytes inside the payload do not mislead it', () => {
    const tricky = Array.from({ length: 300 }, (_, k) => cytonFrame(k, new Array<number>(8).fill(0xa0c0a0 - 2 ** 24)));
    const { eeg, reports } = decoded([[0xa0, 0xc0, ...tricky.flat()]]);
    expect(channel(eeg, 0)).toHaveLength(300);
    expect(reports.filter(({ kind }) => kind === 'gap')).toEqual([]);
  });

  it('measures impedance by the amplitude of the test tone, also with samples lost', () => {
    const tone = (kiloohm: number, n: number) =>
      (6e-9 * (1000 * kiloohm + 2200) * 1e6 * Math.sin((2 * Math.PI * 31.2 * n) / 250 + 1)) / (4.5e6 / 24 / (2 ** 23 - 1));
    const kiloohms = [0, 1, 5, 10, 20, 50, 100, 750];
    const frames = Array.from({ length: 520 }, (_, n) =>
      cytonFrame(
        n % 256,
        kiloohms.map((kiloohm) => Math.round(tone(kiloohm, n))),
      ),
    );
    const measured = (kept: typeof frames) =>
      decoded(
        kept.map((frame) => [...frame]),
        { impedance: true },
      ).reports.flatMap((report) => (report.kind === 'impedance' ? [report] : []));
    const whole = measured(frames);
    expect(whole).toHaveLength(16);
    expect(whole[7]).toMatchObject({ signal: 'eeg', channel: 'O2' });
    for (const [i, { kiloohm }] of whole.entries())
      expect(Math.abs(kiloohm - kiloohms[i % 8]!)).toBeLessThan(0.05 + 0.01 * kiloohms[i % 8]!);
    const holed = measured(frames.filter((_, n) => n % 50 !== 7)).slice(0, 8);
    for (const [i, { kiloohm }] of holed.entries()) expect(Math.abs(kiloohm - kiloohms[i]!)).toBeLessThan(0.3 + 0.05 * kiloohms[i]!);
  });

  it('switches the test current on before streaming and off after it', () => {
    const said = (commands: readonly { readonly bytes: Uint8Array }[]) => commands.map(({ bytes }) => Buffer.from(bytes).toString());
    const { wire } = openbciCyton.create({ impedance: true });
    expect(said(wire.start)).toEqual(['s', 'd', ...[1, 2, 3, 4, 5, 6, 7, 8].map((c) => `z${c}01Z`), 'b']);
    expect(said(wire.stop)).toEqual(['s', ...[1, 2, 3, 4, 5, 6, 7, 8].map((c) => `z${c}00Z`)]);
  });

  it('tells what the board says in words', () => {
    const banner = Buffer.from('updating channel settings to default$$$');
    const { reports } = decoded([[...banner, ...cytonFrame(0, flat), ...cytonFrame(1, flat)]]);
    expect(reports).toEqual([{ kind: 'device-text', device: 'openbci-cyton', text: 'updating channel settings to default' }]);
  });

  it('tells of a railed electrode once, until it has been back for a second', () => {
    const railed = 2 ** 23 - 1;
    const toldOf = (counts: readonly number[]) =>
      decoded(counts.map((count, i) => [...cytonFrame(i % 256, [0, 0, count, ...flat.slice(3)])])).reports.filter(
        ({ kind }) => kind === 'saturation',
      );
    const back = (nFrames: number) => new Array<number>(nFrames).fill(5);
    expect(toldOf([railed, railed, ...back(249), -(2 ** 23)])).toMatchObject([{ channel: 'C3' }]);
    expect(toldOf([railed, railed, ...back(250), -(2 ** 23)])).toMatchObject([{ channel: 'C3' }, { channel: 'C3' }]);
  });

  it.each([
    [{ channels: 'A,B' }, /8 different channel names/],
    [{ gain: 5 }, /one number or 8 numbers out of 1, 2, 4, 6, 8, 12, 24, got 5/],
    [{ gian: 24 }, /no option 'gian'.*Did you mean 'gain'\?/],
  ])('refuses %o', (options, message) => expect(() => openbciCyton.create(options)).toThrow(message));
});
