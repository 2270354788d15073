import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FaultyFileSystem, faultyFileSystem } from '../../test/faulty-file-system.ts';
import { everyFault, faults } from '../../test/reliability/file-faults.ts';
import type { Taken } from '../bridge/backlog.ts';
import { longestMessage, type Outbox, type OutboxOptions, openOutbox } from './outbox.ts';

const folder = '/outbox';
const open = (files: FaultyFileSystem, more: Partial<OutboxOptions> = {}): Outbox =>
  openOutbox({ folder, files, syncMs: 0, now: () => 1_800_000_000, ...more });
const message = (n: number, length = 10) => ({ topic: 't', payload: `${n} ${'.'.repeat(length)}` });
const number = ({ payload }: Taken): number => Number(payload.split(' ')[0]);
const pushTo = (outbox: Outbox, from: number, to: number): void => {
  for (let n = from; n < to; n++) outbox.push(message(n));
};
/** Takes and acknowledges everything. */
const drain = (outbox: Outbox): number[] => {
  const numbers: number[] = [];
  for (let taken = outbox.take(); taken !== undefined; taken = outbox.take()) {
    numbers.push(number(taken));
    outbox.acknowledge(taken.id);
  }
  return numbers;
};
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('an outbox', () => {
  test('gives in order what was pushed and keeps what is not acknowledged over a kill', () => {
    const files = faultyFileSystem();
    const first = open(files);
    pushTo(first, 0, 5);
    expect([first.take(), first.take()].map((taken) => number(taken!))).toEqual([0, 1]);
    files.kill();
    expect(drain(open(files))).toEqual(range(0, 5));
  });

  test('what was acknowledged before the last sync is not given again', async () => {
    const files = faultyFileSystem();
    const first = open(files);
    pushTo(first, 0, 5);
    for (let n = 0; n < 3; n++) first.acknowledge(first.take()!.id);
    await first.sync();
    files.kill();
    expect(drain(open(files))).toEqual([3, 4]);
  });

  test('a power cut costs nothing that was pushed before the last sync', async () => {
    const files = faultyFileSystem();
    const first = open(files);
    pushTo(first, 0, 4);
    await first.sync();
    pushTo(first, 4, 8);
    files.cutPower(() => 0);
    const second = open(files);
    pushTo(second, 8, 9);
    expect(drain(second)).toEqual([0, 1, 2, 3, 8]);
  });

  test('a message acknowledged out of turn holds nothing up and is not given again', async () => {
    const files = faultyFileSystem();
    const first = open(files);
    pushTo(first, 0, 3);
    const [a, b, c] = [first.take()!, first.take()!, first.take()!];
    first.acknowledge(b.id);
    first.acknowledge(c.id);
    first.rewind();
    expect(drain(first)).toEqual([0]);
    await first.close();
    expect(a.id).toBeLessThan(b.id);
    expect(drain(open(files))).toEqual([]);
  });

  test('what waited for another run, or for more than ten seconds, is historical; nothing else is', () => {
    const files = faultyFileSystem();
    let now = 1_800_000_000;
    const first = open(files, { now: () => now });
    pushTo(first, 0, 2);
    expect(first.take()!.historical).toBe(false);
    now += 11;
    expect(first.take()!.historical).toBe(true);
    files.kill();
    const second = open(files, { now: () => now });
    pushTo(second, 2, 3);
    expect([second.take(), second.take(), second.take()].map((taken) => taken!.historical)).toEqual([true, true, false]);
  });

  test('is bounded in bytes: the oldest go first and are counted', () => {
    const files = faultyFileSystem();
    const outbox = open(files, { maxBytes: 4096 });
    pushTo(outbox, 0, 500);
    expect(outbox.figures().bytes).toBeLessThanOrEqual(4096);
    const { dropped, depth } = outbox.figures();
    const left = drain(outbox);
    expect(left).toEqual(range(500 - left.length, 500));
    expect(left.length).toBeGreaterThan(40);
    expect({ dropped, depth }).toEqual({ dropped: 500 - left.length, depth: left.length });
  });

  test('is bounded in age, also while nobody takes; a clock that was not set makes nothing old', async () => {
    const files = faultyFileSystem();
    let now = 1_800_000_000;
    const outbox = open(files, { now: () => now, maxAgeSec: 100 });
    pushTo(outbox, 0, 3);
    now += 60;
    pushTo(outbox, 3, 4);
    now += 60;
    expect(drain(outbox)).toEqual([3]);
    expect(outbox.figures().dropped).toBe(3);
    pushTo(outbox, 4, 6);
    now += 101;
    await outbox.sync();
    expect(outbox.figures()).toMatchObject({ depth: 0, dropped: 5, bytes: 0 });
    now = 30;
    pushTo(outbox, 6, 7);
    now = 1_800_000_000;
    expect(drain(outbox)).toEqual([6]);
  });

  test('a message that is too long is dropped and counted, and nothing else', () => {
    const outbox = open(faultyFileSystem());
    pushTo(outbox, 0, 1);
    outbox.push(message(1, longestMessage + 100));
    pushTo(outbox, 2, 3);
    expect(drain(outbox)).toEqual([0, 2]);
    expect(outbox.figures().dropped).toBe(1);
  });

  test('deletes whole segments when they are acknowledged, and all of them on closing', async () => {
    const files = faultyFileSystem();
    const outbox = open(files, { segmentBytes: 512 });
    pushTo(outbox, 0, 100);
    expect([...files.contents.keys()].length).toBeGreaterThan(5);
    drain(outbox);
    await outbox.sync();
    expect([...files.contents.keys()].filter((path) => path.endsWith('.log')).length).toBe(1);
    await outbox.close();
    expect([...files.contents.keys()]).toEqual(['/outbox/ledger']);
  });

  test('a flipped bit costs the message it hits, is counted, and its segment is put aside', async () => {
    const files = faultyFileSystem();
    const first = open(files);
    pushTo(first, 0, 10);
    await first.sync();
    const [path] = [...files.contents.keys()];
    const bytes = files.contents.get(path!)!.bytes;
    bytes[bytes.indexOf('4 ....')]! ^= 1;
    files.kill();
    const second = open(files);
    pushTo(second, 10, 11);
    expect(drain(second)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9, 10]);
    await second.sync();
    expect(second.figures()).toMatchObject({ dropped: 1, quarantined: 1, depth: 0 });
    expect([...files.contents.keys()].some((name) => name.includes('quarantine'))).toBe(true);
  });

  test.each([
    ['a zeroed length', (bytes: Buffer) => bytes.writeUInt32LE(0, 8), [1, 2, 3]],
    ['an enormous length', (bytes: Buffer) => bytes.writeUInt32LE(0x7fffffff, 8), [1, 2, 3]],
    ['a length that reaches over the next record', (bytes: Buffer) => bytes.writeUInt32LE(bytes.readUInt32LE(8) + 20, 8), [1, 2, 3]],
    ['zeros throughout', (bytes: Buffer) => bytes.fill(0), []],
  ])('%s at the beginning of a segment', async (_, damage, left) => {
    const files = faultyFileSystem();
    const first = open(files);
    pushTo(first, 0, 4);
    const [path] = [...files.contents.keys()];
    damage(files.contents.get(path!)!.bytes);
    files.kill();
    const second = open(files);
    pushTo(second, 9, 10);
    expect(drain(second)).toEqual([...left, 9]);
  });

  test.each(['ENOSPC', 'EROFS', 'EIO'])(
    'a disk that says %s: messages wait in memory, and go to disk when it works again',
    async (code) => {
      const files = faultyFileSystem();
      const said: string[] = [];
      const outbox = open(files, { onDisk: (state) => said.push(state) });
      pushTo(outbox, 0, 3);
      files.failAt(0, code, { lasting: true });
      pushTo(outbox, 3, 6);
      await outbox.sync();
      expect(outbox.figures()).toMatchObject({ depth: 6, unwritten: 6, failing: expect.stringContaining(code) });
      outbox.acknowledge(outbox.take()!.id);
      files.mend();
      await outbox.sync();
      expect(outbox.figures()).toMatchObject({ depth: 5, unwritten: 0, failing: undefined });
      expect(said).toEqual([expect.stringContaining(code), 'working']);
      await outbox.sync();
      files.cutPower(() => 0);
      expect(drain(open(files))).toEqual([1, 2, 3, 4, 5]);
    },
  );

  test('memory is bounded while the disk refuses: the oldest go first and are counted', async () => {
    const files = faultyFileSystem();
    files.failAt(0, 'EACCES', { lasting: true });
    const outbox = open(files, { memoryBytes: 2000 });
    pushTo(outbox, 0, 200);
    const { depth, dropped } = outbox.figures();
    expect(depth).toBeLessThan(60);
    expect(depth + dropped).toBe(200);
    files.mend();
    await outbox.sync();
    expect(drain(outbox)).toEqual(range(dropped, 200));
  });

  test('a folder that cannot be read at first: what it holds is given once it can be, before what was pushed since', async () => {
    const files = faultyFileSystem();
    pushTo(open(files), 0, 3);
    files.kill();
    files.failAt(1, 'EACCES');
    const outbox = open(files);
    pushTo(outbox, 3, 5);
    await outbox.sync();
    expect(drain(outbox)).toEqual(range(0, 5));
  });

  test('half a record at the end of a segment is what a crash leaves: no loss is counted, nothing is put aside', async () => {
    const files = faultyFileSystem();
    const first = open(files);
    pushTo(first, 0, 3);
    await first.sync();
    files.failAt(0, 'EIO', { torn: true, lasting: true });
    pushTo(first, 3, 4);
    files.kill();
    files.mend();
    const second = open(files);
    pushTo(second, 4, 6);
    expect(drain(second)).toEqual([0, 1, 2, 4, 5]);
    await second.sync();
    expect(second.figures()).toMatchObject({ dropped: 0, quarantined: 0 });
  });
});

describe('faults at every file operation of a scripted run', () => {
  test.each(faults)('%s %o: nothing throws, and what was made safe is there afterwards', async (code, how) => {
    // 'each' takes the pair apart, whose halves belong together
    expect(await everyFault([code, how] as (typeof faults)[number])).toBeGreaterThan(90);
  });
});

/** What must be true of an outbox, kept beside the real one. */
interface Model {
  pushed: number;
  readonly acknowledged: Set<number>;
  readonly received: Set<number>;
  /** Lost or garbled by damage or power: no longer promised. */
  damaged: boolean;
  readonly safe: Set<number>;
}
interface Real {
  readonly files: FaultyFileSystem;
  outbox: Outbox;
  readonly taken: Taken[];
  dropped: number;
}
type Command = fc.AsyncCommand<Model, Real>;
const size = { segmentBytes: 400, maxBytes: 3000, memoryBytes: 600 };

const command = (name: string, run: (model: Model, real: Real) => void | Promise<void>): Command => ({
  check: () => true,
  run: async (model, real) => {
    await run(model, real);
    const { bytes, depth } = real.outbox.figures();
    expect(bytes).toBeLessThanOrEqual(size.maxBytes + size.memoryBytes);
    expect(depth).toBeGreaterThanOrEqual(0);
  },
  toString: () => name,
});
const see = (model: Model, taken: Taken): void => {
  expect(taken.payload).toBe(message(number(taken), taken.payload.length - String(number(taken)).length - 1).payload);
  expect(number(taken)).toBeLessThan(model.pushed);
  model.received.add(number(taken));
};
const push = (length: number, count = 1): Command =>
  command(`push(${length} × ${count})`, (model, real) => {
    for (let n = 0; n < count; n++) real.outbox.push(message(model.pushed++, length));
  });
const take = (): Command =>
  command('take', (model, real) => {
    const taken = real.outbox.take();
    if (taken === undefined) return;
    see(model, taken);
    // Always the oldest that nobody holds.
    expect(real.taken.some((other) => number(other) === number(taken))).toBe(false);
    real.taken.push(taken);
  });
const pick = (name: string, which: number, act: (model: Model, real: Real, taken: Taken) => void): Command =>
  command(`${name}(${which})`, (model, real) => {
    const [taken] = real.taken.splice(which % Math.max(1, real.taken.length), 1);
    if (taken !== undefined) act(model, real, taken);
  });
const ack = (which: number): Command =>
  pick('ack', which, (model, real, taken) => {
    real.outbox.acknowledge(taken.id);
    model.acknowledged.add(number(taken));
  });
const nack = (which: number): Command => pick('nack', which, (_, real, taken) => real.outbox.putBack(taken.id));
const rewind = (): Command =>
  command('rewind', (_, real) => {
    real.outbox.rewind();
    real.taken.length = 0;
  });
const sync = (): Command =>
  command('sync', async (model, real) => {
    await real.outbox.sync();
    const { failing, unwritten } = real.outbox.figures();
    if (failing === undefined && unwritten === 0) for (let n = 0; n < model.pushed; n++) model.safe.add(n);
  });
const reopen = (real: Real): void => {
  real.dropped += real.outbox.figures().dropped;
  real.taken.length = 0;
  real.outbox = open(real.files, size);
};
const kill = (): Command =>
  command('kill', (model, real) => {
    if (real.outbox.figures().unwritten > 0) model.damaged = true;
    real.files.kill();
    reopen(real);
  });
const close = (): Command =>
  command('close', async (model, real) => {
    await real.outbox.close();
    if (real.outbox.figures().unwritten > 0) model.damaged = true;
    reopen(real);
  });
const draws = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};
const cutPower = (seed: number): Command =>
  command(`cutPower(${seed})`, (model, real) => {
    model.damaged = true;
    real.files.cutPower(draws(seed));
    reopen(real);
  });
const fail = (n: number, code: string, lasting: boolean, torn: boolean): Command =>
  command(`fail(${n}, ${code}${lasting ? ', lasting' : ''}${torn ? ', torn' : ''})`, (_, real) =>
    real.files.failAt(n, code, { lasting, torn }),
  );
const mend = (): Command => command('mend', (_, real) => real.files.mend());
const corrupt = (seed: number): Command =>
  command(`corrupt(${seed})`, (model, real) => {
    if (real.outbox.figures().unwritten > 0) model.damaged = true;
    if (real.files.flipBit(draws(seed))) {
      model.damaged = true;
      model.safe.clear();
    }
    real.files.kill();
    reopen(real);
  });

const setup = () => {
  const files = faultyFileSystem();
  const real: Real = { files, outbox: open(files, size), taken: [], dropped: 0 };
  return {
    real,
    model: { pushed: 0, acknowledged: new Set<number>(), received: new Set<number>(), damaged: false, safe: new Set<number>() },
  };
};
const small = fc.nat(60);
const plain = [
  fc.tuple(small, fc.integer({ min: 1, max: 3 })).map(([length, count]) => push(length, count)),
  fc.constant(take()),
  fc.constant(take()),
  fc.nat(20).map(ack),
  fc.nat(20).map(nack),
  fc.constant(rewind()),
  fc.constant(sync()),
  fc.constant(kill()),
  fc.constant(close()),
];
const filling = small.map((length) => push(length, 60));
const runs = process.env.AFFECT_NIGHTLY === '1' ? 10_000 : 500;

/** Nothing is missing but what was dropped and counted, or what power and damage took before it was safe. */
const finish = async (model: Model, real: Real, filled: boolean): Promise<void> => {
  real.files.mend();
  await real.outbox.sync();
  await real.outbox.sync();
  real.outbox.rewind();
  real.outbox.push(message(model.pushed++));
  // Twice: a folder that could not be read at first is read when nothing is taken.
  for (let round = 0; round < 2; round++) {
    for (let taken = real.outbox.take(); taken !== undefined; taken = real.outbox.take()) {
      see(model, taken);
      real.outbox.acknowledge(taken.id);
    }
    await real.outbox.sync();
  }
  real.dropped += real.outbox.figures().dropped;
  const missing = range(0, model.pushed).filter((n) => !model.received.has(n));
  if (!model.damaged) expect(missing.length).toBeLessThanOrEqual(real.dropped);
  if (!filled) expect(missing.filter((n) => model.safe.has(n))).toEqual([]);
  expect(model.received.has(model.pushed - 1)).toBe(true);
  expect(real.outbox.figures().depth).toBe(0);
  await real.outbox.close();
  expect(open(real.files, size).take()).toBeUndefined();
};

describe('an outbox over any sequence of commands', () => {
  test('without faults: everything pushed is given, and not one more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(plain, { maxCommands: 60 }), async (commands) => {
        const { model, real } = setup();
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await finish(model, real, real.dropped + real.outbox.figures().dropped > 0);
        const missing = range(0, model.pushed).filter((n) => !model.received.has(n));
        expect(missing.length).toBe(real.dropped);
      }),
      { seed: 11, numRuns: runs },
    );
  });

  test('filled beyond its bound: what is missing is counted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands([...plain, filling], { maxCommands: 60 }), async (commands) => {
        const { model, real } = setup();
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await finish(model, real, true);
      }),
      { seed: 12, numRuns: runs },
    );
  });

  test('with power cuts, failing disks and damage: what was safe is given, nothing throws, it goes on', async () => {
    const faulty = [
      fc.nat(1e6).map(cutPower),
      fc.tuple(fc.nat(6), fc.constantFrom('ENOSPC', 'EROFS', 'EACCES', 'EIO'), fc.boolean(), fc.boolean()).map((drawn) => fail(...drawn)),
      fc.constant(mend()),
      fc.nat(1e6).map(corrupt),
    ];
    await fc.assert(
      fc.asyncProperty(fc.commands([...plain, filling, ...faulty], { maxCommands: 60 }), async (commands) => {
        const { model, real } = setup();
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await finish(model, real, true);
      }),
      { seed: 13, numRuns: runs },
    );
  });
});
