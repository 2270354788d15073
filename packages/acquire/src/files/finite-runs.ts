import type { Reporter } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';

/**
 * Cuts blocks of one signal where samples are no numbers (some recorders write NaN for what they did not measure): such a sample is a hole,
 * told as a gap before the next one. A block without any goes through as it is. State is the caller's: one per signal and reading.
 */
export const finiteRuns = (report: Reporter): ((block: SampleBlock) => readonly SampleBlock[]) => {
  let lost = 0;
  let hasBegun = false;
  return (block) => {
    const { signal, data, firstSample, tmin } = block;
    if (lost === 0 && data.every(Number.isFinite)) {
      hasBegun ||= data.length > 0;
      return [block];
    }
    const nTimes = nTimesOf(block);
    const nChannels = data.length / nTimes;
    const isNumber = (t: number): boolean => {
      for (let c = 0; c < nChannels; c++) if (!Number.isFinite(data[c * nTimes + t]!)) return false;
      return true;
    };
    const runs: SampleBlock[] = [];
    for (let from = 0; from < nTimes; ) {
      if (!isNumber(from)) {
        lost++;
        from++;
        continue;
      }
      let to = from;
      while (to < nTimes && isNumber(to)) to++;
      const atSec = tmin + (signal.sfreq > 0 ? from / signal.sfreq : 0);
      if (hasBegun && lost > 0) report({ kind: 'gap', signal: signal.id, lost, exact: true, beforeSample: firstSample + from, atSec });
      lost = 0;
      hasBegun = true;
      const run = new Float64Array(nChannels * (to - from));
      for (let c = 0; c < nChannels; c++) run.set(data.subarray(c * nTimes + from, c * nTimes + to), c * (to - from));
      runs.push({ ...block, firstSample: firstSample + from, tmin: atSec, data: run });
      from = to;
    }
    return runs;
  };
};
