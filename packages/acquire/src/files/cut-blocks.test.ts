import { describe, expect, it } from 'vitest';
import { nTimesOf, type SampleBlock, type Signal } from '../signal.ts';
import { type Cut, cutBlocks, repeatedBlocks, turnLengthSec } from './cut-blocks.ts';

const eeg: Signal = { kind: 'eeg', unit: 'µV', id: 'eeg', sfreq: 10, montage: { channels: ['Fp1', 'O1'], reference: 'A1' } };
const beats: Signal = { kind: 'inter-beat', unit: 's', id: 'beats', sfreq: 0, montage: { channels: ['IBI'], reference: 'n/a' } };

/** `seconds` blocks of a second of a ramp in two channels, and a beat in the middle of each. */
async function* ramp(seconds: number): AsyncGenerator<SampleBlock> {
  for (let s = 0; s < seconds; s++) {
    yield { signal: beats, firstSample: s, tmin: s + 0.5, arrivedAt: s + 0.5, data: Float64Array.of(s) };
    const data = Float64Array.from({ length: 20 }, (_, i) => (i < 10 ? s * 10 + i : -(s * 10 + i - 10)));
    yield { signal: eeg, firstSample: s * 10, tmin: s, arrivedAt: s + 1, data };
  }
}
const all = async (blocks: AsyncIterable<SampleBlock>): Promise<SampleBlock[]> => {
  const taken: SampleBlock[] = [];
  for await (const block of blocks) taken.push(block);
  return taken;
};
const rows = (blocks: readonly SampleBlock[]) =>
  blocks
    .filter(({ signal }) => signal === eeg)
    .flatMap((block) =>
      Array.from({ length: nTimesOf(block) }, (_, t) => [
        block.firstSample + t,
        Number((block.tmin + t / 10).toFixed(6)),
        block.data[t]!,
        block.data[nTimesOf(block) + t]!,
      ]),
    );

describe('a cut', () => {
  const cut = (of: Cut) => all(cutBlocks(ramp(5), of));

  it('takes the samples from its beginning on and leaves the one at its end', async () => {
    const kept = rows(await cut({ fromSec: 1.25, toSec: 3.5 }));
    expect(kept[0]).toEqual([13, 1.3, 13, -13]);
    expect(kept.at(-1)).toEqual([34, 3.4, 34, -34]);
    expect(kept).toHaveLength(22);
  });

  it('of everything hands the blocks on as they are', async () => expect(await cut({})).toEqual(await all(ramp(5))));

  it('takes irregular samples by their own times', async () => {
    const kept = (await cut({ fromSec: 1.5, toSec: 3.5 })).filter(({ signal }) => signal === beats);
    expect(kept.map(({ tmin }) => tmin)).toEqual([1.5, 2.5]);
  });

  it('at a sample’s very time takes it, whatever rounding does', async () => {
    for (let s = 0; s < 40; s++) expect(rows(await cut({ fromSec: s / 10 }))[0]![0]).toBe(s);
  });

  it('reads no further than half a minute behind its end', async () => {
    let read = 0;
    async function* long() {
      for await (const block of ramp(1000)) {
        read++;
        yield block;
      }
    }
    await all(cutBlocks(long(), { toSec: 2 }));
    expect(read).toBeLessThan(80);
  });
});

describe('repeated blocks', () => {
  it('lie whole seconds apart, with a hole of at least a second, and samples follow the time', async () => {
    const blocks = await all(repeatedBlocks(() => ramp(3), 3));
    const found = rows(blocks);
    const once = rows(await all(ramp(3)));
    expect(turnLengthSec(0, 3)).toBe(4);
    expect(found).toEqual(
      [0, 4, 8].flatMap((sec) => once.map(([i, time, a, b]) => [i! + sec * 10, Number((time! + sec).toFixed(6)), a, b])),
    );
    for (let i = 1; i < blocks.length; i++) expect(blocks[i]!.arrivedAt).toBeGreaterThanOrEqual(blocks[i - 1]!.arrivedAt);
  });

  it('of a device that sends more samples than its rate promises do not count back', async () => {
    async function* fast(): AsyncGenerator<SampleBlock> {
      for (let s = 0; s < 20; s++) yield { signal: eeg, firstSample: 100 + 11 * s, tmin: s, arrivedAt: s + 1, data: new Float64Array(22) };
    }
    const blocks = await all(repeatedBlocks(fast, 3));
    const holes = blocks.map(({ firstSample }, i) => firstSample - (i === 0 ? 100 : blocks[i - 1]!.firstSample + 11));
    expect(holes.filter((hole) => hole !== 0)).toEqual([10, 10]);
  });

  it('of nothing end at once, however often', async () =>
    expect(await all(repeatedBlocks(() => ramp(0), Number.POSITIVE_INFINITY))).toEqual([]));
});
