import { AcquireError } from '@affect-edge/acquire';
import { checkParts, type Secrets } from '../config/check-parts.ts';
import { type LoadedSettings, loadSettings } from '../config/load-settings.ts';
import { scrubber, withoutDeviceNames } from '../config/redact.ts';
import { ConfigError } from '../errors.ts';
import { runnableModels } from '../load-line.ts';
import { type Log, openLog } from '../log.ts';
import { describeLosses } from '../losses.ts';
import { type Notifier, notifier, sdNotify } from '../sd-notify.ts';
import { holdState } from '../state/state-lock.ts';
import { statusLog } from '../status-log.ts';
import { errorText, isSystemError } from '../system-error.ts';
import type { Terminal } from '../terminal.ts';
import { logVoice, terminalVoice } from '../voice.ts';
import { daemonOptions, secretsOf } from './daemon-options.ts';
import { dryRun } from './dry-run.ts';
import { type LiveOptions, live } from './live.ts';
import { foregroundKeys } from './live-sinks.ts';
import type { RunOptions } from './run.ts';

/** Everything a session is started from. */
export interface Plan {
  readonly loaded: LoadedSettings;
  readonly secrets: Secrets;
}

/** Pauses between attempts to start, s; the last one for ever. */
const ladderSec = [1, 5, 15, 30, 60] as const;
/** A session that ran this long had started well: the ladder begins anew. */
const goodStartMs = 120_000;

const planOf = async (file: string): Promise<Plan> => {
  const loaded = loadSettings(file);
  return { loaded, secrets: await checkParts(loaded) };
};

/**
 * `affect run` with a configuration, for months: what may come (a port, a right, a disk) is waited for, a mistake in the configuration ends it at once.
 * SIGHUP reads the file again: where it is right and something changed, the session ends and a new one begins.
 */
export const daemon = async (file: string, options: RunOptions, terminal: Terminal): Promise<number> => {
  let plan = await planOf(file);
  const { json = false, once = false } = options;
  const screen = json ? terminal.err : terminal.out;
  const { level, format } = plan.loaded.settings.log;
  const scrubOf = ({ loaded, secrets }: Plan) =>
    scrubber({ secrets: secretsOf({ loaded, secrets }), links: loaded.settings.sensors.map(({ link }) => link) });
  let scrub = scrubOf(plan);
  // Somebody who looks at a terminal sees the status line; everybody else reads a log.
  const isLooking = json || once || options.dryRun || options.for !== undefined || (screen.isTTY === true && format === 'auto');
  const log = isLooking
    ? undefined
    : await openLog({ level, format: format === 'pretty' ? 'pretty' : 'json', out: screen, scrub: (line) => scrub(line) });
  const voice = log === undefined ? terminalVoice(screen, terminal) : logVoice(log);
  for (const advice of plan.loaded.advice) voice.warn('Advice', advice);
  if (options.dryRun && !once) return dryRun(daemonOptions(plan, options, voice));

  let release: (() => void) | undefined;
  const told = notifier();
  let again = new AbortController();
  const reload = async (): Promise<void> => {
    told.reloading();
    try {
      const next = await planOf(file);
      const changed = changedKeys(plan, next);
      if (next.loaded.stateFolder !== plan.loaded.stateFolder) {
        throw new ConfigError('bad-config', 'state.folder takes effect only when the program is started again.');
      }
      // What would end the next session as it begins is refused while this one runs.
      const { sources, models, hopSec } = daemonOptions(next, options, voice);
      runnableModels(
        sources.flatMap(({ device }) => device.signals),
        models,
        hopSec,
      );
      plan = next;
      scrub = scrubOf(next);
      log?.setLevel(next.loaded.settings.log.level);
      for (const advice of next.loaded.advice) voice.warn('Advice', advice);
      const sessionGoesOn = changed.every((key) => key === 'log');
      if (changed.length === 0) voice.tell('Reload', 'nothing has changed');
      else if (sessionGoesOn)
        voice.tell('Reload', `log.level is ${next.loaded.settings.log.level}; log.format takes effect when the program is started again`);
      else {
        voice.tell('Reload', `${changed.join(', ')} changed: this session ends and a new one begins`);
        again.abort();
      }
      if (sessionGoesOn) told.ready('reloaded');
    } catch (error) {
      voice.warn('Reload', `refused, everything goes on as it was: ${errorText(error)}`);
      told.ready('the configuration is wrong and was not reloaded');
    }
  };
  const keys = foregroundKeys();
  const deaf = terminal.onReload?.(() => void reload());
  try {
    for (let attempt = 0; !terminal.stop.aborted; ) {
      again = new AbortController();
      const startedAt = performance.now();
      try {
        if (!options.dryRun) release ??= holdState(plan.loaded.stateFolder);
        const stop = AbortSignal.any([terminal.stop, again.signal]);
        const code = await live(
          {
            ...daemonOptions(plan, options, voice),
            ...(log && { status: daemonStatus(log, told) }),
            ...(keys && { keys }),
            onRoom: () => again.abort(),
          },
          { ...terminal, stop },
        );
        if (!again.signal.aborted) return code;
        attempt = 0;
      } catch (error) {
        if (!mayPass(error) || isLooking) throw error;
        if (performance.now() - startedAt > goodStartMs) attempt = 0;
        const waitSec = ladderSec[Math.min(attempt, ladderSec.length - 1)];
        attempt += 1;
        const why = `${scrub(withoutDeviceNames(errorText(error)))} Trying again in ${waitSec} s.`;
        voice.warn('Start', why);
        told.ready(why);
        told.alive(why); // waiting for a known reason is no reason to be killed
        await pause(waitSec * 1000, AbortSignal.any([terminal.stop, again.signal]));
      }
    }
    return 0;
  } finally {
    told.stopping();
    deaf?.();
    release?.();
  }
};

/** True for what may come by itself: a sensor, a right, a port, a disk, the network. A wrong word never does. */
export const mayPass = (error: unknown): boolean => {
  if (error instanceof ConfigError) return error.code === 'no-port';
  if (error instanceof AcquireError) return !['unknown-device', 'bad-option', 'bad-uri', 'unknown-format'].includes(error.code);
  return isSystemError(error);
};

/** The log, and systemd where it listens. A session that ends is not yet the end of the service. */
const daemonStatus =
  (log: Log, told: Notifier): NonNullable<LiveOptions['status']> =>
  (facts, clock) => [
    statusLog(log, facts),
    sdNotify({
      notifier: { ...told, stopping: () => {} },
      clock,
      status: () => [describeLosses(facts.losses()), ...facts.states()].join(', '),
    }),
  ];

/** Top-level keys whose settings differ, and `a secret` where only what is behind them does. */
export const changedKeys = (before: Plan, after: Plan): string[] => {
  const [old, now]: Readonly<Record<string, unknown>>[] = [before.loaded.settings, after.loaded.settings];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  );
  return before.secrets.mqttPassword === after.secrets.mqttPassword ? changed : [...changed, 'a secret'];
};

const pause = (ms: number, until: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (until.aborted) return done();
    const end = (): void => {
      clearTimeout(timer);
      until.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, ms);
    until.addEventListener('abort', end);
  });
