import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { play, playedMarks, playedSignals, type Recording, recordingsOf } from '@affect-edge/acquire';
import type { EdaSite } from '@affect-edge/features';
import type { EngineName } from '@affect-edge/models';
import { lastValueFrom } from 'rxjs';
import { orCannotWrite } from '../cannot-write.ts';
import { type ReadingOptions, saidOf } from '../convert/one-recording.ts';
import { ConfigError } from '../errors.ts';
import { loadAnyLine } from '../load-any-line.ts';
import { recordingSession } from '../recording-session.ts';
import { collect, refused, reportFeatures } from '../report/collect.ts';
import { connectionRemarks } from '../report/connections.ts';
import { progressBar } from '../report/progress-bar.ts';
import { reportData } from '../report/report-data.ts';
import { reportPage } from '../report/report-page.ts';
import { runLine } from '../run-line.ts';
import type { OpenSink } from '../sinks/sink.ts';
import { distinctFeatures } from '../spec-of.ts';
import { say, type Terminal } from '../terminal.ts';
import { version } from '../version.ts';
import { writeDurably } from '../write-durably.ts';

export interface ReportOptions extends ReadingOptions {
  readonly out: string;
  readonly site: EdaSite;
  readonly model?: readonly string[];
  readonly engine?: EngineName;
}

const hopSec = 0.5;

/**
 * A page about recordings, with the same numbers as JSON beside it. They run through the very line that runs live, at full speed; what passes is kept in
 * courses of bounded size, so an hour and a day cost the same memory.
 */
export const report = async (paths: readonly string[], options: ReportOptions, { err, stop }: Terminal): Promise<number> => {
  const { out, site } = options;
  if (!/\.html?$/i.test(out)) throw new ConfigError('bad-option', `Option --out: expected a name that ends in .html, got '${out}'.`);
  const json = out.replace(/\.html?$/i, '.json');
  refuseForeign(json);
  const recordings = await recordingsOf(paths, saidOf(options));
  const signals = playedSignals(recordings);
  const line = await loadAnyLine(signals, options.model, options.engine);
  try {
    const session = await recordingSession('report', recordings, paths, { hopSec, cards: line.cards });
    const collected = collect(signals, site);
    const lengthSec = err.isTTY === true ? await lengthOf(recordings, stop) : 0;
    const bar = progressBar(err, basename(out), lengthSec);
    const sink: OpenSink = () => ({
      name: 'report',
      block: (block) => {
        collected.block(block);
        bar.at(collected.endSec());
      },
      vector: collected.vector,
      estimate: collected.estimate,
      report: collected.report,
      close: async () => {},
    });
    await runLine({
      ...line,
      features: distinctFeatures([...Object.values(reportFeatures(site)), ...line.features], signals),
      session,
      sources: (heard) => [play(recordings, { speed: 'max', report: heard, signal: stop })],
      filters: [],
      hopSec,
      sinks: () => [sink],
      stop,
      onSinkEnd: (name, reason) => say(err, `affect: the ${name} output has ended: ${reason}.`),
    });
    bar.end();
    if (stop.aborted) {
      say(err, 'Stopped: no report was written.');
      return 1;
    }
    const found = collected.read();
    const data = reportData({
      program: `affect ${version}`,
      engine: line.engine.split(';')[0],
      session,
      recordings,
      signals,
      marks: playedMarks(recordings),
      cards: line.cards,
      left: line.left,
      refused: refused(signals, site),
      collected: { ...found, remarks: [...(await connectionRemarks(paths, recordings)), ...found.remarks] },
    });
    const page = reportPage(data);
    write(out, page);
    write(json, `${JSON.stringify(data)}\n`);
    say(err, `Report  ${out}  (${(Buffer.byteLength(page) / 1e6).toFixed(2)} MB), the numbers in ${json}`);
    return 0;
  } finally {
    line.dispose();
  }
};

/** How far the recordings reach, s: a first reading, a tenth of the work, for a bar that is worth its name. */
const lengthOf = async (recordings: readonly Recording[], stop: AbortSignal): Promise<number> => {
  const last = await lastValueFrom(play(recordings, { speed: 'max', signal: stop }), { defaultValue: undefined });
  return last?.arrivedAt ?? 0;
};

/** Throws where the numbers would replace what is not a report's: beside a recording of the same name lies often what describes it. */
const refuseForeign = (json: string): void => {
  let text: string;
  try {
    text = readFileSync(json, 'utf8');
  } catch {
    return; // there is none, or writing will say why not
  }
  if (!text.startsWith('{"schema":"affect.report/'))
    throw new ConfigError(
      'bad-option',
      `'${json}', where the report's numbers would go, is another file and is not overwritten: give the page another name.`,
    );
};

/** Writes all of a file or nothing: on a full disk the page of an earlier time stays. */
const write = (path: string, text: string): void => orCannotWrite(path, () => writeDurably(path, text));
