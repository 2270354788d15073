/** Uniform numbers in [0, 1), the same for the same seed. */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

/** A made-up skin conductance: responses at known times over a drifting level, noise at `snrDb` below the responses' power. */
export const syntheticEda = ({ sfreq, lengthSec, seed, snrDb }: { sfreq: number; lengthSec: number; seed: number; snrDb: number }) => {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const n = Math.round(lengthSec * sfreq);
  const [fast, slow] = [0.75, 2];
  const peakSec = (Math.log(slow / fast) * fast * slow) / (slow - fast);
  const shape = (t: number) => Math.exp(-t / slow) - Math.exp(-t / fast);
  const onsets: number[] = [];
  const phasic = new Float64Array(n);
  for (let at = 8; at < lengthSec - 10; at += 8 + 12 * random()) {
    const amplitude = 0.2 + 0.6 * random();
    onsets.push(at);
    for (let i = Math.ceil(at * sfreq); i < n; i++) phasic[i] += (amplitude * shape(i / sfreq - at)) / shape(peakSec);
  }
  const tonic = Float64Array.from({ length: n }, (_, i) => 3 + 0.3 * Math.sin(i / sfreq / 90) + (0.2 * i) / n);
  const power = phasic.reduce((sum, value) => sum + value * value, 0) / n;
  const noise = Math.sqrt(power / 10 ** (snrDb / 10));
  return { y: phasic.map((value, i) => value + tonic[i] + noise * normal()), tonic, phasic, onsets, noise };
};
