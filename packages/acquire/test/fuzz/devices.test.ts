import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { config, from, Subject } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devices } from '../../src/devices/index.ts';
import { findDevice } from '../../src/find-device.ts';
import type { Chunk } from '../../src/link.ts';
import type { Report } from '../../src/report.ts';
import { nTimesOf } from '../../src/signal.ts';
import { type Random, random } from '../../src/wearer/random.ts';
import { chunksOf, type Fake } from '../fakes/fake.ts';
import { fakes } from '../fakes/index.ts';

/**
 * Mutated input, seeded: 1,000 streams a decoder in the fast suite, 100,000 where AFFECT_FUZZ is set. A decoder may refuse and report, but not
 * throw, hang, give what is no number, or give more than it was sent.
 */
const inputsPerDecoder = process.env.AFFECT_FUZZ === undefined ? 1000 : 100_000;
const maxMilliseconds = 100;

const thrown: unknown[] = [];
const before = config.onUnhandledError;
beforeAll(() => {
  config.onUnhandledError = (error) => thrown.push(error); // what a decoder throws, RxJS throws from a timer
});
afterAll(() => {
  config.onUnhandledError = before;
});
const settled = () => new Promise((resolve) => setTimeout(resolve));

const pick = <T>({ uniform }: Random, list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!;
const byte = ({ uniform }: Random) => Math.floor(uniform() * 256);
/** Bytes that mean something to one protocol or another. */
const telling = [0x00, 0x01, 0x02, 0x0a, 0x2c, 0x7b, 0x7d, 0x7f, 0x80, 0x8a, 0xa0, 0xaa, 0xc0, 0xff];

const mutations: readonly ((chunk: Chunk, dice: Random, all: readonly Chunk[]) => Chunk[])[] = [
  (chunk, dice) => [
    { ...chunk, bytes: chunk.bytes.map((value) => (dice.uniform() < 0.1 ? value ^ (1 << Math.floor(dice.uniform() * 8)) : value)) },
  ],
  (chunk, dice) => [{ ...chunk, bytes: chunk.bytes.map((value) => (dice.uniform() < 0.2 ? pick(dice, telling) : value)) }],
  (chunk, dice) => [{ ...chunk, bytes: chunk.bytes.slice(0, Math.floor(dice.uniform() * (chunk.bytes.length + 1))) }],
  (chunk, dice) => [{ ...chunk, bytes: chunk.bytes.slice(Math.floor(dice.uniform() * (chunk.bytes.length + 1))) }],
  (chunk, dice) => [{ ...chunk, bytes: Uint8Array.from({ length: Math.floor(dice.uniform() * 300) }, () => byte(dice)) }],
  (chunk, dice) => {
    const at = Math.floor(dice.uniform() * chunk.bytes.length);
    const more = Uint8Array.from({ length: 1 + Math.floor(dice.uniform() * 8) }, () => byte(dice));
    return [{ ...chunk, bytes: Buffer.concat([chunk.bytes.subarray(0, at), more, chunk.bytes.subarray(at)]) }];
  },
  () => [],
  (chunk) => [chunk, chunk],
  (chunk, dice, all) => [pick(dice, all), chunk],
  (chunk, dice, all) => [{ ...chunk, endpoint: pick(dice, all).endpoint }],
  (chunk, dice) => [{ ...chunk, arrivedAt: chunk.arrivedAt + pick(dice, [-5, 0.3, 2, 70, 1e6]) }],
  (chunk, dice, all) => [{ ...chunk, bytes: Buffer.concat([chunk.bytes, pick(dice, all).bytes]) }],
];

const mutated = (chunks: readonly Chunk[], dice: Random): Chunk[] => {
  const share = dice.uniform() * 0.6;
  return chunks.flatMap((chunk) => (dice.uniform() < share ? pick(dice, mutations)(chunk, dice, chunks) : [chunk]));
};

describe.each(devices.map(({ name }) => name).filter((name) => fakes.some(({ device }) => device === name)))('%s', (name) => {
  const variants = fakes.filter(({ device }) => device === name);

  it(`survives ${inputsPerDecoder} mutated inputs`, { timeout: 3_600_000 }, async () => {
    const dice = random(1, `fuzz ${name}`);
    const plays = variants.map((fake) => ({
      fake,
      chunks: chunksOf(fake, fake.units(12, 1)),
      device: findDevice(name).create(fake.options),
    }));
    let blocks = 0;
    for (let round = 0; round < inputsPerDecoder; round++) {
      const { chunks, device } = plays[round % plays.length]!;
      const input = mutated(chunks, dice);
      const bytes = input.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
      const wrong: string[] = [];
      let samples = 0;
      let failed: unknown;
      const decode = () => {
        const next = new Map<string, number>();
        samples = 0;
        const start = performance.now();
        from(input)
          .pipe(
            device.decode((report: Report) => {
              if (report.kind === 'gap' && !(report.lost > 0)) wrong.push(`a gap of ${report.lost}`);
            }),
          )
          .subscribe({
            next: (block) => {
              blocks++;
              samples += nTimesOf(block);
              if (!block.data.every(Number.isFinite) || !Number.isFinite(block.tmin)) wrong.push('what is no number');
              if (!device.signals.includes(block.signal)) wrong.push('a signal not declared');
              if (!(block.firstSample >= (next.get(block.signal.id) ?? 0)))
                wrong.push(`sample ${block.firstSample} of ${block.signal.id} again`);
              next.set(block.signal.id, block.firstSample + nTimesOf(block));
            },
            error: (error) => {
              failed = error;
            },
          });
        return performance.now() - start;
      };
      // a machine that does something else for a while is not a decoder that hangs: what is slow must be slow again
      let took = decode();
      for (let again = 0; took > maxMilliseconds && again < 5; again++) took = Math.min(took, decode());
      if (took > maxMilliseconds) wrong.push(`${took} ms`);
      if (samples > 2 * bytes + 8) wrong.push(`${samples} samples of ${bytes} bytes`);
      if (wrong.length > 0 || failed !== undefined) expect({ round, wrong, failed }).toEqual({ round, wrong: [], failed: undefined });
    }
    await settled();
    expect(thrown).toEqual([]);
    expect(blocks).toBeGreaterThan(0);
  });

  it('keeps nothing of what went by', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const fake: Fake = variants[0]!;
    const dice = random(2, `fuzz ${name}`);
    const units = fake.units(200, 3);
    const device = findDevice(name).create(fake.options);
    const source = new Subject<Chunk>();
    let given = 0;
    source.pipe(device.decode(() => {})).subscribe(() => given++);
    const play = (turn: number) => {
      for (const chunk of mutated(chunksOf(fake, units, 10 + turn * 200 * fake.unitSec), dice)) source.next(chunk);
    };
    for (let turn = 0; turn < 5; turn++) play(turn);
    collect();
    const heap = process.memoryUsage().heapUsed;
    for (let turn = 5; turn < 45; turn++) play(turn);
    collect();
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(3e6);
    await settled();
    expect(thrown).toEqual([]);
    expect(given).toBeGreaterThan(0);
  });
});
