import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { acquire } from '../../src/acquire.ts';
import type { Device } from '../../src/device.ts';
import { discover } from '../../src/discover.ts';
import type { AcquireError } from '../../src/errors.ts';
import { findDevice } from '../../src/find-device.ts';
import { openLink, sessionClock } from '../../src/open-link.ts';
import type { Report } from '../../src/report.ts';
import { nTimesOf, type SampleBlock } from '../../src/signal.ts';
import { missingPrograms } from './programs.ts';
import { boardValue, type SerialRig, startSerialRig } from './rig.ts';
import { nWideChannels, wideBoard } from './wide-board.ts';

let rig: SerialRig;
afterEach(() => rig?.stop());

const needs = missingPrograms(['socat']);
test('the serial rig can run', () => {
  if (needs.length > 0) expect.fail('This machine lacks socat. Run: sudo apt-get install -y socat');
});

/** A session on the rig's port, with what it said and heard. */
const record = (device: Device, signalId: string) => {
  const clock = sessionClock();
  const reports: Report[] = [];
  const blocks: SampleBlock[] = [];
  let arrived = (): void => {};
  const link = openLink(`serial:${rig.tty}`, { clock, report: (fact) => reports.push(fact) });
  const subscription = acquire(device, link, { report: (fact) => reports.push(fact) }).subscribe((block) => {
    if (block.signal.id !== signalId) return;
    blocks.push(block);
    arrived();
  });
  return {
    reports,
    blocks,
    clock,
    next: () =>
      new Promise<void>((resolve) => {
        arrived = resolve;
      }),
    close: () => subscription.unsubscribe(),
    lost: () => reports.reduce((sum, fact) => sum + (fact.kind === 'gap' && fact.signal === signalId ? fact.lost : 0), 0),
    received: () => blocks.reduce((sum, block) => sum + nTimesOf(block), 0),
    states: () => reports.flatMap((fact) => (fact.kind === 'link' ? [fact.state] : [])),
  };
};
const cyton = () => findDevice('openbci-cyton').create();
/** Blocks follow each other without a hole, or the hole was told. */
const accountedFor = ({ blocks, received, lost }: ReturnType<typeof record>): void => {
  const last = blocks.at(-1)!;
  expect(received() + lost()).toBe(last.firstSample + nTimesOf(last) - blocks[0]!.firstSample);
};

describe.skipIf(needs.length > 0)('a board behind a real pty', () => {
  test('16 channels at 1,000 Hz for 60 s: nothing is lost, every value is right, under a tenth of a core', async () => {
    rig = await startSerialRig('wide');
    let wrong = 0;
    let nTimes = 0;
    let expected = 0;
    let jumps = 0;
    const reports: Report[] = [];
    const link = openLink(`serial:${rig.tty}`);
    let before = process.cpuUsage();
    let started = 0;
    const session = acquire(wideBoard, link, { report: (fact) => reports.push(fact) }).subscribe((block) => {
      if (started === 0) {
        before = process.cpuUsage();
        started = performance.now();
      }
      const n = nTimesOf(block);
      if (block.firstSample !== expected) jumps++;
      for (let t = 0; t < n; t++) {
        for (let c = 0; c < nWideChannels; c++) if (block.data[c * n + t] !== boardValue(block.firstSample + t, c)) wrong++;
      }
      expected = block.firstSample + n;
      nTimes += n;
    });
    await sleep(61_000);
    const cpu = process.cpuUsage(before);
    const seconds = (performance.now() - started) / 1000;
    const { samples } = await rig.sent();
    session.unsubscribe();
    const percent = (cpu.user + cpu.system) / 1e4 / seconds;
    console.log(`serial: ${nTimes} of ${samples} samples of 16 channels in ${seconds.toFixed(1)} s, ${percent.toFixed(1)} % of a core`);
    expect(seconds).toBeGreaterThan(60);
    expect({ wrong, jumps }).toEqual({ wrong: 0, jumps: 0 });
    expect(samples - nTimes).toBeLessThan(200); // those on their way when the board was asked
    expect(reports.filter(({ kind }) => kind === 'gap' || kind === 'bad-frame')).toEqual([]);
    expect(percent).toBeLessThan(10);
  });

  test('commands go out in order, and the board is stopped when nobody listens any more', async () => {
    rig = await startSerialRig('cyton');
    const session = record(cyton(), 'eeg');
    await session.next();
    session.close();
    for (let i = 0; i < 100 && rig.commands.filter((text) => text === 's').length < 2; i++) await sleep(20);
    expect(rig.commands).toEqual(['s', 'd', 'b', 's']);
  });

  test('bytes cut at random, held back, and sent in bursts lose nothing', async () => {
    rig = await startSerialRig('cyton');
    const session = record(cyton(), 'eeg');
    await session.next();
    rig.inject({ split: true });
    await sleep(1000);
    rig.inject({ split: true, holdSec: 0.8 });
    await sleep(1500);
    rig.inject({ burstSec: 0.2 });
    await sleep(1500);
    const { samples } = await rig.sent();
    await sleep(300);
    session.close();
    expect(session.lost()).toBe(0);
    expect(session.received()).toBeGreaterThanOrEqual(samples);
    accountedFor(session);
    expect(session.reports.filter(({ kind }) => kind === 'bad-frame')).toEqual([]);
  });

  test('frames left out and start bytes broken are counted, one by one', async () => {
    rig = await startSerialRig('cyton');
    const session = record(cyton(), 'eeg');
    await session.next();
    rig.inject({ dropEvery: 40 });
    await sleep(1500);
    rig.inject({ corruptEvery: 50 });
    await sleep(1500);
    rig.inject({});
    await sleep(300);
    const { dropped, corrupted } = await rig.sent();
    session.close();
    expect(dropped).toBeGreaterThan(5);
    expect(corrupted).toBeGreaterThan(4);
    expect(session.lost()).toBe(dropped + corrupted);
    accountedFor(session);
    const garbage = session.reports.reduce((sum, fact) => sum + (fact.kind === 'bad-frame' ? fact.bytes : 0), 0);
    expect(garbage).toBe(33 * corrupted);
  });

  test('a board that answers in words while it streams costs no sample', async () => {
    rig = await startSerialRig('cyton');
    rig.inject({ echo: true });
    const chatty: Device = { ...cyton() };
    const keepAlive = { everySec: 0.25, commands: [{ endpoint: '', bytes: Buffer.from('V') }] };
    const session = record({ ...chatty, wire: { ...chatty.wire, keepAlive } }, 'eeg');
    await session.next();
    await sleep(2000);
    session.close();
    expect(session.lost()).toBe(0);
    accountedFor(session);
    expect(session.reports.filter((fact) => fact.kind === 'device-text' && fact.text === 'V').length).toBeGreaterThan(4);
  });

  test('pulled out and put back: the session goes on and the hole is counted', async () => {
    rig = await startSerialRig('cyton');
    const session = record(cyton(), 'eeg');
    await session.next();
    await sleep(1500);
    await rig.unplug();
    const last = session.blocks.at(-1)!;
    await sleep(2500);
    expect(session.states()).toContain('lost');
    const again = session.next();
    await rig.plug();
    await again;
    // By the times of the samples: on a busy machine the last of them arrive late, and what was still on its way is lost with the cable.
    const first = session.blocks.at(-1)!;
    const holeSec = first.tmin - last.tmin - nTimesOf(last) / 250;
    expect(first.arrivedAt - first.tmin).toBeLessThan(1.5);
    expect(holeSec).toBeGreaterThan(2.4);
    await sleep(1500);
    session.close();
    console.log(`serial: ${holeSec.toFixed(1)} s without a cable, ${session.lost()} samples counted as lost`);
    expect(Math.abs(session.lost() / 250 - holeSec)).toBeLessThan(0.1);
    accountedFor(session);
    expect(session.states().filter((state) => state === 'open')).toHaveLength(2);
  });

  test('a pulled cable is noticed though no byte was ever sent', async () => {
    rig = await startSerialRig('cyton');
    const link = openLink(`serial:${rig.tty}`);
    const lost = new Promise<AcquireError>((resolve) => {
      link.open({ endpoints: [''], start: [], stop: [], baudRate: 115_200 }).subscribe({ error: resolve });
    });
    await sleep(300);
    await rig.unplug();
    expect(await Promise.race([lost, sleep(2000)])).toMatchObject({ code: 'link-lost' });
  });

  test('a cable pulled between two reads is noticed at once, whenever it is pulled', async () => {
    for (let pull = 0; pull < 10; pull++) {
      rig = await startSerialRig('cyton');
      const { wire } = cyton();
      const link = openLink(`serial:${rig.tty}`);
      let hear = (): void => {};
      const heard = new Promise<void>((resolve) => {
        hear = resolve;
      });
      const lost = new Promise<AcquireError>((resolve) => {
        link.open({ ...wire, start: [{ endpoint: '', bytes: Buffer.from('b') }], stop: [] }).subscribe({ next: hear, error: resolve });
      });
      await heard;
      await sleep(100 + 3 * pull);
      await rig.unplug();
      expect(await Promise.race([lost, sleep(2000)])).toMatchObject({ code: 'link-lost' });
      await rig.stop();
    }
  });

  test('devices can be listed: the port, and that somebody has it open', async () => {
    rig = await startSerialRig('cyton');
    const look = async () => (await discover({ ports: [rig.tty] })).sightings.find(({ link }) => link === `serial:${rig.tty}`);
    const me = `process ${process.pid})`;
    // socat itself has the pty open, so it is always in use by one.
    expect((await look())?.problem?.message).not.toContain(me);
    const session = record(cyton(), 'eeg');
    await session.next();
    expect((await look())?.problem).toMatchObject({ code: 'busy', message: expect.stringContaining(me) });
    session.close();
    await rig.unplug();
    expect((await look())?.problem?.code).toBe('not-found');
  });

  test('a port in use and a port that is not there are told apart', async () => {
    rig = await startSerialRig('cyton');
    const wire = { endpoints: [''], start: [], stop: [], baudRate: 115_200 };
    const first = openLink(`serial:${rig.tty}`).open(wire).subscribe();
    await sleep(300);
    const failure = (path: string) => new Promise<AcquireError>((resolve) => void openLink(path).open(wire).subscribe({ error: resolve }));
    expect((await failure(`serial:${rig.tty}`)).code).toBe('busy');
    expect((await failure(`serial:${rig.tty}x`)).code).toBe('not-found');
    first.unsubscribe();
  });
});
