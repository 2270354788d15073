import { spawn } from 'node:child_process';
import type { OpenSink } from './sinks/sink.ts';

/** What the watchdog looks at; all times in s of one clock. */
export interface Vitals {
  readonly now: number;
  /** When a sample last came through; when the line was opened where none has yet. */
  readonly advancedAt: number;
  /** Links that are known to be down, each with when it was last tried again and how long it then meant to wait. */
  readonly outages: readonly { readonly triedAt: number; readonly delaySec: number }[];
}

/** Without a sample for so long and without an outage to explain it, the line is stuck, s. Longer than the slowest device pauses by itself. */
const stuckAfterSec = 45;
/** What an attempt to connect may take beyond its announced delay, s: Bluetooth scans for a device that is off, serial ports settle. */
const attemptSec = 60;

/**
 * True where the daemon deserves to live on: samples come through, or every silence is a known outage that is being retried. A timer alone never
 * feeds the watchdog: a line that is stuck looks alive to a timer.
 */
export const deservesToLive = ({ now, advancedAt, outages }: Vitals): boolean =>
  now - advancedAt <= stuckAfterSec ||
  (outages.length > 0 && outages.every(({ triedAt, delaySec }) => now - triedAt <= delaySec + attemptSec));

/** Tells systemd how the service is. Every method returns at once; nothing is done where systemd does not listen. */
export interface Notifier {
  /** The line is up: the start of the service is over. */
  readonly ready: (status: string) => void;
  /** One line for `systemctl status`: `3 streams, 0 drops, outbox 0`. */
  readonly status: (text: string) => void;
  /** Alive and advancing, with the status that proves it. */
  readonly alive: (status: string) => void;
  /** The configuration is being read again; `ready` ends it. */
  readonly reloading: () => void;
  /** On the way out; nothing is told after it. */
  readonly stopping: () => void;
  /** How often `alive` should be considered, s: a third of what systemd waits; `undefined` where it does not watch. */
  readonly everySec: number | undefined;
}

const silent: Notifier = {
  ready: () => {},
  status: () => {},
  alive: () => {},
  reloading: () => {},
  stopping: () => {},
  everySec: undefined,
};

/** Sends assignments to systemd; replaced in tests. */
export type Send = (assignments: readonly string[]) => Promise<void>;

/**
 * The notifier of this process. Node cannot write to a unix datagram socket, so `systemd-notify` does, as a child (12 ms), one at a time and never
 * waited for. It is left to wait for systemd's receipt: one that has ended before systemd looks at its message is not known to be ours.
 */
export const notifier = (env: Readonly<Record<string, string | undefined>> = process.env, send: Send = sendWithChild): Notifier => {
  if (!env.NOTIFY_SOCKET) return silent;
  const watchdogMicroseconds = Number(env.WATCHDOG_USEC);
  let last = Promise.resolve();
  let stopped = false;
  const tell = (...assignments: string[]): void => {
    if (stopped) return;
    last = last.then(() => send(assignments)).catch(() => {}); // systemd gone or systemd-notify missing: the data does not care
  };
  return {
    ready: (text) => tell('READY=1', statusOf(text)),
    status: (text) => tell(statusOf(text)),
    alive: (text) => tell('WATCHDOG=1', statusOf(text)),
    reloading: () => tell('RELOADING=1'),
    stopping: () => {
      tell('STOPPING=1');
      stopped = true;
    },
    everySec: watchdogMicroseconds > 0 ? watchdogMicroseconds / 3e6 : undefined,
  };
};

/** A status is one line. */
const statusOf = (text: string): string => `STATUS=${text.replaceAll(/\s+/g, ' ').slice(0, 200)}`;

const sendWithChild: Send = (assignments) =>
  new Promise((done, fail) => {
    const child = spawn('systemd-notify', assignments, { stdio: 'ignore' });
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? done() : fail(new Error(`systemd-notify ended with ${code}`))));
  });

export interface WatchdogOptions {
  readonly notifier: Notifier;
  /** Seconds of a clock that only goes forward. */
  readonly clock: () => number;
  /** The line for `systemctl status`, asked for whenever it is sent. */
  readonly status: () => string;
  /** Calls back every so many seconds until it is stopped; replaced in tests. */
  readonly every?: (sec: number, tick: () => void) => () => void;
}

/** How often the status is sent where systemd does not watch, s. */
const statusSec = 30;

/**
 * A sink that says READY when it is opened (open it last: then everything else is up), feeds the watchdog while `deservesToLive`, and says STOPPING
 * when the session closes.
 */
export const sdNotify =
  ({ notifier: told, clock, status, every = everySeconds }: WatchdogOptions): OpenSink =>
  () => {
    let advancedAt = clock();
    const outages = new Map<string, { readonly triedAt: number; readonly delaySec: number }>();
    told.ready(status());
    const stop = every(told.everySec ?? statusSec, () => {
      if (deservesToLive({ now: clock(), advancedAt, outages: [...outages.values()] })) told.alive(status());
      else told.status(`stuck: no sample for ${Math.round(clock() - advancedAt)} s; ${status()}`);
    });
    return {
      name: 'systemd',
      onlyShows: true,
      block: () => {
        advancedAt = clock();
      },
      report: (report) => {
        if (report.kind !== 'link') return;
        if (report.state === 'open' || report.state === 'closed') outages.delete(report.uri);
        else outages.set(report.uri, { triedAt: clock(), delaySec: report.delaySec ?? 0 });
      },
      close: async () => {
        stop();
        told.stopping();
      },
    };
  };

const everySeconds = (sec: number, tick: () => void): (() => void) => {
  const timer = setInterval(tick, sec * 1000);
  timer.unref();
  return () => clearInterval(timer);
};
