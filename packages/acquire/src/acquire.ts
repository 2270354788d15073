import { asyncScheduler, Observable, type SchedulerLike, Subscription, tap } from 'rxjs';
import { continuity } from './continuity.ts';
import type { Device } from './device.ts';
import { AcquireError } from './errors.ts';
import type { Link } from './link.ts';
import { pausesSec } from './links/send-commands.ts';
import { ignoreReports, type Report, type Reporter } from './report.ts';
import type { SampleBlock } from './signal.ts';

/** A link with the rungs of the ladder that only some have. */
export interface RecoverableLink extends Link {
  /** Sends the wire's `start` once more over the connection there is. */
  readonly restart?: () => void;
  /** Takes the adapter down for every link that uses it; the next `open` starts it afresh. */
  readonly resetAdapter?: () => Promise<void>;
}

export interface AcquireOptions {
  readonly report?: Reporter;
  /** How long no sample may come before the source counts as stalled, s; 2.5 s or six sampling periods when absent, whichever is longer. */
  readonly silenceSec?: number;
  /** How long opening and the first sample may take, s; 10 s (a radio link: 45 s) and the pauses of the start commands when absent. */
  readonly openingSec?: number;
  /** Time and chance, for tests. */
  readonly scheduler?: SchedulerLike;
  readonly random?: () => number;
}

const backoffSec = { first: 0.5, most: 5 };
/** After this many attempts in a row the adapter is reset, and again after as many. */
const attemptsPerReset = 3;
const resetTimeoutSec = 15;

/**
 * The samples of a device on a link, for as long as somebody wants them. Cold: subscribing opens the link and starts the device,
 * unsubscribing stops the device and closes the link.
 *
 * A source that falls silent or is lost is recovered, never ended: first the start commands are sent again, then the link is opened anew
 * (which looks for the device afresh), after three failures in a row the adapter is reset first; pauses double from 0.5 s to 5 s, give or take a
 * half. What was missed is a gap. All of it is told through `report`. A measured impedance is no silence, nor is a reading out of
 * range or a word from a heart-rate sensor that is not on the skin.
 *
 * Errors only where no sample has come yet and trying again cannot help (`AcquireError` with `permanent`). Completes when the link does.
 *
 * @example
 * acquire(findDevice('openbci-cyton').create(), openLink('serial:/dev/ttyUSB0')).subscribe((block) => …);
 */
export const acquire = (device: Device, link: RecoverableLink, options: AcquireOptions = {}): Observable<SampleBlock> => {
  const { report = ignoreReports, scheduler = asyncScheduler, random = Math.random } = options;
  const { silenceSec = silenceOf(device), openingSec = openingOf(device) } = options;
  const startingSec = startingOf(device);
  const say = (state: 'opening' | 'open' | 'stalled' | 'lost' | 'retrying' | 'closed', detail: string, more = {}) =>
    report({ kind: 'link', uri: link.uri, state, detail, ...more });

  return new Observable((subscriber) => {
    const samples = continuity(report);
    let connection = Subscription.EMPTY;
    const timers = new Subscription();
    let watch = Subscription.EMPTY;
    let attempt = 0;
    let everHeard = false;

    const after = (sec: number, then: () => void): Subscription => {
      const timer = scheduler.schedule(() => {
        timers.remove(timer);
        then();
      }, sec * 1000);
      timers.add(timer);
      return timer;
    };

    const open = () => {
      let heard = false;
      let restarted = false;
      let lastHeard = scheduler.now();
      let over = false;

      const watchSilence = (limitSec: number) => {
        const leftSec = limitSec - (scheduler.now() - lastHeard) / 1000;
        watch = after(leftSec, () => {
          const limit = restarted ? silenceSec + startingSec : heard ? silenceSec : openingSec;
          if ((scheduler.now() - lastHeard) / 1000 < limit - 1e-6) watchSilence(limit);
          else if (!restarted && link.restart !== undefined) {
            restarted = true;
            lastHeard = scheduler.now();
            say('stalled', `no samples for ${limit} s; start commands sent again`);
            link.restart();
            watchSilence(silenceSec + startingSec);
          } else {
            say('stalled', `no samples for ${limit} s; connecting anew`);
            lose(new AcquireError('timeout', `No samples for ${limit} s.`));
          }
        });
      };
      const lose = (error: unknown) => {
        if (over) return;
        over = true;
        watch.unsubscribe();
        connection.unsubscribe();
        if (error instanceof AcquireError && error.permanent && !everHeard) subscriber.error(error);
        else retry(error);
      };

      say('opening', `${device.name} on ${link.uri}`, { attempt });
      samples.reconnected();
      watchSilence(openingSec);
      const alive = () => {
        lastHeard = scheduler.now();
        if (!restarted) return;
        restarted = false;
        say('open', `${device.name} delivers again`);
      };
      const hear = (fact: Report) => {
        // impedance some boards measure instead of the signal; out of range is a sensor that is not worn
        if (fact.kind === 'impedance' || (fact.kind === 'bad-frame' && fact.reason === 'range')) alive();
        samples.report(fact);
      };
      connection = link
        .open(device.wire)
        .pipe(tap(saysWhenThereIsNothing(device) ? alive : () => {}), device.decode(hear))
        .subscribe({
          next: (block) => {
            if (heard) alive();
            else {
              heard = true;
              restarted = false;
              lastHeard = scheduler.now();
              everHeard = true;
              attempt = 0;
              watch.unsubscribe();
              watchSilence(silenceSec);
              say('open', `${device.name} delivers samples`);
            }
            subscriber.next(samples.follow(block));
          },
          error: lose,
          complete: () => subscriber.complete(),
        });
      if (over) connection.unsubscribe();
    };

    const retry = (error: unknown) => {
      if (!(error instanceof AcquireError)) {
        subscriber.error(error); // a mistake in the program, not in the world
        return;
      }
      attempt++;
      if (error.code !== 'timeout') say('lost', error.message);
      const delaySec = Math.min(backoffSec.most, backoffSec.first * 2 ** (attempt - 1)) * (0.5 + random());
      say('retrying', error.message, { attempt, delaySec });
      after(delaySec, () => {
        if (attempt % attemptsPerReset === 0 && link.resetAdapter !== undefined) resetThenOpen(link.resetAdapter);
        else open();
      });
    };

    const resetThenOpen = (reset: () => Promise<void>) => {
      let done = false;
      const goOn = () => {
        if (done || subscriber.closed) return;
        done = true;
        timeout.unsubscribe();
        open();
      };
      const timeout = after(resetTimeoutSec, goOn);
      say('retrying', 'resetting the adapter', { attempt });
      reset().then(goOn, goOn); // a reset that fails is one more reason to try the link itself
    };

    open();
    return () => {
      timers.unsubscribe();
      connection.unsubscribe();
      say('closed', `${device.name} on ${link.uri}`);
    };
  });
};

const silenceOf = ({ signals }: Device): number => {
  const rates = signals.map(({ sfreq }) => sfreq).filter((sfreq) => sfreq > 0);
  return rates.length === 0 ? 5 : Math.max(2.5, 6 / Math.max(...rates));
};

/** Whether notifications without a sample are no silence: a heart-rate sensor that is not on the skin says so, once a second. */
const saysWhenThereIsNothing = ({ signals, wire }: Device): boolean =>
  wire.advertised !== undefined && signals.every(({ sfreq }) => sfreq === 0);

const openingOf = (device: Device): number => (device.wire.advertised === undefined ? 10 : 45) + startingOf(device);

/** How long the start commands take: a board with sixteen gains to set is told nothing else for three seconds. */
const startingOf = ({ wire }: Device): number => pausesSec(wire.start);
