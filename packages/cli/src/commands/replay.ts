import { play, type Recorder, recordingsOf } from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import { tap } from 'rxjs';
import type { Speed } from '../config.ts';
import { type ReadingOptions, saidOf } from '../convert/one-recording.ts';
import { ConfigError } from '../errors.ts';
import { loadAnyLine } from '../load-any-line.ts';
import { loadLine } from '../load-line.ts';
import { describeLosses } from '../losses.ts';
import { sessionMessage, topics } from '../message.ts';
import { recordingSession } from '../recording-session.ts';
import { type Facts, runLine } from '../run-line.ts';
import { consoleSink } from '../sinks/console.ts';
import { jsonl } from '../sinks/jsonl.ts';
import { record as recordSink } from '../sinks/record.ts';
import type { OpenSink } from '../sinks/sink.ts';
import { errorText } from '../system-error.ts';
import { say, type Terminal } from '../terminal.ts';
import { recordAgain } from './record-again.ts';

export interface ReplayOptions extends ReadingOptions {
  readonly speed: Speed;
  readonly mqtt?: string;
  readonly name: string;
  readonly hop: number;
  readonly model?: readonly string[];
  readonly engine?: EngineName;
  readonly features?: boolean;
  readonly page?: boolean;
  readonly from?: number;
  readonly to?: number;
  /** How often; `true` for as long as nobody stops it. */
  readonly loop?: number | true;
  readonly decoded?: boolean;
  readonly record?: string;
}

/**
 * The line over recordings. Estimates go to stdout as JSON lines and depend on nothing but the recordings; everything for a person goes to
 * stderr.
 */
export const replay = async (paths: readonly string[], options: ReplayOptions, terminal: Terminal): Promise<number> => {
  const { out, err, stop } = terminal;
  const { from: fromSec, to: toSec, loop, decoded = false } = options;
  if (fromSec !== undefined && toSec !== undefined && toSec <= fromSec)
    throw new ConfigError('bad-option', `Option --to: expected a time after --from (${fromSec} s), got ${toSec} s.`);
  const said = saidOf(options);
  const cut = {
    ...(fromSec !== undefined && { fromSec }),
    ...(toSec !== undefined && { toSec }),
    ...(loop !== undefined && { times: loop === true ? Number.POSITIVE_INFINITY : loop }),
  };
  const recordings = await recordingsOf(paths, { decoded, ...said });
  const worthWithoutModels = options.features === true || options.page === true || options.record !== undefined;
  const line = await (worthWithoutModels ? loadAnyLine : loadLine)(
    recordings.flatMap(({ signals }) => signals),
    options.model,
    options.engine,
    options.hop,
  );
  const { cards } = line;
  for (const why of line.left) say(err, why);
  const isSaid = Object.keys(said).length > 0;
  const isWhole = Object.keys(cut).length === 0 && !decoded && !isSaid;
  const played = isWhole
    ? undefined
    : {
        ...cut,
        ...(loop !== undefined && { times: String(loop) }),
        decoded: String(decoded),
        ...(isSaid && { said: JSON.stringify(said) }),
      };
  const session = await recordingSession(options.name, recordings, paths, { hopSec: options.hop, cards }, played);
  for (const { format, name, signals } of recordings)
    say(err, `${name}: ${format}, ${signals.map(({ id, sfreq }) => `${id} ${sfreq} Hz`).join(', ')}`);
  if (session.pairing !== null) say(err, `Note: ${session.pairing}.`);
  const outputs = { ended: 0 };
  const topicTree = topics(options.name);
  let playedSec = 0;
  let recorder: Recorder | undefined;
  try {
    if (options.record !== undefined) {
      recorder = await recordAgain(options.record, recordings, {
        session,
        computed: { hopSec: options.hop, cards },
        cut,
        clock: () => playedSec,
        onFailure: (error) => {
          outputs.ended += 1;
          say(err, `affect: ${errorText(error)}`);
        },
      });
      say(err, `Record  ${options.record}`);
    }
    const outcome = await runLine({
      ...line,
      session,
      sources: (report) => [
        play(recordings, { ...cut, speed: options.speed, report, signal: stop }).pipe(
          tap(({ arrivedAt }) => {
            playedSec = arrivedAt;
          }),
        ),
      ],
      filters: [],
      hopSec: options.hop,
      sinks: (facts) => [
        jsonl(out, options.features),
        ...(recorder === undefined ? [] : [recordSink(recorder)]),
        ...(options.mqtt === undefined ? [] : [toBroker(options.mqtt)]),
        ...(options.page ? [onPage(facts)] : []),
        ...(err.isTTY === true ? [consoleSink({ screen: err, cards, lines: false, states: facts.states, onlyShows: true })] : []),
      ],
      stop,
      onSinkEnd: (name, reason) => {
        outputs.ended += reason === 'its reader went away' ? 0 : 1;
        say(err, `affect: the ${name} output has ended: ${reason}.`);
      },
    });
    say(err, `Engine  ${line.engine}`);
    say(err, `Done: ${outcome.estimates} estimates, ${describeLosses(outcome.losses)}.`);
    for (const [remark, count] of outcome.remarks) say(err, `  ${count} × ${remark}`);
    return outputs.ended > 0 ? 1 : 0;
  } finally {
    await recorder?.close();
    line.dispose();
  }

  // Both are loaded where they are asked for: with their libraries they are half of a cold start.
  function toBroker(url: string): OpenSink {
    return async (fail) => {
      const { mqtt, withoutSecrets } = await import('../sinks/mqtt.ts');
      return mqtt({
        url,
        topics: topicTree,
        session: sessionMessage(session, cards),
        ...(options.features && { features: true }),
        onLink: (detail) => say(err, `MQTT    ${withoutSecrets(url)} ${detail}`),
      })(fail);
    };
  }

  function onPage(facts: Facts): OpenSink {
    return async (fail) => {
      const { page } = await import('../dashboard/page.ts');
      return page({ session, cards, facts, onOpen: (url) => say(err, `Page    ${url}`) })(fail);
    };
  }
};
