import type { Report, SampleBlock } from '@affect-edge/acquire';
import type { AnyFeature, AnyFilter } from '@affect-edge/features';
import type { Model } from '@affect-edge/models';
import { type Observable, Subject, takeUntil } from 'rxjs';
import { countLosses, type Losses, noLosses } from './losses.ts';
import { estimateMessage, featureMessage } from './message.ts';
import { pipeline } from './pipeline.ts';
import type { Session } from './session.ts';
import { type OpenSink, openSinks, type Sinks } from './sinks/sink.ts';

export interface LineOptions {
  readonly session: Session;
  /** Called once the sinks are open; whatever a link has to say goes to `report`. */
  readonly sources: (report: (report: Report) => void) => readonly Observable<SampleBlock>[];
  readonly filters: readonly AnyFilter[];
  readonly hopSec: number;
  readonly features: readonly AnyFeature[];
  readonly models: readonly Model[];
  /** Sinks, in the order they are opened; each may ask for the state of all of them. */
  readonly sinks: (facts: Facts) => readonly OpenSink[];
  /** Ends the session early: Ctrl-C, `--for`. */
  readonly stop: AbortSignal;
  /** A sink has ended before the session did. */
  readonly onSinkEnd: (name: string, reason: string) => void;
}

/** What is true now, for whoever shows it. */
export interface Facts {
  readonly losses: () => Losses;
  readonly states: () => readonly string[];
}

export interface Outcome {
  readonly estimates: number;
  readonly losses: Losses;
  /** Reports as they were counted by kind and text, for a summary; at most 20 different ones are kept. */
  readonly remarks: ReadonlyMap<string, number>;
}

/** How long the end of a session may take: quick where somebody waits for it, longer where a queue still drains. */
const closeWithinMs = { stopped: 1000, complete: 15_000 };

/**
 * Runs the line into its sinks until the sources end, `stop` fires or nobody listens any more; then closes every sink. Rejects where the line
 * itself cannot go on (a device that is gone for good, a file that cannot be read).
 */
export const runLine = async ({ session, sources, sinks: open, stop, onSinkEnd, ...parts }: LineOptions): Promise<Outcome> => {
  const stop$ = new Subject<void>();
  const remarks = new Map<string, number>();
  let losses = noLosses;
  let estimates = 0;
  let vectors = 0;
  let sinks: Sinks | undefined;
  const report = (fact: Report): void => {
    losses = countLosses(losses, fact);
    const remark = describeReport(fact);
    if (remark !== undefined && (remarks.has(remark) || remarks.size < 20)) remarks.set(remark, (remarks.get(remark) ?? 0) + 1);
    sinks?.report(fact);
  };
  const unsendable = (what: string): void =>
    report({ kind: 'dropped', stage: 'message', what: `${what} that is not a finite number`, count: 1 });
  const facts: Facts = { losses: () => losses, states: () => sinks?.states() ?? [] };
  sinks = await openSinks(open(facts), (name, reason) => {
    onSinkEnd(name, reason);
    if (sinks?.live().every((sink) => sink.onlyShows) ?? true) stop$.next();
  });
  const { block, vector, estimate } = sinks;
  const onStop = (): void => stop$.next();
  stop.addEventListener('abort', onStop);
  const look = {
    block,
    vector: (passing: Parameters<typeof vector>[0]): void => {
      const message = featureMessage(session, vectors, passing);
      if (message === undefined) unsendable(passing.spec.name);
      else {
        vectors += 1;
        vector(passing, message);
      }
    },
  };
  try {
    await new Promise<void>((resolve, reject) => {
      if (stop.aborted) return resolve();
      pipeline({ ...parts, sources: sources(report), report, look })
        .pipe(takeUntil(stop$))
        .subscribe({
          next: (passing) => {
            const message = estimateMessage(session, estimates, passing);
            if (message === undefined) unsendable(`estimate of ${passing.card.name}`);
            else {
              estimates += 1;
              estimate(passing, message);
            }
          },
          error: reject,
          complete: resolve,
        });
    });
  } finally {
    stop.removeEventListener('abort', onStop);
    await sinks.close(stop.aborted ? closeWithinMs.stopped : closeWithinMs.complete);
  }
  return { estimates, losses, remarks };
};

/** A report as one phrase without its numbers, so that a thousand of the same are one remark; nothing for what is no loss. */
const describeReport = (report: Report): string | undefined => {
  switch (report.kind) {
    case 'gap':
      return `samples of ${report.signal} lost`;
    case 'bad-frame':
      return `bad ${report.reason} from ${report.device}`;
    case 'damage':
      return `${report.file}: ${report.detail} (first at ${report.where})`;
    case 'dropped':
      return `${report.stage} dropped ${report.what}`;
    case 'saturation':
      return `${report.signal} ${report.channel} saturated`;
    default:
      return undefined;
  }
};
