import { Writable } from 'node:stream';
import type { EegSignal, SampleBlock } from '@affect-edge/acquire';
import type { FeatureSpec, FeatureVector } from '@affect-edge/features';
import type { AffectEstimate, Model, ModelCard } from '@affect-edge/models';
import type { Session } from '../src/session.ts';

/** Parts for tests: small, whole, plainly made up. */

export const eeg: EegSignal = { kind: 'eeg', unit: 'µV', id: 'eeg', sfreq: 100, montage: { channels: ['Fp1', 'O1'], reference: 'A1' } };

export const meanSpec: FeatureSpec = {
  name: 'mean',
  unit: 'µV',
  axes: [{ name: 'channel', labels: ['Fp1', 'O1'] }],
  recipe: { windowSec: 1 },
};

export const card: ModelCard = {
  name: 'made-up',
  version: '1.0.0',
  architecture: 'none',
  hyperparameters: {},
  sha256: 'ab'.repeat(32),
  inputs: [meanSpec],
  outputs: [
    { name: 'arousal', unit: '1', range: [0, 1], meaning: 'How aroused.' },
    { name: 'scl', unit: 'µS', range: [0, 40], meaning: 'Level.' },
  ],
  trainedOn: { description: 'nothing', licence: 'none', people: 0, simulated: true },
  evaluation: [{ metric: 'accuracy', value: 0.5, protocol: 'none', baselines: { coin: 0.5 } }],
  intendedUse: 'Tests.',
  limits: 'Everything else.',
};

export const model: Model = { card, predict: () => Float64Array.of(0.25, 3), dispose: () => {} };

export const estimate = (index: number, values: readonly number[] = [0.123456789, 3]): AffectEstimate => ({
  card,
  index,
  tmin: index * 0.5 - 1,
  tmax: index * 0.5,
  values: Float64Array.from(values),
  quality: 0.9,
});

export const vector = (index: number, values: readonly number[] = [1, 2]): FeatureVector => ({
  spec: meanSpec,
  signal: 'eeg',
  index,
  tmin: index * 0.5 - 1,
  tmax: index * 0.5,
  values: Float64Array.from(values),
  quality: 1,
});

/** One block of ones: (2, nTimes) at 100 Hz. */
export const block = (firstSample: number, nTimes = 10): SampleBlock => ({
  signal: eeg,
  firstSample,
  tmin: firstSample / 100,
  arrivedAt: (firstSample + nTimes) / 100,
  data: new Float64Array(2 * nTimes).fill(1),
});

export const session: Session = {
  id: 'test-session',
  station: 'test',
  startUnixSec: 1_700_000_000,
  sources: [{ device: 'openbci-cyton', origin: 'simulated:cyton', simulated: true }],
  simulated: true,
  pairing: null,
};

/** A stream that keeps what is written to it; `fail` makes the next write an error with this code. */
export const paper = (): Writable & { text: string; fail?: string; isTTY?: boolean; columns?: number } => {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _, done) => {
      if (sheet.fail !== undefined) return done(Object.assign(new Error(`write ${sheet.fail}`), { code: sheet.fail }));
      sheet.text += chunk;
      done();
    },
  });
  const sheet = Object.assign(stream, { text: '' }) as ReturnType<typeof paper>;
  return sheet;
};
