import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  acquire,
  createRecorder,
  defaultSyncSec,
  findDevice,
  openLink,
  type Recorder,
  type Reporter,
  type SampleBlock,
  sessionClock,
} from '@affect-edge/acquire';
import { fromEvent, merge, type Observable, takeUntil } from 'rxjs';
import type { SourceSpec } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { loadLine } from '../load-line.ts';
import { countLosses, describeLosses, noLosses } from '../losses.ts';
import { type Outcome, runLine } from '../run-line.ts';
import { liveSession } from '../session.ts';
import { consoleSink } from '../sinks/console.ts';
import { record as recordSink } from '../sinks/record.ts';
import { say, stopAfter, type Terminal } from '../terminal.ts';

export interface RecordOptions {
  readonly out: string;
  readonly source?: readonly SourceSpec[];
  readonly hop: number;
  readonly model?: readonly string[];
  readonly for?: number;
  readonly subject?: string;
  readonly notes?: string;
}

/** What a person types while it records; a terminal only. */
export type Keys = Readable & { readonly isTTY?: boolean };

/**
 * Records real sensors in an XDF file with everything that is made of them, until Ctrl-C or for a while. A sensor that drops out is waited for. Each
 * line typed on a terminal is a marker.
 */
export const record = async (options: RecordOptions, terminal: Terminal, keys: Keys = process.stdin): Promise<number> => {
  const { out: path, hop: hopSec } = options;
  const { err } = terminal;
  if (options.source === undefined) {
    throw new ConfigError(
      'no-input',
      "'affect record' needs a sensor: --source <device>@<link>, for instance --source openbci-cyton@serial:/dev/ttyUSB0.",
    );
  }
  const sources = options.source.map((spec) => ({ ...spec, made: findDevice(spec.device).create(spec.options) }));
  for (const { uri } of sources) openLink(uri);
  const line = await loadLine(
    sources.flatMap(({ made }) => made.signals),
    options.model,
  ).catch((error: unknown) => {
    if (options.model === undefined && error instanceof ConfigError && error.code === 'no-input') return undefined;
    throw error;
  });
  for (const why of line?.left ?? ['No model can be run on these sensors: recording without estimates.']) say(err, why);
  const startUnixSec = Date.now() / 1000;
  const clock = sessionClock();
  const session = liveSession('record', startUnixSec, sources);
  let recorder: Recorder | undefined;
  const broken = new AbortController();
  let failure: unknown;
  const stop = stopAfter(AbortSignal.any([terminal.stop, broken.signal]), options.for);
  const typed = keys.isTTY === true ? createInterface({ input: keys }) : undefined;
  try {
    const recording = await createRecorder(path, {
      sources,
      startedAt: startUnixSec,
      clock,
      session: {
        ...session,
        computed: { hopSec, models: (line?.cards ?? []).map(({ name, sha256 }) => [name, sha256]) },
        ...(options.subject !== undefined && { subject: options.subject }),
        ...(options.notes !== undefined && { notes: options.notes }),
      },
      onFailure: (error) => {
        failure = error;
        broken.abort();
      },
    });
    recorder = recording;
    say(err, `Record  ${path}  (whatever happens, you can lose at most ${defaultSyncSec} s)`);
    say(err, `Stop    Ctrl-C${options.for === undefined ? '' : `, or by itself after ${options.for} s`}`);
    typed?.on('line', (text) => {
      recording.mark(clock(), text || 'mark');
      say(err, `Mark    ${text || 'mark'}`);
    });
    const live = (report: Reporter) =>
      sources.map(({ made, uri }, index) => acquire(made, recording.recorded(index, openLink(uri, { clock, report })), { report }));
    const outcome =
      line === undefined
        ? await withoutModels(live, recording, stop.signal)
        : await runLine({
            ...line,
            session,
            sources: live,
            filters: [],
            hopSec,
            sinks: (facts) => [
              recordSink(recording),
              consoleSink({ screen: err, cards: line.cards, lines: false, states: facts.states, onlyShows: true }),
            ],
            stop: stop.signal,
            onSinkEnd: (name, reason) => say(err, `affect: the ${name} output has ended: ${reason}.`),
          });
    await recording.close();
    if (failure !== undefined) {
      say(err, `affect: ${failure instanceof Error ? failure.message : String(failure)}`);
      return 1;
    }
    say(err, `Done: ${(recording.bytes() / 1e6).toFixed(1)} MB, ${outcome.estimates} estimates, ${describeLosses(outcome.losses)}.`);
    return 0;
  } finally {
    typed?.close();
    stop.release();
    await recorder?.close();
    line?.dispose();
  }
};

/** Records until the sources end or `stop` fires; nothing is computed. */
const withoutModels = async (
  sources: (report: Reporter) => readonly Observable<SampleBlock>[],
  recorder: Recorder,
  stop: AbortSignal,
): Promise<Outcome> => {
  let losses = noLosses;
  const report: Reporter = (fact) => {
    losses = countLosses(losses, fact);
    recorder.report(fact);
  };
  await new Promise<void>((resolve, reject) => {
    if (stop.aborted) return resolve();
    merge(...sources(report))
      .pipe(takeUntil(fromEvent(stop, 'abort')))
      .subscribe({ next: recorder.block, error: reject, complete: resolve });
  });
  return { estimates: 0, losses, remarks: new Map() };
};
