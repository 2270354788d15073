/** At most so many a second of session time, for each key. */
export interface RateLimit {
  readonly maxPerSec: number;
}

/** What of a kind goes out: nothing, everything, or so many a second. */
export type Publish = boolean | RateLimit;

/**
 * Whether one more may pass for a key at session time `tSec`. Time comes from the data, so a replay at any speed lets the same ones pass. A session
 * time that goes back begins anew.
 */
export const rateGate = (publish: Publish): ((key: string, tSec: number) => boolean) => {
  if (typeof publish === 'boolean') return () => publish;
  const everySec = 1 / publish.maxPerSec;
  const next = new Map<string, number>();
  return (key, tSec) => {
    const due = next.get(key);
    // Half a microsecond of grace: 0.5 s after 22.5 s is 23.0 s, whatever the last binary digit says.
    if (due !== undefined && tSec < due - 5e-7 && tSec > due - everySec - 5e-7) return false;
    // The grid of the first one is kept, so that jitter does not lower the rate.
    next.set(key, due !== undefined && tSec < due + everySec && tSec >= due - 5e-7 ? due + everySec : tSec + everySec);
    return true;
  };
};
