/** A name with edges [fmin, fmax), Hz. */
export interface Band {
  readonly name: string;
  readonly fmin: number;
  readonly fmax: number;
}

const band = (name: string, fmin: number, fmax: number): Band => ({ name, fmin, fmax });

/**
 * RBTransformer's published code, which took them from torcheeg's `BandDifferentialEntropy`. What the shipped weights of that paper expect.
 */
export const RBTRANSFORMER_CODE_BANDS: readonly Band[] = [
  band('theta', 4, 8),
  band('alpha', 8, 14),
  band('beta', 14, 31),
  band('gamma', 31, 49),
];

/** RBTransformer's paper (Kumar, Bhandari, Maragatham 2025, arXiv 2511.13954), which differ from its code. */
export const RBTRANSFORMER_PAPER_BANDS: readonly Band[] = [
  band('theta', 4, 8),
  band('alpha', 8, 13),
  band('beta', 13, 30),
  band('gamma', 30, 45),
];

/** SEED (Zheng & Lu 2015, IEEE T. Auton. Ment. Dev. 7(3), doi 10.1109/TAMD.2015.2431497). */
export const SEED_BANDS: readonly Band[] = [
  band('delta', 1, 3),
  band('theta', 4, 7),
  band('alpha', 8, 13),
  band('beta', 14, 30),
  band('gamma', 31, 50),
];

/** LibEER's `de_extraction` (Liu et al. 2025, IEEE T. Affect. Comput., arXiv 2410.09767). */
export const LIBEER_BANDS: readonly Band[] = [
  band('delta', 0.5, 4),
  band('theta', 4, 8),
  band('alpha', 8, 14),
  band('beta', 14, 30),
  band('gamma', 30, 50),
];

/** The sets by the name they are configured with. */
export const BAND_SETS: Readonly<Record<string, readonly Band[]>> = {
  'rbtransformer-code': RBTRANSFORMER_CODE_BANDS,
  'rbtransformer-paper': RBTRANSFORMER_PAPER_BANDS,
  seed: SEED_BANDS,
  libeer: LIBEER_BANDS,
};

/** How a recipe writes its bands: `theta 4-8, alpha 8-14`. */
export const bandsText = (bands: readonly Band[]): string => bands.map(({ name, fmin, fmax }) => `${name} ${fmin}-${fmax}`).join(', ');
