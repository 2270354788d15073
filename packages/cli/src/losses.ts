import type { Report } from '@affect-edge/acquire';

/** What did not come through, counted since the session began. */
export interface Losses {
  /** Samples missing from each signal. */
  readonly lostSamples: Readonly<Record<string, number>>;
  readonly badFrames: number;
  readonly badBytes: number;
  /** Damaged stretches of recordings. */
  readonly damaged: number;
  /** Work stages gave up on: late epochs, feature sets that never became whole, estimates that were no numbers. */
  readonly dropped: number;
  readonly reconnects: number;
  readonly saturated: number;
  /** Links that are not delivering now, with what they last said. */
  readonly down: Readonly<Record<string, string>>;
}

export const noLosses: Losses = {
  lostSamples: {},
  badFrames: 0,
  badBytes: 0,
  damaged: 0,
  dropped: 0,
  reconnects: 0,
  saturated: 0,
  down: {},
};

/** The counts after one more report. */
export const countLosses = (losses: Losses, report: Report): Losses => {
  switch (report.kind) {
    case 'gap': {
      const before = losses.lostSamples[report.signal] ?? 0;
      return { ...losses, lostSamples: { ...losses.lostSamples, [report.signal]: before + report.lost } };
    }
    case 'bad-frame':
      return { ...losses, badFrames: losses.badFrames + 1, badBytes: losses.badBytes + report.bytes };
    case 'damage':
      return { ...losses, damaged: losses.damaged + Math.max(1, report.lost) };
    case 'dropped':
      return { ...losses, dropped: losses.dropped + report.count };
    case 'saturation':
      return { ...losses, saturated: losses.saturated + 1 };
    case 'link': {
      const { [report.uri]: _, ...others } = losses.down;
      const reconnects = losses.reconnects + (report.state === 'retrying' ? 1 : 0);
      const down = ['stalled', 'lost', 'retrying'].includes(report.state) ? { ...others, [report.uri]: report.detail } : others;
      return { ...losses, reconnects, down };
    }
    default:
      return losses;
  }
};

const totalLost = (losses: Losses): number => Object.values(losses.lostSamples).reduce((sum, lost) => sum + lost, 0);

/** The counts as one short phrase for a person: only what is not zero, or `no losses`. */
export const describeLosses = (losses: Losses): string => {
  const parts = [
    [totalLost(losses), 'samples lost'],
    [losses.badFrames, 'bad frames'],
    [losses.damaged, 'damaged'],
    [losses.dropped, 'dropped'],
    [losses.reconnects, 'reconnects'],
    [losses.saturated, 'saturated'],
  ] as const;
  const nonZero = parts.filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`);
  const down = Object.keys(losses.down).map((uri) => `${uri} is down`);
  return [...nonZero, ...down].join(', ') || 'no losses';
};
