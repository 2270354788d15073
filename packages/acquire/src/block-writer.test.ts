import { describe, expect, it } from 'vitest';
import { blockWriter } from './block-writer.ts';
import type { SampleClock } from './clock.ts';
import type { AccelerationSignal, EegSignal, SampleBlock } from './signal.ts';

const eeg: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 10, montage: { channels: ['A', 'B'], reference: 'R' } };
const acceleration: AccelerationSignal = {
  id: 'acceleration',
  kind: 'acceleration',
  unit: 'g',
  sfreq: 10,
  montage: { channels: ['x'], reference: 'n/a' },
};

/** A clock that counts and remembers what it was asked. */
const countingClock = () => {
  const asked: (readonly [number, number, number | undefined] | string)[] = [];
  let next = 0;
  const clock: SampleClock = {
    place: (nTimes, arrivedAt, counter) => {
      asked.push([nTimes, arrivedAt, counter]);
      const firstSample = next;
      next += nTimes;
      return { firstSample, tmin: firstSample / 10 };
    },
    skip: (lost, exact) => {
      asked.push(`skip ${lost} ${exact}`);
      next += lost;
    },
  };
  return { clock, asked };
};

const flushed = (writer: ReturnType<typeof blockWriter>, arrivedAt = 5) => {
  const blocks: SampleBlock[] = [];
  writer.flush(arrivedAt, (block) => blocks.push(block));
  return blocks;
};

describe('blockWriter', () => {
  it('turns rows into channel-major blocks, one for each signal', () => {
    const { clock, asked } = countingClock();
    const writer = blockWriter([eeg, acceleration], clock);
    writer.add([1, 10, 0.1]);
    writer.add([2, 20, 0.2]);
    expect(flushed(writer)).toEqual([
      { signal: eeg, firstSample: 0, tmin: 0, arrivedAt: 5, data: Float64Array.of(1, 2, 10, 20) },
      { signal: acceleration, firstSample: 0, tmin: 0, arrivedAt: 5, data: Float64Array.of(0.1, 0.2) },
    ]);
    expect(asked).toEqual([[2, 5, undefined]]);
    expect(flushed(writer)).toEqual([]);
  });

  it('begins a new block where the counter jumps, and none where it wraps', () => {
    const { clock, asked } = countingClock();
    const writer = blockWriter([eeg], clock, { modulus: 4 });
    for (const counter of [2, 3, 0, 2, 3]) writer.add([counter, 0], counter);
    expect(flushed(writer).map(({ data }) => data.length / 2)).toEqual([3, 2]);
    expect(asked).toEqual([
      [3, 5, 2],
      [2, 5, 2],
    ]);
  });

  it('copies the row: it may be used again', () => {
    const writer = blockWriter([eeg], countingClock().clock);
    const row = new Float64Array(2);
    for (let t = 0; t < 300; t++) {
      row[0] = t;
      writer.add(row);
    }
    expect([...flushed(writer)[0]!.data.subarray(0, 300)]).toEqual(Array.from({ length: 300 }, (_, t) => t));
  });

  it('leaves out samples of a signal that was not measured yet, and the signal while there is none', () => {
    const writer = blockWriter([eeg, acceleration], countingClock().clock);
    writer.add([1, 1, Number.NaN]);
    expect(flushed(writer).map(({ signal }) => signal.id)).toEqual(['eeg']);
    writer.add([2, 2, Number.NaN]);
    writer.add([3, 3, 0.5]);
    expect(flushed(writer)[1]).toMatchObject({ signal: acceleration, firstSample: 2, tmin: 0.2, data: Float64Array.of(0.5) });
  });

  it('leaves a hole for what is lost, also where it is lost before the next chunk', () => {
    const { clock, asked } = countingClock();
    const writer = blockWriter([eeg], clock);
    writer.add([1, 1]);
    writer.lose();
    writer.lose(2, false);
    expect(flushed(writer)).toHaveLength(1);
    writer.add([2, 2]);
    expect(flushed(writer)[0]!.firstSample).toBe(4);
    expect(asked).toEqual([[1, 5, undefined], 'skip 3 false', [1, 5, undefined]]);
  });
});
