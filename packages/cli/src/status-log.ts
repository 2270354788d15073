import type { Log } from './log.ts';
import { describeLosses } from './losses.ts';
import type { Facts } from './run-line.ts';
import type { OpenSink } from './sinks/sink.ts';

/** The daemon's terminal is its log: what links do as it happens, and how things stand once a minute. */
export const statusLog =
  (log: Log, facts: Facts, everySec = 60): OpenSink =>
  () => {
    let estimates = 0;
    let tSec = 0;
    const troubles = new Map<string, string>();
    const status = (): void =>
      log.info('Status', { t_sec: Math.round(tSec), estimates, losses: describeLosses(facts.losses()), outputs: facts.states() });
    const timer = setInterval(status, everySec * 1000);
    return {
      name: 'log',
      onlyShows: true,
      estimate: ({ tmax }) => {
        estimates += 1;
        tSec = Math.max(tSec, tmax);
        if (estimates === 1) log.info('The first estimate', { t_sec: tmax });
      },
      report: (report) => {
        if (report.kind !== 'link') return;
        const isTrouble = report.state === 'lost' || report.state === 'stalled';
        // A sensor that stays away for a week is told of once, not a hundred thousand times.
        const isNews = isTrouble ? troubles.get(report.uri) !== report.detail : report.state === 'open';
        if (isTrouble) troubles.set(report.uri, report.detail);
        else if (report.state === 'open') troubles.delete(report.uri);
        const level = !isNews ? 'debug' : isTrouble ? 'warn' : 'info';
        log[level](report.detail, { about: 'link', link: report.uri, state: report.state });
      },
      close: async () => {
        clearInterval(timer);
        status();
      },
    };
  };
