import type { Losses } from '../losses.ts';

/** What the server tells the page. The page never answers. */
export type PageMessage = Hello | Frame;

/** Sent once to every page that opens: what this session is, and what it missed. */
export interface Hello {
  readonly type: 'hello';
  readonly session: string;
  readonly simulated: boolean;
  readonly pairing: string | null;
  readonly sources: readonly string[];
  readonly notice: string;
  readonly models: readonly PageModel[];
  /** What the simulated wearer is told to feel, phase after phase, repeated for ever; empty where nobody is simulated. */
  readonly script: readonly ScriptPhase[];
  readonly past: Frame;
}

export interface PageModel {
  readonly name: string;
  readonly version: string;
  /** What it is computed from, for a label: `EEG`, `EDA`. */
  readonly from: string;
  readonly sha256: string;
  readonly simulated: boolean;
  readonly trainedOn: string;
  readonly intendedUse: string;
  readonly limits: string;
  /** Seconds of signal it needs before the first estimate. */
  readonly windowSec: number;
  readonly outputs: readonly PageOutput[];
  readonly evaluation: readonly string[];
}

export interface PageOutput {
  readonly name: string;
  readonly unit: string;
  readonly range: readonly [number, number];
  readonly meaning: string;
}

export interface ScriptPhase {
  readonly name: string;
  readonly sec: number;
  /** 0–1: what a perfect estimate would say. */
  readonly arousal: number;
}

/** What happened since the last frame, at most ten a second. */
export interface Frame {
  readonly type: 'frame';
  /** Session time, s. */
  readonly tSec: number;
  readonly traces: readonly Trace[];
  /** The newest vector of each feature of each signal. */
  readonly features: readonly PageFeature[];
  /** Numbers of one feature over time, for curves: tonic, phasic. */
  readonly curves: readonly Curve[];
  readonly estimates: readonly PageEstimate[];
  readonly losses: Losses;
  /** What the sinks say of themselves. */
  readonly sinks: readonly string[];
}

/** New samples of one signal, thinned for a screen. */
export interface Trace {
  readonly signal: string;
  readonly kind: 'eeg' | 'eda';
  readonly unit: string;
  readonly channels: readonly string[];
  /** Time of the first sample and distance of samples, s. */
  readonly fromSec: number;
  readonly stepSec: number;
  /** One row a channel. */
  readonly rows: readonly (readonly number[])[];
}

export interface PageFeature {
  readonly name: string;
  readonly signal: string;
  readonly unit: string;
  readonly axes: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly values: readonly number[];
  readonly quality: number;
}

export interface Curve {
  readonly signal: string;
  readonly name: string;
  readonly unit: string;
  readonly points: readonly (readonly [tSec: number, value: number])[];
}

export interface PageEstimate {
  readonly model: string;
  readonly tSec: number;
  readonly values: readonly number[];
  /** 95 % interval of each value; `null` where its model tells none. */
  readonly intervals: readonly (readonly [low: number, high: number] | null)[];
  readonly quality: number;
}
