import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { block, eeg } from '../../test/fakes.ts';
import { faultyFileSystem } from '../../test/faulty-file-system.ts';
import { openMeter } from '../metrics.ts';
import { openOutbox } from '../outbox/outbox.ts';
import { availabilityMessage, isForeign, ofSensor, sensorLevels, sensorState } from './availability.ts';
import type { Backlog } from './backlog.ts';
import type { BrokerLink, Published } from './broker-link.ts';
import { delivery, markHistorical } from './delivery.ts';
import { longestMarkPayload, markIn, parseMark } from './marks.ts';
import { memoryBacklog } from './memory-backlog.ts';
import { rateGate } from './rate.ts';
import { rawBatches } from './raw-batches.ts';
import { answer, longestRequest } from './requests.ts';

const message = (n: number) => ({ topic: 't', payload: String(n) });
const now = () => 1_800_000_000;
const backlogs: readonly (readonly [string, () => Backlog])[] = [
  ['in memory', () => memoryBacklog(1000, now)],
  ['on disk', () => openOutbox({ folder: '/o', files: faultyFileSystem(), syncMs: 0, now })],
];

describe.each(backlogs)('a backlog %s', (_, make) => {
  test('gives what was pushed in order, and nothing twice that was not put back', () => {
    const backlog = make();
    for (let n = 0; n < 3; n++) backlog.push(message(n));
    expect([backlog.take(), backlog.take(), backlog.take(), backlog.take()].map((taken) => taken?.payload)).toEqual([
      '0',
      '1',
      '2',
      undefined,
    ]);
  });

  test('what was put back comes before what was never taken, oldest first', () => {
    const backlog = make();
    for (let n = 0; n < 4; n++) backlog.push(message(n));
    const taken = [backlog.take()!, backlog.take()!, backlog.take()!];
    backlog.putBack(taken[2]!.id);
    backlog.putBack(taken[0]!.id);
    backlog.acknowledge(taken[1]!.id);
    expect([backlog.take(), backlog.take(), backlog.take()].map((next) => next?.payload)).toEqual(['0', '2', '3']);
  });

  test('agrees with a plain list over any sequence of pushes, takes, acknowledgements and rewinds', () => {
    const action = fc.oneof(
      fc.constant({ name: 'push' as const, which: 0 }),
      fc.constant({ name: 'take' as const, which: 0 }),
      fc.nat(9).map((which) => ({ name: 'acknowledge' as const, which })),
      fc.nat(9).map((which) => ({ name: 'putBack' as const, which })),
      fc.constant({ name: 'rewind' as const, which: 0 }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const backlog = make();
        const waiting: number[] = [];
        const taken = new Map<number, number>();
        let pushed = 0;
        let acknowledged = 0;
        for (const { name, which } of actions) {
          const [number, id] = [...taken][which % Math.max(1, taken.size)] ?? [];
          if (name === 'push') {
            backlog.push(message(pushed));
            waiting.push(pushed++);
          } else if (name === 'take') {
            const next = backlog.take();
            const expected = waiting.sort((a, b) => a - b).shift();
            expect(next?.payload).toBe(expected?.toString());
            if (next) taken.set(expected!, next.id);
          } else if (name === 'rewind') {
            backlog.rewind();
            waiting.push(...taken.keys());
            taken.clear();
          } else if (id !== undefined) {
            backlog[name](id);
            taken.delete(number!);
            if (name === 'putBack') waiting.push(number!);
            else acknowledged += 1;
          }
          expect(backlog.figures()).toMatchObject({ depth: waiting.length + taken.size, pushed, acknowledged, dropped: 0 });
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

/** A broker whose answers a test gives. */
const fakeLink = () => {
  const sent: { readonly topic: string; readonly payload: string; readonly done: Published }[] = [];
  const link = {
    up: true,
    connected: () => link.up,
    publish: ((topic, payload, _, done = () => {}) => sent.push({ topic, payload, done })) as BrokerLink['publish'],
  };
  return { link: link as unknown as BrokerLink & { up: boolean }, sent };
};
const grant = { receiveMaximum: 65_535, maximumPacketSize: 1000 };

describe('delivery', () => {
  test('never has more under way than the window or the broker allows', () => {
    for (const [window, receiveMaximum, allowed] of [
      [4, 65_535, 4],
      [64, 3, 3],
    ] as const) {
      const { link, sent } = fakeLink();
      const backlog = memoryBacklog(100, now);
      const out = delivery(link, backlog, window, () => {});
      for (let n = 0; n < 10; n++) backlog.push(message(n));
      out.begin({ ...grant, receiveMaximum });
      expect(sent).toHaveLength(allowed);
      sent[1]!.done();
      expect(sent).toHaveLength(allowed + 1);
      expect(out.figures().inFlight).toBe(allowed);
    }
  });

  test('after a break everything not acknowledged is sent again from the lowest, and late answers of the old connection count for nothing', () => {
    const { link, sent } = fakeLink();
    const backlog = memoryBacklog(100, now);
    const out = delivery(link, backlog, 3, () => {});
    for (let n = 0; n < 5; n++) backlog.push(message(n));
    out.begin(grant);
    sent[1]!.done();
    link.up = false;
    out.interrupt();
    sent[0]!.done();
    link.up = true;
    out.begin(grant);
    expect(sent.map(({ payload }) => payload)).toEqual(['0', '1', '2', '3', '0', '2', '3']);
    expect(out.figures()).toMatchObject({ acknowledged: 1, repeated: 3 });
  });

  test('a message the broker never takes is offered three times, then given up; the others go on', () => {
    const { link, sent } = fakeLink();
    const backlog = memoryBacklog(100, now);
    const said: string[] = [];
    const out = delivery(link, backlog, 1, (detail) => said.push(detail));
    backlog.push(message(0));
    backlog.push(message(1));
    for (let time = 0; time < 3; time++) {
      out.begin(grant);
      sent.at(-1)!.done(Object.assign(new Error('Not authorized'), { code: 135 }));
      if (time < 2) out.interrupt();
    }
    expect(sent.map(({ payload }) => payload)).toEqual(['0', '0', '0', '1']);
    expect(out.figures().refused).toBe(1);
    expect(said[0]).toContain('Not authorized');
  });

  test('a message longer than the broker takes is given up at once', () => {
    const { link, sent } = fakeLink();
    const backlog = memoryBacklog(100, now);
    const out = delivery(link, backlog, 8, () => {});
    backlog.push({ topic: 't', payload: 'x'.repeat(2000) });
    backlog.push(message(1));
    out.begin(grant);
    expect(sent.map(({ payload }) => payload)).toEqual(['1']);
    expect(backlog.figures().depth).toBe(1);
  });

  test('only the flag of a late message changes', () => {
    const payload = JSON.stringify({ seq: 1, pairing: 'says "historical":false', historical: false });
    expect(JSON.parse(markHistorical(payload))).toEqual({ seq: 1, pairing: 'says "historical":false', historical: true });
    expect(markHistorical('{"a":1}')).toBe('{"a":1}');
  });
});

describe('marks', () => {
  test.each([
    ['coffee', { text: 'coffee' }],
    ['  two words \n', { text: 'two words' }],
    ['{"text":"eyes closed"}', { text: 'eyes closed' }],
    ['{"valence":0.4,"arousal":-0.2}', { text: 'self-report valence=0.4 arousal=-0.2' }],
    ['{"arousal":7,"text":"after lunch"}', { text: 'self-report arousal=7 after lunch' }],
  ])('%s', (payload, expected) => expect(parseMark(Buffer.from(payload))).toEqual(expected));

  test.each(['', '   ', '{', '{"text":7}', '{"valence":"high"}', '{"arousal":1e9}', '{}', 'x'.repeat(longestMarkPayload + 1)])(
    '%s is refused',
    (payload) => expect(parseMark(Buffer.from(payload))).toHaveProperty('error'),
  );

  test('nothing that can be sent makes it throw or gives a text that is no text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((json) => Buffer.from(json)),
        ),
        (bytes) => {
          const parsed = parseMark(Buffer.from(bytes));
          expect('text' in parsed ? parsed.text.length > 0 && parsed.text.length <= longestMarkPayload + 60 : parsed.error.length > 0).toBe(
            true,
          );
        },
      ),
      { seed: 2, numRuns: 500 },
    );
    expect(markIn({ valence: Number.NaN })).toHaveProperty('error');
  });
});

describe('answer', () => {
  const answerers = {
    health: () => ({ well: true }),
    mark: ({ text }: Readonly<Record<string, unknown>>) => {
      if (typeof text !== 'string') throw new Error('expected a text');
      return { text };
    },
  };
  const ask = (name: string, payload: string) => answer(answerers, name, Buffer.from(payload));

  test('gives data and the id it was asked with', async () => {
    expect(await ask('health', '')).toEqual({ status: 'ok', data: { well: true } });
    expect(await ask('mark', '{"id":"a7","text":"x"}')).toEqual({ id: 'a7', status: 'ok', data: { text: 'x' } });
    expect(await ask('health', '{"id":3}')).toMatchObject({ id: 3, status: 'ok' });
  });

  test('says what was wrong, with what was perhaps meant', async () => {
    expect(await ask('helth', '{"id":1}')).toEqual({ id: 1, status: 'error', error: expect.stringContaining("Did you mean 'health'?") });
    expect(await ask('mark', '{}')).toEqual({ status: 'error', error: 'expected a text' });
    for (const payload of ['[', '7', 'null', '[]', `{"a":"${'x'.repeat(longestRequest)}"}`])
      expect((await ask('health', payload)).status).toBe('error');
  });

  test('an inherited name is no request, an object is no id', async () => {
    expect((await ask('constructor', '')).status).toBe('error');
    expect(await ask('health', '{"id":{"a":1}}')).toEqual({ status: 'ok', data: { well: true } });
    expect(await ask('health', `{"id":"${'x'.repeat(101)}"}`)).toEqual({ status: 'ok', data: { well: true } });
  });
});

describe('rateGate', () => {
  const passed = (publish: Parameters<typeof rateGate>[0], times: readonly number[]): number => {
    const may = rateGate(publish);
    return times.filter((tSec) => may('a', tSec)).length;
  };
  test('lets one in so many through, by session time', () => {
    const halves = Array.from({ length: 20 }, (_, i) => 0.5 * i);
    expect(passed({ maxPerSec: 1 }, halves)).toBe(10);
    expect(passed({ maxPerSec: 2 }, halves)).toBe(20);
    expect(passed({ maxPerSec: 0.2 }, halves)).toBe(2);
    expect(passed(true, halves)).toBe(20);
    expect(passed(false, halves)).toBe(0);
  });

  test('jitter does not lower the rate, a time that goes back begins anew, keys do not share', () => {
    expect(passed({ maxPerSec: 1 }, [0, 1.1, 2.05, 3.1, 4.01])).toBe(5);
    expect(passed({ maxPerSec: 1 }, [100, 0, 0.5, 1])).toBe(3);
    const may = rateGate({ maxPerSec: 1 });
    expect([may('a', 0), may('b', 0), may('a', 0.1)]).toEqual([true, true, false]);
  });
});

describe('rawBatches', () => {
  const sizes = (batch: ReturnType<ReturnType<typeof rawBatches>>) => batch?.map(({ firstSample }) => firstSample);
  test('collects blocks until the batch is full', () => {
    const push = rawBatches(0.25);
    expect([0, 10, 20].map((first) => sizes(push(block(first))))).toEqual([undefined, undefined, [0, 10, 20]]);
    expect(sizes(push(block(30)))).toBeUndefined();
  });

  test('a batch has no hole: a gap ends it', () => {
    const push = rawBatches(0.25);
    push(block(0));
    expect(sizes(push(block(50)))).toEqual([0]);
    push(block(60));
    expect(sizes(push(block(70)))).toEqual([50, 60, 70]);
  });

  test('a block as long as a batch is one; signals do not mix', () => {
    const push = rawBatches(0.05);
    expect(sizes(push(block(0)))).toEqual([0]);
    expect(sizes(push({ ...block(10, 2), signal: { ...eeg, id: 'other' } }))).toBeUndefined();
    expect(sizes(push(block(10)))).toEqual([10]);
  });
});

describe('availability', () => {
  test('anything but ready is foreign while this daemon is', () => {
    expect(isForeign(availabilityMessage('ready', 'another'))).toBe(false);
    for (const payload of [availabilityMessage('lost', 'x'), availabilityMessage('disconnected', 'x'), '', 'offline', 'null'])
      expect(isForeign(payload)).toBe(true);
  });

  test('sensors are named for their devices, numbered where two are alike', () => {
    const levels = sensorLevels([
      { device: 'muse-2', origin: 'ble:#1' },
      { device: 'muse-2', origin: 'ble:#2' },
      { device: 'a/b', origin: 'udp:1' },
    ]);
    expect([...levels.values()]).toEqual(['muse-2', 'muse-2-2', 'a-b']);
  });

  test('two sensors of one make have a battery each', () => {
    const meter = openMeter();
    const reports = ['muse-2', 'muse-2-2'].map((sensor) => ofSensor(sensor, meter.listener.report));
    reports.forEach((report, i) => {
      report({ kind: 'battery', device: 'muse-2', fraction: [0.9, 0.2][i] });
    });
    expect(meter.snapshot().battery).toEqual({ 'muse-2': 0.9, 'muse-2-2': 0.2 });
  });

  test('a report is told in the words of Homie, without its text', () => {
    const report = { kind: 'link', uri: 'u', state: 'retrying', detail: 'AA:BB:CC:DD:EE:FF is gone' } as const;
    expect(sensorState(report)).toEqual({ state: 'lost', reason: 'retrying' });
    expect((['opening', 'open', 'closed'] as const).map((state) => sensorState({ ...report, state }).state)).toEqual([
      'init',
      'ready',
      'disconnected',
    ]);
  });
});
