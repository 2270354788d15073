import { concat, filter, map, NEVER, type Observable, of, Subject, take, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { bitalinoFrame } from '../test/fakes/bitalino.ts';
import { fakeLink } from '../test/fakes/fake-link.ts';
import { ganglionImpedance } from '../test/fakes/ganglion.ts';
import { acquire } from './acquire.ts';
import { decodeWith } from './decode-with.ts';
import type { Device } from './device.ts';
import { bitalino } from './devices/bitalino.ts';
import { gsrLines } from './devices/gsr-lines.ts';
import { heartRate } from './devices/heart-rate.ts';
import { openbciGanglion } from './devices/openbci-ganglion.ts';
import { AcquireError } from './errors.ts';
import type { Chunk } from './link.ts';
import type { Report } from './report.ts';
import type { EdaSignal, SampleBlock } from './signal.ts';

const eda: EdaSignal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };
/** One byte is one sample, which lies where its chunk arrived. */
const device: Device = {
  name: 'one-byte',
  signals: [eda],
  wire: { endpoints: [''], start: [], stop: [] },
  decode: decodeWith((emit) => {
    let n = 0;
    return {
      push: ({ bytes, arrivedAt }) =>
        bytes.length > 0 && emit({ signal: eda, firstSample: n++, tmin: arrivedAt, arrivedAt, data: Float64Array.of(bytes[0]!) }),
    };
  }),
};

const byte = (value: number, arrivedAt: number): Chunk => ({ endpoint: '', arrivedAt, bytes: Uint8Array.of(value) });

/** Runs in virtual time; `connections` are made with the scheduler running, `random` is 0.5, so that pauses are exact. */
const run = (
  make: (
    at: (sec: number) => number,
    stream: (everySec: number, count: number, fromSec?: number) => Observable<Chunk>,
  ) => Observable<Chunk>[],
  { forSec, of: made = device, ...extras }: { forSec: number; of?: Device; restart?: () => void; resetAdapter?: () => Promise<void> },
) => {
  const scheduler = new TestScheduler(() => {});
  const reports: Report[] = [];
  const blocks: SampleBlock[] = [];
  let error: unknown;
  let completed = false;
  let log: string[] = [];
  let closed: Report[] = [];
  scheduler.run(() => {
    const now = () => scheduler.now() / 1000;
    const stream = (everySec: number, count: number) =>
      timer(0, everySec * 1000).pipe(
        take(count),
        map((i) => byte(i, now())),
      );
    const fake = fakeLink(make(now, stream), extras);
    log = fake.log;
    const subscription = acquire(made, fake.link, { report: (report) => reports.push(report), scheduler, random: () => 0.5 }).subscribe({
      next: (block) => blocks.push(block),
      error: (cause) => {
        error = cause;
      },
      complete: () => {
        completed = true;
      },
    });
    timer(forSec * 1000).subscribe(() => {
      const before = reports.length;
      subscription.unsubscribe();
      closed = reports.splice(before);
    });
  });
  const states = reports.flatMap((report) => (report.kind === 'link' ? [report.state] : []));
  return { blocks, reports, states, error, completed, log, closed };
};

describe('acquire', () => {
  it('opens on subscribing, delivers, closes on unsubscribing', () => {
    const { blocks, states, closed } = run((_, stream) => [stream(0.25, 100)], { forSec: 3 });
    expect(blocks).toHaveLength(12);
    expect(states).toEqual(['opening', 'open']);
    expect(closed).toMatchObject([{ kind: 'link', state: 'closed' }]);
  });

  it('completes when the link does', () => {
    const { completed, states } = run((_, stream) => [stream(0.25, 4)], { forSec: 30 });
    expect(completed).toBe(true);
    expect(states.slice(0, 2)).toEqual(['opening', 'open']);
  });

  it('a silent source is first asked to start again, and no more where that helps', () => {
    const revived = new Subject<Chunk>();
    const restart = () => revived.next(byte(9, 99));
    const { blocks, states, log } = run((_, stream) => [concat(stream(0.25, 4), revived, NEVER)], { forSec: 4.5, restart });
    expect(log).toEqual(['open', 'restart']);
    expect(states).toEqual(['opening', 'open', 'stalled', 'open']);
    expect(blocks).toHaveLength(5);
  });

  it('a start that takes longer than silence may is waited for', () => {
    const slow = { ...device, wire: { ...device.wire, start: [{ endpoint: '', bytes: Uint8Array.of(1), afterSec: 3 }] } };
    const revived = new Subject<Chunk>();
    const restart = () => void timer(3000).subscribe(() => revived.next(byte(9, 99)));
    const { blocks, log } = run((_, stream) => [concat(stream(0.25, 4), revived, NEVER)], { forSec: 7, of: slow, restart });
    expect(log).toEqual(['open', 'restart']);
    expect(blocks).toHaveLength(5);
  });

  it('silence is noticed within 3 s and the link opened anew; the samples go on with a gap', () => {
    const { blocks, reports, states, log } = run((_, stream) => [concat(stream(0.25, 5), NEVER), stream(0.25, 20)], { forSec: 7 });
    expect(log).toEqual(['open', 'open']);
    expect(states).toEqual(['opening', 'open', 'stalled', 'retrying', 'opening', 'open']);
    // silent after 1 s, noticed at 3.5 s, opened anew after 0.5 s
    expect(reports.filter(({ kind }) => kind === 'gap')).toEqual([
      { kind: 'gap', signal: 'eda', lost: 11, exact: false, beforeSample: 16, atSec: 4 },
    ]);
    expect(blocks.slice(4, 7).map(({ firstSample, tmin }) => [firstSample, tmin])).toEqual([
      [4, 1],
      [16, 4],
      [17, 4.25],
    ]);
  });

  it('asks to start again, then connects anew', () => {
    const { log } = run((_, stream) => [concat(stream(0.25, 4), NEVER), stream(0.25, 40)], { forSec: 9, restart: () => {} });
    expect(log).toEqual(['open', 'restart', 'open']);
  });

  it('a link that is lost is opened again after pauses that double up to 5 s', () => {
    const lost = throwError(() => new AcquireError('link-lost', 'gone'));
    const { reports, error } = run((_, stream) => [concat(stream(0.25, 4), lost), lost], { forSec: 60 });
    const pauses = reports.flatMap((report) => (report.kind === 'link' && report.delaySec !== undefined ? [report.delaySec] : []));
    expect(pauses.slice(0, 7)).toEqual([0.5, 1, 2, 4, 5, 5, 5]);
    expect(error).toBeUndefined();
  });

  it('pauses are spread by chance: from a half to one and a half times', () => {
    const lost = throwError(() => new AcquireError('not-found', 'nobody there'));
    const delays = [0, 0.999].map((chance) => {
      const scheduler = new TestScheduler(() => {});
      const reports: Report[] = [];
      scheduler.run(() => {
        const { link } = fakeLink([lost]);
        const subscription = acquire(device, link, { report: (r) => reports.push(r), scheduler, random: () => chance }).subscribe();
        timer(1).subscribe(() => subscription.unsubscribe());
      });
      return reports.flatMap((report) => (report.kind === 'link' ? (report.delaySec ?? []) : []))[0];
    });
    expect(delays[0]).toBeCloseTo(0.25, 9);
    expect(delays[1]).toBeCloseTo(0.7495, 9);
  });

  it('after three failures in a row the adapter is reset, and one that hangs does not stop it', () => {
    const lost = throwError(() => new AcquireError('timeout', 'nobody there'));
    const { log } = run(() => [lost], { forSec: 33, resetAdapter: () => new Promise(() => {}) });
    expect(log).toEqual(['open', 'open', 'open', 'reset', 'open', 'open', 'open', 'reset']); // 15 s of waiting for the reset in between
  });

  it('a success starts the count of failures anew', () => {
    const lost = throwError(() => new AcquireError('link-lost', 'gone'));
    const { reports } = run((_, stream) => [lost, lost, concat(stream(0.25, 2), lost), lost], { forSec: 20 });
    const attempts = reports.flatMap((report) => (report.kind === 'link' && report.delaySec !== undefined ? [report.attempt] : []));
    expect(attempts.slice(0, 4)).toEqual([1, 2, 1, 2]);
  });

  it.each(['bad-uri', 'no-permission', 'no-driver'] as const)(
    '%s before the first sample is an error, not a reason to try again',
    (code) => {
      const { error, log } = run(() => [throwError(() => new AcquireError(code, 'no'))], { forSec: 60 });
      expect(error).toMatchObject({ code });
      expect(log).toEqual(['open']);
    },
  );

  it('the same error after a replug is tried again: the system takes a moment to grant the right', () => {
    const denied = throwError(() => new AcquireError('no-permission', 'no'));
    const gone = throwError(() => new AcquireError('link-lost', 'gone'));
    const { error, blocks } = run((_, stream) => [concat(stream(0.25, 2), gone), denied, stream(0.25, 100)], { forSec: 10 });
    expect(error).toBeUndefined();
    expect(blocks.length).toBeGreaterThan(10);
  });

  it('a mistake in the program is not retried', () => {
    const { error, log } = run(() => [throwError(() => new TypeError('oops'))], { forSec: 60 });
    expect(error).toBeInstanceOf(TypeError);
    expect(log).toEqual(['open']);
  });

  it('bytes that make no samples are silence', () => {
    const babble = timer(0, 100).pipe(map(() => ({ endpoint: '', arrivedAt: 0, bytes: new Uint8Array(0) })));
    const { states } = run(() => [babble], { forSec: 10.2 });
    expect(states.slice(0, 3)).toEqual(['opening', 'stalled', 'retrying']);
  });

  it('one frame lost of a BITalino at 1 Hz is no silence, though two more are awaited before the next is believed', () => {
    const frames = timer(0, 1000).pipe(
      filter((i) => i !== 10),
      map((i) => ({ endpoint: '', arrivedAt: i, bytes: Uint8Array.from(bitalinoFrame(i % 16, [512])) })),
    );
    const { states } = run(() => [frames], { forSec: 30, of: bitalino.create({ sfreq: 1 }) });
    expect(states).toEqual(['opening', 'open']);
  });

  it('a heart-rate sensor that is not on the skin, and says so, is not silent', () => {
    const offSkin = timer(0, 1000).pipe(map(() => ({ endpoint: '2a37', arrivedAt: 0, bytes: Uint8Array.of(4, 0) })));
    const { states } = run(() => [offSkin], { forSec: 120, of: heartRate.create() });
    expect(states).toEqual(['opening']);
  });

  it('… but one that says nothing is', () => {
    const { states } = run(() => [NEVER], { forSec: 60, of: heartRate.create() });
    expect(states.slice(0, 3)).toEqual(['opening', 'stalled', 'retrying']);
  });

  it('a sensor that tells it is not worn is not silent: reopening its port would reset it', () => {
    const lines = timer(0, 100).pipe(map((i) => ({ endpoint: '', arrivedAt: i / 10, bytes: Buffer.from(i < 20 ? '400\n' : '600\n') })));
    const grove = gsrLines.create({ unit: 'grove', format: 'integer', calibration: 512, sfreq: 10 });
    const { states, reports } = run(() => [lines], { forSec: 60, of: grove });
    expect(states).toEqual(['opening', 'open']);
    expect(reports.filter(({ kind }) => kind === 'bad-frame').length).toBeLessThan(60);
  });

  it('a board that measures impedance instead of the signal is not silent', () => {
    const measured = timer(0, 1000).pipe(map((i) => ({ ...ganglionImpedance(1 + (i % 5), 12), arrivedAt: i })));
    const { states, reports } = run(() => [measured], { forSec: 120, of: openbciGanglion.create({ impedance: true }) });
    expect(states).toEqual(['opening']);
    expect(reports.filter(({ kind }) => kind === 'impedance').length).toBeGreaterThan(100);
  });

  it('nothing goes on after unsubscribing', () => {
    const { reports, log } = run(() => [throwError(() => new AcquireError('link-lost', 'gone')), of()], { forSec: 0.2 });
    expect(log).toEqual(['open']);
    expect(reports.at(-1)).toMatchObject({ state: 'retrying' });
  });
});
