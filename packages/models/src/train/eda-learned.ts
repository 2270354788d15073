import { bootstrapOverPeople, mean } from '../evaluate/metrics.ts';
import type { EvaluationFigure } from '../model.ts';
import type { Weights } from '../safetensors.ts';
import { timesFromRaw } from '../sudomotor.ts';

/** What a network has learned of the skin's law, shared by all people. */
export interface LearnedLaw {
  /** α₀: 1/τ_tonic, 1/s. */
  readonly decayRate: number;
  /** β: rise of the settled level per unit of slow arousal, in levels of the window. */
  readonly sensitivity: number;
}

const softplus = (x: number): number => Math.log1p(Math.exp(x));

/** The law in the weights of an EDA physics network. */
export const learnedLaw = (weights: Weights): LearnedLaw => ({
  decayRate: 1 / timesFromRaw(weights.get('sudomotor.raw')!.data).tauTonic,
  sensitivity: softplus(weights.get('driver.sensitivity')!.data[0]),
});

/** Half a 95 % interval by the delete-one jackknife (Tukey 1958, doi:10.1214/aoms/1177706647): `without` holds the estimate without each person. */
const jackknife = (without: readonly number[]): number => {
  const centre = mean(without);
  const n = without.length;
  return 1.96 * Math.sqrt(((n - 1) / n) * without.reduce((sum, value) => sum + (value - centre) ** 2, 0));
};

/** What the card says beside the learned numbers: where they began. */
const beginnings = { decayRate: { prior: 1 / 120 }, sensitivity: { start: softplus(-0.5) }, timeScale: { prior: 1 } };

/**
 * The learned numbers as figures of a card: their unit in the metric's name, their confidence as an interval where the networks without each person are
 * given, and `timeScales`, γ of each training person, where they were learned.
 */
export const learnedFigures = (
  law: LearnedLaw,
  protocol: string,
  { without, timeScales }: { readonly without?: readonly LearnedLaw[]; readonly timeScales?: readonly number[] } = {},
): EvaluationFigure[] => {
  const figure = (metric: string, of: keyof LearnedLaw): EvaluationFigure => {
    const half = without && jackknife(without.map((other) => other[of]));
    return {
      metric,
      value: law[of],
      ...(half !== undefined && { interval95: [law[of] - half, law[of] + half] as const }),
      protocol: half === undefined ? protocol : `${protocol}; 95 % jackknife interval over people`,
      baselines: beginnings[of],
    };
  };
  return [
    figure('learned decay rate α₀ = 1/τ_tonic, 1/s', 'decayRate'),
    figure('learned emotional sensitivity β, levels of the window per unit of slow arousal', 'sensitivity'),
    ...(timeScales
      ? [
          {
            metric: 'learned time scale γ of the training people, 1',
            value: mean(timeScales),
            interval95: bootstrapOverPeople(timeScales, mean),
            protocol: `${protocol}; mean over ${timeScales.length} people, 95 % bootstrap interval over people`,
            baselines: beginnings.timeScale,
          },
        ]
      : []),
  ];
};
