import { openRecording, play } from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import type { Speed } from '../config.ts';
import { page } from '../dashboard/page.ts';
import { loadLine } from '../load-line.ts';
import { describeLosses } from '../losses.ts';
import { sessionMessage, topics } from '../message.ts';
import { recordingSession } from '../recording-session.ts';
import { runLine } from '../run-line.ts';
import { consoleSink } from '../sinks/console.ts';
import { jsonl } from '../sinks/jsonl.ts';
import { mqtt, withoutSecrets } from '../sinks/mqtt.ts';
import { say, type Terminal } from '../terminal.ts';

export interface ReplayOptions {
  readonly speed: Speed;
  readonly mqtt?: string;
  readonly name: string;
  readonly hop: number;
  readonly model?: readonly string[];
  readonly engine?: EngineName;
  readonly features?: boolean;
  readonly page?: boolean;
}

/**
 * The line over recordings. Estimates go to stdout as JSON lines and depend on nothing but the recordings; everything for a person goes to
 * stderr.
 */
export const replay = async (paths: readonly string[], options: ReplayOptions, terminal: Terminal): Promise<number> => {
  const { out, err, stop } = terminal;
  const recordings = await Promise.all(paths.map((path) => openRecording(path)));
  const line = await loadLine(
    recordings.flatMap(({ signals }) => signals),
    options.model,
    options.engine,
  );
  const { cards } = line;
  for (const why of line.left) say(err, why);
  const session = await recordingSession(options.name, recordings, paths, { hopSec: options.hop, cards });
  for (const { format, name, signals } of recordings)
    say(err, `${name}: ${format}, ${signals.map(({ id, sfreq }) => `${id} ${sfreq} Hz`).join(', ')}`);
  if (session.pairing !== null) say(err, `Note: ${session.pairing}.`);
  const outputs = { ended: 0 };
  const topicTree = topics(options.name);
  try {
    const outcome = await runLine({
      ...line,
      session,
      sources: (report) => [play(recordings, { speed: options.speed, report, signal: stop })],
      filters: [],
      hopSec: options.hop,
      sinks: (facts) => [
        jsonl(out, options.features),
        ...(options.mqtt === undefined ? [] : [toBroker(options.mqtt)]),
        ...(options.page ? [page({ session, cards, facts, onOpen: (url) => say(err, `Page    ${url}`) })] : []),
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
    line.dispose();
  }

  function toBroker(url: string) {
    return mqtt({
      url,
      topics: topicTree,
      session: sessionMessage(session, cards),
      ...(options.features && { features: true }),
      onLink: (detail) => say(err, `MQTT    ${withoutSecrets(url)} ${detail}`),
    });
  }
};
