import { nTimesOf, type Report, type SampleBlock, type Signal } from '@affect-edge/acquire';
import { type Course, course } from './course.ts';

/** What came through of one signal. */
export interface SignalFacts {
  readonly id: string;
  readonly kind: Signal['kind'];
  readonly unit: string;
  readonly channels: readonly string[];
  readonly reference: string;
  /** The rate it is said to have, Hz; 0 for irregular samples. */
  readonly sfreq: number;
  /** The rate at which samples came, losses counted in, Hz; `null` where there are too few. */
  readonly trueRate: number | null;
  readonly nSamples: number;
  readonly firstSec: number | null;
  readonly lastSec: number | null;
  readonly lostSamples: number;
  /** Lost samples over all that there should be, 0–1. */
  readonly lostShare: number;
  readonly gaps: number;
  readonly longestGapSec: number;
  /** Share of samples that came, over time; empty for an irregular signal. */
  readonly coverage: Course;
}

/** Follows one signal. */
export const signalFacts = (signal: Signal) => {
  const { sfreq } = signal;
  const coverage = course(240);
  let nSamples = 0;
  let lost = 0;
  let gaps = 0;
  let longestGapSec = 0;
  let first: { readonly sec: number; readonly sample: number } | undefined;
  let last: { readonly sec: number; readonly sample: number } | undefined;
  return {
    block: (block: SampleBlock): void => {
      const n = nTimesOf(block);
      const missing = last === undefined ? 0 : block.firstSample - last.sample - 1;
      if (sfreq > 0 && missing > 0) {
        gaps += 1;
        lost += missing;
        longestGapSec = Math.max(longestGapSec, missing / sfreq);
        const fromSec = last!.sec + 1 / sfreq;
        const step = Math.max(1, Math.floor(missing / 2000)); // a day's hole is not a million calls
        for (let k = 0; k < missing; k += step) coverage.add(fromSec + k / sfreq, 0);
      }
      if (sfreq > 0) for (let k = 0; k < n; k += Math.max(1, n >> 3)) coverage.add(block.tmin + k / sfreq, 1);
      nSamples += n;
      first ??= { sec: block.tmin, sample: block.firstSample };
      last = { sec: block.tmin + (sfreq > 0 ? (n - 1) / sfreq : 0), sample: block.firstSample + n - 1 };
    },
    /** Whether any sample came. */
    isHeard: (): boolean => nSamples > 0,
    read: (): SignalFacts => {
      const spanSec = first !== undefined && last !== undefined ? last.sec - first.sec : 0;
      return {
        id: signal.id,
        kind: signal.kind,
        unit: signal.unit,
        channels: signal.montage.channels,
        reference: signal.montage.reference,
        sfreq,
        trueRate: sfreq > 0 && spanSec > 0 ? Number(((last!.sample - first!.sample) / spanSec).toFixed(5)) : null,
        nSamples,
        firstSec: first === undefined ? null : Number(first.sec.toFixed(3)),
        lastSec: last === undefined ? null : Number(last.sec.toFixed(3)),
        lostSamples: lost,
        lostShare: lost === 0 ? 0 : lost / (lost + nSamples),
        gaps,
        longestGapSec: Number(longestGapSec.toFixed(3)),
        coverage: coverage.read(3),
      };
    },
  };
};

/** Damage and remarks, each kept once, the first hundred. */
export const remarks = () => {
  const damages: { where: string; detail: string }[] = [];
  const said = new Map<string, number>();
  let nDamages = 0;
  const count = (text: string): void => {
    if (said.has(text) || said.size < 100) said.set(text, (said.get(text) ?? 0) + 1);
  };
  return {
    report: (fact: Report): void => {
      if (fact.kind === 'damage') {
        nDamages += 1;
        if (damages.length < 100) damages.push({ where: fact.where, detail: fact.detail });
      } else if (fact.kind === 'bad-frame') count(`bad ${fact.reason} from ${fact.device}`);
      else if (fact.kind === 'device-text') count(fact.text);
      else if (fact.kind === 'saturation') count(`${fact.signal} ${fact.channel} saturated`);
      else if (fact.kind === 'dropped')
        count(fact.stage === 'gather' ? `no estimate: a ${fact.what}` : `${fact.stage} dropped ${fact.what}`);
    },
    read: () => ({ nDamages, damages, remarks: [...said].map(([text, times]) => ({ text, times })) }),
  };
};
