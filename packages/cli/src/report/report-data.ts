import type { Mark, Recording, Signal } from '@affect-edge/acquire';
import type { ModelCard } from '@affect-edge/models';
import { notMedical } from '../message.ts';
import type { Session } from '../session.ts';
import type { Collected } from './collect.ts';
import { hasScalpMap } from './scalp-map.ts';

/** Everything the report says; the page is drawn from it, and it lies beside the page as JSON. */
export interface ReportData extends Collected {
  readonly schema: 'affect.report/1';
  readonly program: string;
  readonly engine: string;
  readonly session: string;
  readonly started: string | null;
  readonly simulated: boolean;
  readonly pairing: string | null;
  readonly recordings: readonly AboutRecording[];
  readonly marks: readonly Mark[];
  readonly models: readonly ModelCard[];
  /** What could not be measured, and why; a sentence each. */
  readonly notMeasured: readonly string[];
  readonly notice: string;
}

export interface AboutRecording {
  readonly name: string;
  readonly format: string;
  readonly started: string | null;
  /** What the recorder wrote in the header, for a person. */
  readonly subject?: string;
  readonly session?: string;
  readonly notes?: string;
  readonly consentSha256?: string;
}

export interface ReportParts {
  readonly program: string;
  readonly engine: string;
  readonly session: Session;
  readonly recordings: readonly Recording[];
  readonly signals: readonly Signal[];
  readonly marks: readonly Mark[];
  readonly cards: readonly ModelCard[];
  /** Models that cannot run on these signals, with the reason. */
  readonly left: readonly string[];
  /** What signals cannot give, and why: a sentence each. */
  readonly refused: readonly string[];
  readonly collected: Collected;
}

const mostMarks = 2000;

/** Puts together what was collected and what is known about the session. */
export const reportData = (parts: ReportParts): ReportData => {
  const { program, engine, session, recordings, marks, cards, collected } = parts;
  return {
    schema: 'affect.report/1',
    program,
    engine,
    session: session.id,
    started: isoTime(session.startUnixSec),
    simulated: session.simulated,
    pairing: session.pairing,
    recordings: recordings.map(aboutRecording),
    ...collected,
    marks: marks.slice(0, mostMarks),
    models: cards,
    notMeasured: notMeasured(parts),
    notice: notMedical,
  };
};

const isoTime = (unixSec: number | undefined): string | null =>
  unixSec === undefined ? null : new Date(Math.round(unixSec * 1000)).toISOString();

const aboutRecording = ({ name, format, startedAt, subject, session = {} }: Recording): AboutRecording => {
  const text = (key: string): string | undefined => (typeof session[key] === 'string' && session[key] !== '' ? session[key] : undefined);
  // Whatever is there: only a text is taken from it.
  const consent = (session.consent as { readonly sha256?: unknown } | undefined)?.sha256;
  return {
    name,
    format,
    started: isoTime(startedAt),
    ...(subject !== undefined && { subject }),
    ...(text('session') !== undefined && { session: text('session')! }),
    ...(text('notes') !== undefined && { notes: text('notes')! }),
    ...(typeof consent === 'string' && { consentSha256: consent }),
  };
};

/** Said of every signal, electrode, quantity and model that somebody might look for and not find. */
const notMeasured = ({ signals, left, refused, collected, session, marks }: ReportParts): string[] => {
  const has = (kind: Signal['kind']): boolean => signals.some((signal) => signal.kind === kind);
  const said: string[] = [];
  if (!has('eeg')) said.push('Brain activity: the recording has no EEG.');
  if (!has('eda')) said.push('Skin conductance: the recording has none.');
  said.push(...refused);
  if (!collected.body.some(({ name }) => name === 'Heart rate'))
    said.push('Heart rate: no sensor of the pulse or the heart in the recording.');
  for (const { id, kind, nSamples } of collected.signals)
    if (
      (kind === 'inter-beat' || kind === 'ppg') &&
      nSamples > 0 &&
      !collected.body.some(({ name, from }) => name === 'Heart rate' && from.startsWith(`${id},`))
    )
      said.push(`Heart rate from '${id}': it never went on for a minute without a break.`);
  if (!has('temperature')) said.push('Skin temperature: no sensor in the recording, so wear is judged by skin conductance alone.');
  for (const { channels, signal, electrodes } of collected.eeg) {
    if (!hasScalpMap(channels))
      said.push(`Scalp maps of '${signal}': fewer than three electrodes have a name of the 10-10 system (${channels.join(', ')}).`);
    const bad = electrodes.filter(({ usable }) => usable !== null && usable < 0.5).map(({ channel }) => channel);
    if (electrodes.some(({ usable }) => usable === null)) said.push(`Quality of the electrodes of '${signal}': it was too short to tell.`);
    if (bad.length > 0)
      said.push(`Bands at ${bad.join(', ')}: unusable for more than half of the time; their values are of what is left, or missing.`);
  }
  for (const { id, nSamples } of collected.signals) if (nSamples === 0) said.push(`'${id}': announced, but not one sample came.`);
  for (const { nResponses, meanMicrosiemens, smallestResponseMicrosiemens } of collected.eda)
    if (nResponses === 0 && meanMicrosiemens !== null)
      said.push(
        `Skin conductance responses: none of ${smallestResponseMicrosiemens} µS or more at a mean level of ${meanMicrosiemens} µS.`,
      );
  for (const one of left) for (const reason of one.split(/(?<=\.) (?=Model ')/)) said.push(reason);
  for (const { model, n } of collected.estimates.filter(
    ({ output }, i, all) => all.findIndex((other) => other.model === all[i].model) === i && output !== '',
  ))
    if (n === 0) said.push(`Estimates of ${model}: not once were all of its inputs there.`);
  said.push('Electrode impedance: recordings hold the signal only; what an electrode did is judged by the signal itself.');
  if (session.startUnixSec === undefined)
    said.push('The time of day: the recording does not say when it began, times count from its beginning.');
  if (marks.length === 0) said.push('Events: nobody set a mark, so nothing here can be tied to what the wearer saw or did.');
  return said;
};
