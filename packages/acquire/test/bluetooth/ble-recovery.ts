import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { acquire } from '../../src/acquire.ts';
import { findDevice } from '../../src/find-device.ts';
import { bleCentral, closeBluetooth } from '../../src/links/noble-load.ts';
import { openLink, sessionClock } from '../../src/open-link.ts';
import type { Report } from '../../src/report.ts';
import { nTimesOf, type SampleBlock } from '../../src/signal.ts';
import { type BleBench, finish, heapMegabytes, openBle, watched } from './ble-bench.ts';
import { listenersOf } from './fake-noble.ts';
import { museWire } from './muse-wire.ts';

/** What becomes of a session when the connection, the device or the adapter goes. */
export const recoveryTests = ({ library, rig, uri }: BleBench): void => {
  test('a hundred reported disconnections: a hundred recoveries, no listener left, no memory grown', async () => {
    const muse = await rig().peripheral({ kind: 'muse', name: 'Muse-LOST' });
    const emitters: EventEmitter[] = [process];
    await closeBluetooth();
    await bleCentral(
      { library },
      watched((emitter) => emitters.push(emitter)),
    );
    const heap: number[] = [];
    const listeners: number[] = [];
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', onWarning);
    const states: string[] = [];
    let lost = 0;
    const report = (fact: Report): void => {
      if (fact.kind === 'link') states.push(fact.state);
      if (fact.kind === 'gap' && fact.signal === 'eeg') lost += fact.lost;
    };
    const count = (wanted: string): number => states.filter((state) => state === wanted).length;
    let losses = 0;
    let received = 0;
    let end = 0;
    const started = performance.now();
    await new Promise<void>((resolve, reject) => {
      let nBlocks = 0;
      let session = 0;
      const subscription = acquire(findDevice('muse-2').create(), openLink(uri('Muse-LOST')), { report, random: () => 0 }).subscribe({
        next: (block) => {
          if (block.signal.id !== 'eeg') return;
          received += nTimesOf(block);
          end = block.firstSample + nTimesOf(block);
          if (session !== count('open')) nBlocks = 0;
          session = count('open');
          if (++nBlocks !== 4) return;
          if (losses === 100) return resolve(finish({ close: () => subscription.unsubscribe() }, muse));
          if (losses % 10 === 9) {
            heap.push(heapMegabytes());
            listeners.push(emitters.reduce((n, emitter) => n + listenersOf(emitter), 0));
          }
          losses++;
          expect(rig().faults.disconnect(0x08)).toBe(1);
        },
        error: reject,
      });
    });
    process.removeListener('warning', onWarning);
    console.log(
      `${library}: 100 recoveries in ${((performance.now() - started) / 1000).toFixed(1)} s, ${received} samples received and ${lost} lost, ` +
        `heap ${heap.map((mb) => mb.toFixed(1)).join(' ')} MB, listeners ${listeners.join(' ')}`,
    );
    expect({ lost: count('lost'), retrying: count('retrying'), open: count('open') }).toEqual({ lost: 100, retrying: 100, open: 101 });
    expect(muse.messages.filter(({ kind }) => kind === 'accepted')).toHaveLength(101);
    expect(received + lost).toBe(end);
    expect(emitters).toHaveLength(3);
    expect(new Set(listeners).size, `listeners ${listeners}`).toBe(1);
    expect(warnings).toEqual([]);
    expect(Math.max(...heap.slice(5)) - heap[1]!).toBeLessThan(2);
  }, 300_000);

  test('a device that dies without a word: the stall is noticed, the stream comes back when the device does, the hole is counted', async () => {
    const muse = await rig().peripheral({ kind: 'muse', name: 'Muse-DEAD' });
    const clock = sessionClock();
    const reports: { readonly report: Report; readonly atSec: number }[] = [];
    const blocks: SampleBlock[] = [];
    let lastSec = 0;
    let arrived = (): void => {};
    const next = () =>
      new Promise<void>((resolve) => {
        arrived = resolve;
      });
    const link = openLink(uri('Muse-DEAD', '&scan=3&disconnect=1'), { clock });
    const report = (fact: Report): void => void reports.push({ report: fact, atSec: clock() });
    const subscription = acquire(findDevice('muse-2').create({ preset: 'p21' }), link, { report }).subscribe((block) => {
      if (block.signal.id !== 'eeg') return;
      blocks.push(block);
      lastSec = clock();
      arrived();
    });
    await next();
    await sleep(2000);
    await muse.kill();
    const diedSec = lastSec;
    await sleep(8000);
    expect(lastSec).toBe(diedSec);
    const stalled = reports.find(({ report: fact }) => fact.kind === 'link' && fact.state === 'stalled')!;
    expect(stalled.atSec - diedSec).toBeLessThan(3);

    const again = next();
    const back = await rig().peripheral({ kind: 'muse', name: 'Muse-DEAD' });
    const returnedSec = clock();
    await again;
    const backAfterSec = lastSec - returnedSec;
    await sleep(1000);
    const letGo = back.next('disconnected');
    subscription.unsubscribe();
    await letGo;
    await back.kill();
    expect(backAfterSec).toBeLessThan(10);

    const gaps = reports.flatMap(({ report: fact }) => (fact.kind === 'gap' && fact.signal === 'eeg' ? [fact] : []));
    const lost = gaps.reduce((sum, gap) => sum + gap.lost, 0);
    console.log(
      `${library}: stall noticed after ${(stalled.atSec - diedSec).toFixed(1)} s, stream back ${backAfterSec.toFixed(1)} s after the device, ${lost} samples lost`,
    );
    expect(Math.abs(lost / 256 - (returnedSec + backAfterSec - diedSec))).toBeLessThan(0.5);
    const received = blocks.reduce((sum, block) => sum + nTimesOf(block), 0);
    const last = blocks.at(-1)!;
    expect(received + lost).toBe(last.firstSample + nTimesOf(last));
  });

  test('the adapter can be taken down under a stream and comes up again with the next opening', async () => {
    const muse = await rig().peripheral({ kind: 'muse', name: 'Muse-RSET' });
    const first = openBle(uri('Muse-RSET'), museWire, () => {});
    await first.streaming;
    await closeBluetooth();
    expect((await first.lost).code).toBe('link-lost');
    const second = openBle(uri('Muse-RSET'), museWire, () => {});
    await second.streaming;
    await finish(second, muse);
  });
};
