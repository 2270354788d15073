import { ignoreReports, type Reporter } from './report.ts';
import { nTimesOf, type SampleBlock } from './signal.ts';

/** Makes one stream of the blocks of several connections. */
export interface Continuity {
  /** A new connection is about to deliver: its decoder counts from 0 again. */
  readonly reconnected: () => void;
  /** The block as it goes on after what came before; a hole of the size that time tells is reported as a gap. */
  readonly follow: (block: SampleBlock) => SampleBlock;
  /** For the decoder: passes reports on, with sample numbers that go on likewise. */
  readonly report: Reporter;
}

interface Track {
  nextSample: number;
  endSec: number;
  /** What this connection's numbers and times are moved by; undefined until its first block. */
  moved: { samples: number; sec: number } | undefined;
}

/**
 * Sample numbers and times that go on over reconnects. How many samples a reconnect cost can only be told by time (the board's counter started
 * anew), so the gap is not exact: it is right to within the jitter of the two arrivals. Time never runs backwards.
 */
export const continuity = (report: Reporter = ignoreReports): Continuity => {
  const tracks = new Map<string, Track>();

  const join = (track: Track, { signal, firstSample, tmin }: SampleBlock): { samples: number; sec: number } => {
    const sec = Math.max(0, track.endSec - tmin);
    const lost = Math.round((tmin + sec - track.endSec) * signal.sfreq);
    const beforeSample = track.nextSample + lost;
    if (lost > 0) report({ kind: 'gap', signal: signal.id, lost, exact: false, beforeSample, atSec: tmin + sec });
    return { samples: beforeSample - firstSample, sec };
  };

  return {
    reconnected: () => {
      for (const track of tracks.values()) track.moved = undefined;
    },
    follow: (block) => {
      const { id, sfreq } = block.signal;
      const known = tracks.get(id);
      const track = known ?? { nextSample: 0, endSec: 0, moved: { samples: 0, sec: 0 } };
      if (known === undefined) tracks.set(id, track);
      track.moved ??= join(track, block);
      const { samples, sec } = track.moved;
      const placed = samples === 0 && sec === 0 ? block : { ...block, firstSample: block.firstSample + samples, tmin: block.tmin + sec };
      track.nextSample = placed.firstSample + nTimesOf(placed);
      track.endSec = placed.tmin + (sfreq > 0 ? nTimesOf(placed) / sfreq : 0);
      return placed;
    },
    report: (fact) => {
      const moved = fact.kind === 'gap' ? tracks.get(fact.signal)?.moved : undefined;
      report(
        fact.kind === 'gap' && moved ? { ...fact, beforeSample: fact.beforeSample + moved.samples, atSec: fact.atSec + moved.sec } : fact,
      );
    },
  };
};
