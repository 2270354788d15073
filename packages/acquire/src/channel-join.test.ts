import { describe, expect, it } from 'vitest';
import { channelJoin } from './channel-join.ts';
import { random } from './wearer/random.ts';

const modulus = 64;

/** A join of three channels of two samples, fed with (channel, number); the samples say where they are from. */
const play = (packets: readonly (readonly [channel: number, at: number])[], { patience = 4, deadAfter = 10 } = {}) => {
  const joined: { number: number; rows: number[] }[] = [];
  const changes: [number, boolean][] = [];
  const { place, settle } = channelJoin({
    ...{ nChannels: 3, nTimes: 2, modulus, patience, deadAfter },
    joined: (number, data) => joined.push({ number, rows: [...data] }),
    changed: (channel, alive) => changes.push([channel, alive]),
  });
  for (const [channel, at] of packets) {
    const slot = place(channel, at % modulus);
    if (slot === undefined) continue;
    for (let t = 0; t < 2; t++) slot.data[slot.offset + t] = 1000 * (channel + 1) + (at % modulus) + t / 2;
    settle();
  }
  return { joined, changes };
};

const rowsOf = (number: number, dead: readonly number[] = []) =>
  [0, 1, 2].flatMap((c) => (dead.includes(c) ? [0, 0] : [1000 * (c + 1) + number, 1000 * (c + 1) + number + 0.5]));

describe('a join', () => {
  it('gives each packet that all channels have once, in order, with its own samples; whatever else is lost', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { uniform } = random(seed, 'join');
      const loss = uniform() * 0.4;
      const has = Array.from({ length: 150 }, () => [0, 1, 2].map(() => uniform() >= loss));
      const packets = has.flatMap((channels, at) => [0, 1, 2].filter((c) => channels[c]).map((c) => [c, at] as const));
      const { joined, changes } = play(packets, { deadAfter: 1000 });
      const first = packets[0]![1];
      const whole = has.flatMap((channels, at) => (at >= first && channels.every(Boolean) ? [at % modulus] : []));
      const given = joined.map(({ number }) => number);
      expect(given).toEqual(whole.slice(0, given.length));
      expect(whole.length - given.length).toBeLessThanOrEqual(1); // the last may still be waiting
      for (const { number, rows } of joined) expect(rows).toEqual(rowsOf(number));
      expect(changes).toEqual([]);
    }
  });

  it('gives the packets since a channel died with a row of zeros, each with its own samples', () => {
    const packets = Array.from({ length: 60 }, (_, at) => [0, 1, 2].filter((c) => c !== 1 || at < 20).map((c) => [c, at] as const)).flat();
    const { joined, changes } = play(packets);
    expect(changes).toEqual([[1, false]]);
    for (const { number, rows } of joined) expect(rows).toEqual(rowsOf(number, number < 20 ? [] : [1]));
    expect(joined.map(({ number }) => number).filter((number) => number >= 30)).toEqual(Array.from({ length: 30 }, (_, k) => 30 + k));
  });

  it('takes a channel that lags behind by less than its patience', () => {
    const packets = Array.from({ length: 40 }, (_, at) => [[0, at], [1, at], ...(at >= 3 ? [[2, at - 3]] : [])] as const).flat() as [
      number,
      number,
    ][];
    const { joined } = play(packets);
    expect(joined.map(({ number }) => number)).toEqual(Array.from({ length: 37 }, (_, k) => k));
  });

  it('is not stuck by a jump of the number, forwards or back', () => {
    const run = (from: number) => Array.from({ length: 5 }, (_, k) => [0, 1, 2].map((c) => [c, from + k] as const)).flat();
    const { joined } = play([...run(0), ...run(25), ...run(10), ...run(40)]);
    expect(joined.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 25, 26, 27, 28, 29, 10, 11, 12, 13, 14, 40, 41, 42, 43, 44]);
  });
});
