import { setImmediate, setTimeout } from 'node:timers/promises';
import { Observable } from 'rxjs';
import { ignoreReports, type Reporter } from '../report.ts';
import type { SampleBlock, Signal } from '../signal.ts';
import { type Cut, cutBlocks, repeatedBlocks } from './cut-blocks.ts';
import { inOrderOfTime } from './merge-blocks.ts';
import type { Mark, Recording } from './recording.ts';

export interface PlayOptions extends Cut {
  /** Recorded seconds a second, or `max` for as fast as they can be read. The blocks do not depend on it. */
  readonly speed: 'max' | number;
  readonly report?: Reporter;
  /** Ends the stream as if the recordings had ended. */
  readonly signal?: AbortSignal;
}

/** How many blocks may follow each other before others get their turn. */
const blocksAtOnce = 32;
/** Recordings of one person that start within this belong together, s. */
const sameSessionSec = 12 * 3600;

/**
 * True where recordings are of one session, so that what they say at one time belongs together: a single one, or several of the same subject whose
 * starts are known and less than 12 h apart.
 */
export const belongTogether = (recordings: readonly Recording[]): boolean => {
  if (recordings.length < 2) return true;
  const starts = recordings.map(({ startedAt = Number.NaN }) => startedAt);
  return (
    recordings.every(({ subject }) => subject === recordings[0]!.subject) && Math.max(...starts) - Math.min(...starts) < sameSessionSec
  );
};

/**
 * The blocks of several recordings as one stream in order of time. Recordings of one session (`belongTogether`) keep their distance; all others start
 * together at 0, each at its own beginning. Where two hold a signal of the same id, the later one gets a number: `eda`, `eda-2`. Of these, those from
 * `fromSec` to `toSec`, `times` over; times are those of the recording, and go on from turn to turn.
 *
 * Cold; every subscription reads from the beginning, unsubscribing stops reading and closes the files. Memory is bounded. Errors with what the
 * recordings throw (`AcquireError`).
 */
export const play = (
  recordings: readonly Recording[],
  { speed, report = ignoreReports, signal, ...cut }: PlayOptions,
): Observable<SampleBlock> =>
  new Observable((subscriber) => {
    const stopping = new AbortController();
    const stop = signal === undefined ? stopping.signal : AbortSignal.any([stopping.signal, signal]);
    const run = async () => {
      let startedAt: number | undefined; // ms, when the first block was due
      let sinceTurn = 0;
      const blocks = () =>
        cutBlocks(
          inOrderOfTime(placesOf(recordings).map(({ recording, renamed, offsetSec }) => moved(recording, renamed, offsetSec, report))),
          cut,
        );
      for await (const block of repeatedBlocks(blocks, cut.times ?? 1)) {
        const dueMs = speed === 'max' ? 0 : (block.arrivedAt / speed) * 1000;
        startedAt ??= performance.now() - dueMs;
        const aheadMs = speed === 'max' ? 0 : dueMs - (performance.now() - startedAt);
        if (aheadMs > 1) await setTimeout(aheadMs, undefined, { signal: stop });
        else if (++sinceTurn >= blocksAtOnce) {
          sinceTurn = 0;
          await setImmediate();
        }
        if (stop.aborted) return;
        subscriber.next(block);
      }
    };
    run().then(
      () => subscriber.complete(),
      (error) => (stop.aborted ? subscriber.complete() : subscriber.error(error)),
    );
    return () => stopping.abort();
  });

/** How each recording takes part in a play: what its signals are called, and how far it is moved, s. */
const placesOf = (recordings: readonly Recording[]) => {
  const earliest = Math.min(...recordings.map(({ startedAt = Number.NaN }) => startedAt));
  const keepDistance = recordings.length > 1 && belongTogether(recordings);
  const taken = new Set<string>();
  return recordings.map((recording) => {
    const renamed = new Map<Signal, Signal>();
    for (const signal of recording.signals) {
      let id = signal.id;
      for (let n = 2; taken.has(id); n++) id = `${signal.id}-${n}`;
      taken.add(id);
      renamed.set(signal, id === signal.id ? signal : { ...signal, id });
    }
    return { recording, renamed, offsetSec: keepDistance ? recording.startedAt! - earliest : 0 };
  });
};

/** The signals of the blocks that `play` gives, with the ids they have there. */
export const playedSignals = (recordings: readonly Recording[]): Signal[] =>
  placesOf(recordings).flatMap(({ renamed }) => [...renamed.values()]);

/** The marks of recordings at the times they have when these are played together, in order. */
export const playedMarks = (recordings: readonly Recording[]): Mark[] =>
  placesOf(recordings)
    .flatMap(({ recording, offsetSec }) => (recording.marks ?? []).map(({ atSec, text }) => ({ atSec: atSec + offsetSec, text })))
    .sort((a, b) => a.atSec - b.atSec);

async function* moved(recording: Recording, renamed: ReadonlyMap<Signal, Signal>, offsetSec: number, report: Reporter) {
  for await (const block of recording.blocks(report)) {
    const signal = renamed.get(block.signal) ?? block.signal;
    yield { ...block, signal, tmin: block.tmin + offsetSec, arrivedAt: block.arrivedAt + offsetSec };
  }
}
