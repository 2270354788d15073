import { nTimesOf, type SampleBlock } from '@affect-edge/acquire';
import type { FeatureVector } from '@affect-edge/features';
import { type AffectEstimate, type ModelCard, type ModelOutput, uncertaintyOf } from '@affect-edge/models';
import { madeFrom } from './inputs-of.ts';
import type { Session } from './session.ts';

export { type Topics, topics } from './topics.ts';

/** Said wherever numbers are shown: the page, `--version`, the session message. */
export const notMedical = 'Estimates for research and curiosity. Not a medical device, not medical advice.';

const unitSuffixes: Readonly<Record<string, string>> = {
  µS: '_microsiemens',
  µV: '_microvolts',
  s: '_sec',
  Hz: '_hz',
  '%': '_percent',
  '1/min': '_per_min',
};

/** The name of a model output on the wire: snake_case, with its unit where it has one. */
export const wireName = (output: { readonly name: string; readonly unit: string }): string => {
  const suffix = unitSuffixes[output.unit] ?? '';
  return output.name.endsWith(suffix) ? output.name : `${output.name}${suffix}`;
};

/** Six significant digits: more than any of these numbers deserves, and the same text on every machine whose arithmetic agrees that far. */
const figures = (value: number): number => Number(value.toPrecision(6));
const microseconds = (value: number): number => Math.round(value * 1e6) / 1e6;

const when = (session: Session, tSec: number): string | null =>
  session.startUnixSec === undefined ? null : new Date(Math.round((session.startUnixSec + tSec) * 1000)).toISOString();

export interface EstimateMessage {
  readonly schema: 'affect.estimate/1';
  readonly session: string;
  readonly seq: number;
  /** Session time of the window's end, s: nothing later went into the estimate. */
  readonly t_sec: number;
  readonly t_start_sec: number;
  /** The same instant as UTC, or `null` where the recordings do not tell. */
  readonly time: string | null;
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly values: Readonly<Record<string, number>>;
  /** 95 % interval of each of `values`, in its unit, as people the model never saw show it; `null` where its card tells none. */
  readonly uncertainty: Readonly<Record<string, readonly [low: number, high: number] | null>>;
  readonly quality: number;
  readonly simulated: { readonly input: boolean; readonly model: boolean };
  readonly pairing: string | null;
  /** `true` where it comes late: it was made while nobody could be reached. It must not be taken for what is true now. */
  readonly historical: boolean;
}

/** The 95 % interval of a value as it is shown, with its ends rounded; `null` where the model's card tells none. */
export const intervalOf = (
  output: ModelOutput,
  value: number,
  rounded: (end: number) => number,
): readonly [low: number, high: number] | null => {
  const interval = uncertaintyOf(output, value);
  return interval === undefined ? null : [rounded(interval[0]), rounded(interval[1])];
};

/** One estimate as it goes over the wire, or `undefined` where a value is not a finite number: such an estimate is never sent. */
export const estimateMessage = (session: Session, seq: number, estimate: AffectEstimate): EstimateMessage | undefined => {
  const { card, values, tmin, tmax, quality } = estimate;
  if (!Number.isFinite(quality) || values.length < card.outputs.length || !values.every(Number.isFinite)) return undefined;
  return {
    schema: 'affect.estimate/1',
    session: session.id,
    seq,
    t_sec: microseconds(tmax),
    t_start_sec: microseconds(tmin),
    time: when(session, tmax),
    model: { name: card.name, version: card.version, sha256: card.sha256 },
    values: Object.fromEntries(card.outputs.map((output, i) => [wireName(output), figures(values[i])])),
    uncertainty: Object.fromEntries(card.outputs.map((output, i) => [wireName(output), intervalOf(output, values[i], figures)])),
    quality: figures(quality),
    simulated: { input: session.simulated, model: card.trainedOn.simulated },
    pairing: session.pairing,
    historical: false,
  };
};

export interface FeatureMessage {
  readonly schema: 'affect.feature/1';
  readonly session: string;
  readonly seq: number;
  readonly t_sec: number;
  readonly t_start_sec: number;
  readonly time: string | null;
  readonly signal: string;
  readonly feature: string;
  readonly unit: string;
  readonly axes: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** Row-major over `axes`. */
  readonly values: readonly number[];
  readonly quality: number;
  readonly simulated: { readonly input: boolean };
  readonly historical: boolean;
}

/** One feature vector as it goes over the wire, or `undefined` where a value is not a finite number. */
export const featureMessage = (session: Session, seq: number, vector: FeatureVector): FeatureMessage | undefined => {
  if (!Number.isFinite(vector.quality) || !vector.values.every(Number.isFinite)) return undefined;
  return {
    schema: 'affect.feature/1',
    session: session.id,
    seq,
    t_sec: microseconds(vector.tmax),
    t_start_sec: microseconds(vector.tmin),
    time: when(session, vector.tmax),
    signal: vector.signal,
    feature: vector.spec.name,
    unit: vector.spec.unit,
    axes: vector.spec.axes,
    values: Array.from(vector.values, figures),
    quality: figures(vector.quality),
    simulated: { input: session.simulated },
    historical: false,
  };
};

export interface RawMessage {
  readonly schema: 'affect.raw/1';
  readonly session: string;
  readonly signal: string;
  readonly kind: string;
  readonly unit: string;
  readonly sfreq: number;
  readonly channels: readonly string[];
  /** Index of the first sample; a jump against the last message means samples were lost. */
  readonly first_sample: number;
  /** Session time of the first sample, s. */
  readonly t_sec: number;
  readonly time: string | null;
  /** One row a channel. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly simulated: { readonly input: boolean };
}

/** Consecutive samples of one signal as they go over the wire; a value that is not a number is `null`. */
export const rawMessage = (session: SessionMessage, blocks: readonly SampleBlock[]): RawMessage => {
  const [{ signal, firstSample, tmin }] = blocks;
  return {
    schema: 'affect.raw/1',
    session: session.session,
    signal: signal.id,
    kind: signal.kind,
    unit: signal.unit,
    sfreq: signal.sfreq,
    channels: signal.montage.channels,
    first_sample: firstSample,
    t_sec: microseconds(tmin),
    time: session.started === null ? null : new Date(Math.round(Date.parse(session.started) + tmin * 1000)).toISOString(),
    data: signal.montage.channels.map((_, c) =>
      blocks.flatMap((block) => {
        const nTimes = nTimesOf(block);
        return Array.from(block.data.subarray(c * nTimes, (c + 1) * nTimes), (value) => (Number.isFinite(value) ? figures(value) : null));
      }),
    ),
    simulated: session.simulated,
  };
};

/** A mark or self-report as it goes over the wire. */
export interface MarkMessage {
  readonly schema: 'affect.mark/1';
  readonly session: string;
  /** Counts the marks of a session from 0. */
  readonly seq: number;
  /** Session time it was set at, s. */
  readonly t_sec: number;
  readonly time: string | null;
  /** What was said, as free as it came. */
  readonly text: string;
  readonly simulated: { readonly input: boolean };
  readonly historical: boolean;
}

/** One mark as it goes over the wire. */
export const markMessage = (session: Session, seq: number, atSec: number, text: string): MarkMessage => ({
  schema: 'affect.mark/1',
  session: session.id,
  seq,
  t_sec: microseconds(atSec),
  time: when(session, atSec),
  text,
  simulated: { input: session.simulated },
  historical: false,
});

/** What a reader needs to know once: published retained when a session begins. */
export const sessionMessage = (session: Session, cards: readonly ModelCard[]) => ({
  schema: 'affect.session/1',
  session: session.id,
  station: session.station,
  started: session.startUnixSec === undefined ? null : new Date(Math.round(session.startUnixSec * 1000)).toISOString(),
  sources: session.sources,
  simulated: { input: session.simulated },
  pairing: session.pairing,
  /** What the person who runs this said the estimates are for; each model's own is beside the model. */
  intended_use: session.intendedUse ?? null,
  models: cards.map((card) => ({
    name: card.name,
    version: card.version,
    sha256: card.sha256,
    simulated: card.trainedOn.simulated,
    trained_on: card.trainedOn.description,
    made_from: madeFrom(card),
    evaluation: card.evaluation,
    outputs: card.outputs.map((output) => ({
      key: wireName(output),
      unit: output.unit,
      range: output.range,
      meaning: output.meaning,
      /** What the intervals beside its values are. */
      uncertainty: output.uncertainty === undefined ? null : { kind: output.uncertainty.kind, protocol: output.uncertainty.protocol },
    })),
    intended_use: card.intendedUse,
    limits: card.limits,
  })),
  notice: notMedical,
});
export type SessionMessage = ReturnType<typeof sessionMessage>;
