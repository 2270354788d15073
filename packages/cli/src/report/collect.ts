import type { Report, SampleBlock, Signal } from '@affect-edge/acquire';
import {
  type AnyFeature,
  bandDe,
  blinks,
  type EdaSite,
  edaQuality,
  type FeatureVector,
  heartRate,
  motionEnergy,
  pulseRate,
  signalQuality,
  tonicPhasic,
} from '@affect-edge/features';
import type { AffectEstimate } from '@affect-edge/models';
import { refusalOf } from '../spec-of.ts';
import { type BodyCourse, collectBody, collectEda, type EdaFacts } from './collect-body.ts';
import { collectEeg, type EegFacts } from './collect-eeg.ts';
import { collectEstimates, type EstimateFacts } from './collect-estimates.ts';
import { remarks, type SignalFacts, signalFacts } from './signal-facts.ts';

/** What went by, as the report needs it. */
export interface Collected {
  readonly durationSec: number;
  readonly signals: readonly SignalFacts[];
  readonly nDamages: number;
  readonly damages: readonly { readonly where: string; readonly detail: string }[];
  readonly remarks: readonly { readonly text: string; readonly times: number }[];
  readonly eeg: readonly EegFacts[];
  readonly eda: readonly EdaFacts[];
  readonly body: readonly BodyCourse[];
  readonly estimates: readonly EstimateFacts[];
}

const edaEverySec = 5;

/** What the report computes besides what models ask for, by what a person calls it. */
export const reportFeatures = (site: EdaSite): Readonly<Record<string, AnyFeature>> => ({
  'Quality of electrodes': signalQuality(),
  'Band entropy': bandDe(),
  Blinks: blinks(),
  'Tonic and phasic parts': tonicPhasic({ site }),
  'Trust in skin conductance': edaQuality({ windowSec: edaEverySec, everySec: edaEverySec, site }),
  'Heart rate': heartRate(),
  'Pulse rate': pulseRate(),
  Motion: motionEnergy(),
});

/** What signals cannot give of all that, and why: a sentence each. */
export const refused = (signals: readonly Signal[], site: EdaSite): string[] =>
  Object.entries(reportFeatures(site)).flatMap(([name, feature]) =>
    signals
      .filter(({ kind }) => kind === feature.kind)
      .flatMap((signal) => {
        const why = refusalOf(feature, signal);
        return why === undefined ? [] : [`${name} of '${signal.id}': ${why}`];
      }),
  );

/** Whether skin conductance can be told apart into its parts. */
const hasParts = (signal: Signal): boolean => refusalOf(tonicPhasic(), signal) === undefined;

/** Everything that passes, in bounded memory: courses of at most some hundred bins, whatever the length. */
export const collect = (signals: readonly Signal[], site: EdaSite) => {
  const facts = new Map(signals.map((signal) => [signal.id, signalFacts(signal)]));
  const heard = remarks();
  const of = <T>(kind: Signal['kind'], make: (signal: Signal) => T): Map<string, T> =>
    new Map(
      signals.filter((signal) => signal.kind === kind && (kind !== 'eda' || hasParts(signal))).map((signal) => [signal.id, make(signal)]),
    );
  const eeg = of('eeg', collectEeg);
  const eda = of('eda', (signal) => collectEda(signal, site, edaEverySec));
  const temperatures = of('temperature', ({ id }) => collectBody('Skin temperature', '°C', id, false));
  const rates = of('heart-rate', ({ id }) => collectBody('Heart rate', 'bpm', `${id}, as the device reports it`, false));
  const fromBeats = of('inter-beat', ({ id }) => collectBody('Heart rate', 'bpm', `${id}, the last minute's intervals`, true));
  const fromPulse = of('ppg', ({ id }) => collectBody('Heart rate', 'bpm', `${id}, crests of the pulse in the last minute`, true));
  const motion = of('acceleration', ({ id }) => collectBody('Motion', 'g', `${id}, deviation within a second`, false));
  const estimates = collectEstimates();
  let endSec = 0;
  return {
    block: (block: SampleBlock): void => {
      const { id, kind, sfreq, montage } = block.signal;
      facts.get(id)?.block(block);
      const nTimes = block.data.length / montage.channels.length;
      endSec = Math.max(endSec, block.tmin + (sfreq > 0 ? nTimes / sfreq : 0));
      eeg.get(id)?.block(block);
      eda.get(id)?.block(block);
      const direct = kind === 'temperature' ? temperatures.get(id) : kind === 'heart-rate' ? rates.get(id) : undefined;
      if (direct !== undefined) for (let t = 0; t < nTimes; t++) direct.add(block.tmin + (sfreq > 0 ? t / sfreq : 0), block.data[t]);
    },
    vector: (vector: FeatureVector): void => {
      const { spec, signal, values, tmax, quality } = vector;
      eeg.get(signal)?.vector(vector);
      eda.get(signal)?.vector(vector);
      if (spec.name === 'heart-rate') fromBeats.get(signal)?.add(tmax, values[0], quality);
      else if (spec.name === 'pulse-rate') fromPulse.get(signal)?.add(tmax, values[0], quality);
      else if (spec.name === 'motion-energy') motion.get(signal)?.add(tmax, values[0]);
    },
    estimate: (estimate: AffectEstimate): void => estimates.add(estimate),
    report: (fact: Report): void => heard.report(fact),
    endSec: (): number => endSec,
    read: (): Collected => ({
      durationSec: Number(endSec.toFixed(3)),
      signals: [...facts.values()].map((one) => one.read()),
      ...heard.read(),
      eeg: [...eeg].flatMap(([id, one]) => (facts.get(id)!.isHeard() ? [one.read()] : [])),
      eda: [...eda].flatMap(([id, one]) => (facts.get(id)!.isHeard() ? [one.read()] : [])),
      body: [rates, fromBeats, fromPulse, temperatures, motion].flatMap((group) => [...group.values()].flatMap((one) => one.read() ?? [])),
      estimates: estimates.read(),
    }),
  };
};
