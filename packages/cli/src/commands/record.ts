import { createInterface } from 'node:readline';
import {
  acquire,
  createDevices,
  createRecorder,
  defaultSyncSec,
  openLink,
  type PartSize,
  type Recorder,
  sessionClock,
} from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import { tap } from 'rxjs';
import type { SourceSpec } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { loadAnyLine } from '../load-any-line.ts';
import { describeLosses } from '../losses.ts';
import type { HttpMarks } from '../marks/http-marks.ts';
import { type Marker, marker } from '../marks/marker.ts';
import { sessionMessage } from '../message.ts';
import { consentOf } from '../recording-options.ts';
import { runLine } from '../run-line.ts';
import { liveSession } from '../session.ts';
import { consoleSink } from '../sinks/console.ts';
import { record as recordSink } from '../sinks/record.ts';
import type { OpenSink } from '../sinks/sink.ts';
import { errorText } from '../system-error.ts';
import { say, stopAfter, type Terminal } from '../terminal.ts';
import { topics } from '../topics.ts';
import { askUse } from './intended-use.ts';
import type { Keys } from './live-sinks.ts';

export interface RecordOptions {
  readonly out: string;
  /** What the estimates are for; must be said where people may be measured and a model runs. */
  readonly use?: string;
  readonly source?: readonly SourceSpec[];
  readonly hop: number;
  readonly model?: readonly string[];
  readonly engine?: EngineName;
  readonly for?: number;
  readonly split?: PartSize;
  readonly httpMarks?: number;
  /** A broker to publish to, and to take marks from. */
  readonly mqtt?: string;
  readonly name: string;
  readonly subject?: string;
  readonly session?: string;
  readonly notes?: string;
  readonly consent?: string;
}

/**
 * Records real sensors in XDF with everything that is made of them, until Ctrl-C or for a while. A sensor that drops out is waited for. Marks come from
 * lines typed on a terminal, and by HTTP and MQTT where that was asked for.
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
  const made = createDevices(options.source);
  const sources = options.source.map((spec, i) => ({ ...spec, made: made[i] }));
  for (const { uri } of sources) openLink(uri);
  const line = await loadAnyLine(
    sources.flatMap(({ made }) => made.signals),
    options.model,
    options.engine,
    hopSec,
  );
  for (const why of line.left) say(err, why);
  if (line.models.length === 0) say(err, 'No model can be run on these sensors: recording without estimates.');
  const startUnixSec = Date.now() / 1000;
  const clock = sessionClock();
  const session = liveSession(options.name, startUnixSec, sources, options.use);
  let heardSec = 0; // a simulated sensor may run ahead of the clock
  const now = (): number => Math.max(clock(), heardSec);
  let recorder: Recorder | undefined;
  let http: HttpMarks | undefined;
  const broken = new AbortController();
  let failure: unknown;
  const stop = stopAfter(AbortSignal.any([terminal.stop, broken.signal]), options.for);
  const typed = keys.isTTY === true ? createInterface({ input: keys }) : undefined;
  try {
    if (line.models.length > 0) askUse(sources, options.use);
    const recording = await createRecorder(path, {
      sources,
      startedAt: startUnixSec,
      clock: now,
      ...(options.split !== undefined && { split: options.split }),
      session: {
        ...session,
        computed: { hopSec, models: line.cards.map(({ name, sha256 }) => [name, sha256]) },
        ...(options.subject !== undefined && { subject: options.subject }),
        ...(options.session !== undefined && { session: options.session }),
        ...(options.notes !== undefined && { notes: options.notes }),
        ...(options.consent !== undefined && { consent: await consentOf(options.consent) }),
      },
      onPart: (part, problem) => say(err, problem === undefined ? `Part    ${part}` : `No new part, going on in ${part}: ${problem}`),
      onFailure: (error) => {
        failure = error;
        broken.abort();
      },
    });
    recorder = recording;
    const mark = marker(now, recording.mark, err);
    say(err, `Record  ${recording.paths()[0]}  (whatever happens, you can lose at most ${defaultSyncSec} s)`);
    say(err, `Stop    Ctrl-C${options.for === undefined ? '' : `, or by itself after ${options.for} s`}`);
    if (options.httpMarks !== undefined) {
      http = await (await import('../marks/http-marks.ts')).httpMarks(options.httpMarks, mark);
      say(err, `Marks   POST ${http.url} with 'Authorization: Bearer ${http.token}'`);
    }
    typed?.on('line', (text) => mark(text, 'keys'));
    const outcome = await runLine({
      ...line,
      session,
      sources: (report) =>
        sources.map(({ made, uri }, index) =>
          acquire(made, recording.recorded(index, openLink(uri, { clock, report })), { report }).pipe(
            tap(({ arrivedAt }) => {
              heardSec = Math.max(heardSec, arrivedAt);
            }),
          ),
        ),
      filters: [],
      hopSec,
      sinks: (facts) => [
        recordSink(recording),
        ...(options.mqtt === undefined ? [] : [toBroker(options.mqtt, mark)]),
        consoleSink({ screen: err, cards: line.cards, lines: false, states: facts.states, onlyShows: true }),
      ],
      stop: stop.signal,
      onSinkEnd: (name, reason) => say(err, `affect: the ${name} output has ended: ${reason}.`),
    });
    await recording.close();
    if (failure !== undefined) {
      say(err, `affect: ${errorText(failure)}`);
      return 1;
    }
    const parts = recording.paths().length > 1 ? ` in ${recording.paths().length} parts` : '';
    say(
      err,
      `Done: ${(recording.bytes() / 1e6).toFixed(1)} MB${parts}, ${outcome.estimates} estimates, ${describeLosses(outcome.losses)}.`,
    );
    return 0;
  } finally {
    typed?.close();
    stop.release();
    await http?.close();
    await recorder?.close();
    line.dispose();
  }

  /** Estimates to a broker, and marks from it; loaded where it is asked for. */
  function toBroker(url: string, mark: Marker): OpenSink {
    return async (fail) => {
      const { mqtt, withoutSecrets } = await import('../sinks/mqtt.ts');
      const topicTree = topics(options.name);
      say(err, `MQTT    ${withoutSecrets(url)}  marks on ${topicTree.markSet}`);
      return mqtt({
        url,
        topics: topicTree,
        session: sessionMessage(session, line.cards),
        onMark: (text) => void mark(text, 'mqtt'),
        onLink: (detail) => say(err, `MQTT    ${withoutSecrets(url)} ${detail}`),
      })(fail);
    };
  }
};
