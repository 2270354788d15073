import { random } from './random.ts';

/** A stretch of the wearer's day: what they feel and for how long. */
export interface Phase {
  readonly name: string;
  readonly sec: number;
  /** Arousal to settle at, 0-1. */
  readonly arousal: number;
}

/** Phases one after the other, repeated for ever. */
export type Script = readonly Phase[];

/** A minute each of rest, arousal and recovery. */
export const defaultScript: Script = [
  { name: 'rest', sec: 60, arousal: 0.1 },
  { name: 'arousal', sec: 60, arousal: 0.9 },
  { name: 'recovery', sec: 60, arousal: 0.3 },
];

/** A day of `nPhases` phases of 20-120 s at any level: for training people, so that a model cannot learn the default script by heart. */
export const drawScript = (seed: number, nPhases = 12): Script => {
  const { uniform } = random(seed, 'script');
  return Array.from({ length: nPhases }, (_, i) => ({ name: `phase ${i + 1}`, sec: Math.round(20 + 100 * uniform()), arousal: uniform() }));
};

/** How long a change of level takes, s; not longer than its phase. */
const transitionSec = 8;

/** The phase at `sec` from the start. */
export const phaseAt = (script: Script, sec: number): Phase => script[locate(script, sec).index]!;

/**
 * Arousal (0-1) at `sec` from the start: each phase's level, reached over the first seconds of the phase along half a cosine. The first phase
 * starts at its own level.
 */
export const arousalAt = (script: Script, sec: number): number => {
  const { index, since } = locate(script, sec);
  const { arousal, sec: length } = script[index]!;
  const from = sec < script[0]!.sec ? arousal : script[(index + script.length - 1) % script.length]!.arousal;
  const progress = Math.min(1, since / Math.min(transitionSec, length));
  return from + (arousal - from) * (0.5 - 0.5 * Math.cos(Math.PI * progress));
};

const locate = (script: Script, sec: number): { index: number; since: number } => {
  const total = script.reduce((sum, phase) => sum + phase.sec, 0);
  let since = Math.max(0, sec) % total;
  let index = 0;
  while (index < script.length - 1 && since >= script[index]!.sec) since -= script[index++]!.sec;
  return { index, since };
};
