import { readFileSync } from 'node:fs';

const load = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8'));

/** Cuts of real recordings; sources and licences are in the file. */
export const edaRecordings: Readonly<Record<'wrist' | 'palm', { sfreq: number; values: number[] }>> = load('eda-recordings.json');

/** A stretch of one of them. */
export const edaRecording = (name: 'wrist' | 'palm', start = 0, stop?: number, step = 1): Float64Array =>
  Float64Array.from(edaRecordings[name].values.slice(start, stop).filter((_, i) => i % step === 0));

interface Peaks {
  onset: (number | null)[];
  peak: number[];
  amplitude: (number | null)[];
  riseSec: (number | null)[];
  halfRecoverySec: (number | null)[];
}

/** What NeuroKit2, cvxEDA and SciPy make of them: `eda_reference.py`. */
export const edaReference: {
  split: Record<'wrist' | 'palm', { every: number; cleaned: number[]; tonic: number[]; phasic: number[]; peaks: Peaks }>;
  convex: {
    input: { name: 'wrist' | 'palm'; start: number; stop: number; step: number; sfreq: number };
    tonic: number[];
    phasic: number[];
    cost: number;
  }[];
  spectrum: { sympathetic: number; normalised: number; narrow: number[] };
  tvsymp: { amplitude: number[]; normalised: number[] };
  sampleEntropy: number;
} = load('eda-reference.json');

/** Largest difference of two arrays; infinite where their lengths differ. */
export const furthest = (got: ArrayLike<number>, wanted: ArrayLike<number>): number => {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < got.length; i++) most = Math.max(most, Math.abs(got[i] - wanted[i]));
  return most;
};

export const correlation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const n = a.length;
  const mean = (x: ArrayLike<number>) => Array.from(x).reduce((sum, value) => sum + value, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
};
