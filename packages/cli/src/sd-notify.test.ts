import { describe, expect, test } from 'vitest';
import { block } from '../test/fakes.ts';
import { deservesToLive, notifier, sdNotify } from './sd-notify.ts';

describe('who deserves to live', () => {
  test.each([
    ['samples come through', { now: 100, advancedAt: 60, outages: [] }, true],
    ['nothing comes and nobody knows why', { now: 100, advancedAt: 50, outages: [] }, false],
    ['a known outage is being retried', { now: 1000, advancedAt: 0, outages: [{ triedAt: 950, delaySec: 5 }] }, true],
    ['a known outage is not retried any more', { now: 1000, advancedAt: 0, outages: [{ triedAt: 900, delaySec: 5 }] }, false],
    [
      'of two outages one is not retried any more',
      {
        now: 1000,
        advancedAt: 0,
        outages: [
          { triedAt: 990, delaySec: 5 },
          { triedAt: 100, delaySec: 5 },
        ],
      },
      false,
    ],
    ['one link is out for good while another delivers', { now: 1000, advancedAt: 999, outages: [{ triedAt: 1, delaySec: 5 }] }, true],
    [
      'the pause before the next attempt is long, as announced',
      { now: 1000, advancedAt: 0, outages: [{ triedAt: 700, delaySec: 300 }] },
      true,
    ],
  ])('%s: %#', (_, vitals, expected) => {
    expect(deservesToLive(vitals)).toBe(expected);
  });
});

/** A listener that keeps what it is told. */
const listener = (env: Record<string, string> = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '90000000' }) => {
  const heard: string[] = [];
  const told = notifier(env, async (assignments) => void heard.push(assignments.join(' ')));
  return { heard, told, settled: () => new Promise((done) => setImmediate(done)) };
};

describe('the notifier', () => {
  test('says nothing where systemd does not listen', async () => {
    const { heard, told, settled } = listener({ WATCHDOG_USEC: '90000000' });
    told.ready('x');
    told.alive('x');
    told.stopping();
    await settled();
    expect(heard).toEqual([]);
    expect(told.everySec).toBeUndefined();
  });

  test('speaks systemd’s words in order, and nothing after the last one', async () => {
    const { heard, told, settled } = listener();
    told.ready('1 stream');
    told.alive('2\nstreams');
    told.reloading();
    told.stopping();
    told.alive('too late');
    await settled();
    expect(heard).toEqual(['READY=1 STATUS=1 stream', 'WATCHDOG=1 STATUS=2 streams', 'RELOADING=1', 'STOPPING=1']);
    expect(told.everySec).toBe(30);
  });

  test('a notice that cannot be sent disturbs nobody, and the next one is tried', async () => {
    const heard: string[] = [];
    const told = notifier({ NOTIFY_SOCKET: '/x' }, async ([first]) => {
      heard.push(first!);
      if (heard.length === 1) throw new Error('no systemd-notify');
    });
    told.ready('');
    told.status('x');
    await new Promise((done) => setImmediate(done));
    expect(heard).toEqual(['READY=1', 'STATUS=x']);
  });

  test('one notice at a time', async () => {
    let atOnce = 0;
    let most = 0;
    const told = notifier({ NOTIFY_SOCKET: '/x' }, async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((done) => setImmediate(done));
      atOnce -= 1;
    });
    for (let i = 0; i < 5; i++) told.status(String(i));
    for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
    expect(most).toBe(1);
  });
});

/** The sink with a clock and a timer in the hand of the test. */
const watched = async () => {
  const { heard, told, settled } = listener();
  const time = { now: 0 };
  let tick = (): void => {};
  let running = true;
  const sink = await sdNotify({
    notifier: told,
    clock: () => time.now,
    status: () => '1 stream, 0 drops',
    every: (_, then) => {
      tick = then;
      return () => {
        running = false;
      };
    },
  })(() => {});
  const at = async (now: number): Promise<string> => {
    heard.length = 0;
    time.now = now;
    tick();
    await settled();
    return heard.join();
  };
  return { sink, at, heard, settled, isRunning: () => running, time };
};

describe('the sink', () => {
  test('is ready when it is opened, and stopping when it closes', async () => {
    const { sink, heard, settled, isRunning } = await watched();
    await settled();
    expect(heard).toEqual(['READY=1 STATUS=1 stream, 0 drops']);
    await sink.close(0);
    await settled();
    expect(heard.at(-1)).toBe('STOPPING=1');
    expect(isRunning()).toBe(false);
  });

  test('feeds the watchdog while blocks come, and says why when it does not', async () => {
    const { sink, at, time } = await watched();
    expect(await at(30)).toMatch(/^WATCHDOG=1/);
    time.now = 40;
    sink.block!(block(0));
    expect(await at(80)).toMatch(/^WATCHDOG=1/);
    expect(await at(90)).toBe('STATUS=stuck: no sample for 50 s; 1 stream, 0 drops');
    sink.block!(block(10));
    expect(await at(91)).toMatch(/^WATCHDOG=1/);
  });

  test('an outage that is being retried feeds it for as long as that goes on', async () => {
    const { sink, at, time } = await watched();
    const link = (state: 'retrying' | 'open' | 'opening', delaySec = 5) =>
      sink.report!({ kind: 'link', uri: 'serial:/dev/ttyUSB0', state, detail: '', delaySec });
    for (time.now = 100; time.now < 5000; time.now += 50) link('retrying');
    expect(await at(5000)).toMatch(/^WATCHDOG=1/);
    expect(await at(5100)).toMatch(/^STATUS=stuck/);
    link('opening');
    expect(await at(5110)).toMatch(/^WATCHDOG=1/);
    link('open'); // but no sample follows
    expect(await at(5120)).toMatch(/^STATUS=stuck/);
  });
});
