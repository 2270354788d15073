/** The learning rate of a step as a factor of the peak rate. `progress` runs from 0 at the first step to 1 after the last. */
export type Schedule = (progress: number) => number;

/** The peak rate throughout. */
export const constant: Schedule = () => 1;

/**
 * Half a cosine from the peak down to `floor` (a factor), after a linear rise over the first `warmUp` fraction of the training
 * (Loshchilov & Hutter 2017, arXiv:1608.03983, one cycle).
 */
export const cosine =
  ({ floor = 0, warmUp = 0 }: { readonly floor?: number; readonly warmUp?: number } = {}): Schedule =>
  (progress) => {
    if (progress < warmUp) return progress / warmUp;
    const through = (progress - warmUp) / (1 - warmUp);
    return floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, through)))) / 2;
  };
