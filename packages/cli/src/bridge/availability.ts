import type { Report, Reporter } from '@affect-edge/acquire';
import type { SourceInfo } from '../session.ts';

/**
 * How a daemon or a sensor is, in the words of Homie 5: `init` (being opened), `ready`, `lost` (gone without a word), `disconnected` (ended as asked).
 * What a sensor says counts only while its daemon is `ready`.
 */
export type Availability = 'init' | 'ready' | 'disconnected' | 'lost';

/** The retained message of an availability topic. `session` tells whose it is: a will of an earlier run may come late. */
export const availabilityMessage = (state: Availability, session: string, reason?: string): string =>
  JSON.stringify({ state, session, ...(reason !== undefined && { reason }) });

/** Whether a message on the own availability topic is wrong while this daemon is ready: then it must be said again. */
export const isForeign = (payload: string): boolean => {
  try {
    const { state }: { readonly state?: unknown } = JSON.parse(payload);
    return state !== 'ready';
  } catch {
    return true;
  }
};

/** Levels of the topic tree for the sensors of a session: the device's name, numbered where two are alike. */
export const sensorLevels = (sources: readonly Pick<SourceInfo, 'device' | 'origin'>[]): ReadonlyMap<string, string> => {
  const used = new Map<string, number>();
  const levels = new Map<string, string>();
  for (const { device, origin } of sources) {
    const name = device.replace(/[^\p{L}\p{N}_.-]+/gu, '-');
    const n = (used.get(name) ?? 0) + 1;
    used.set(name, n);
    levels.set(origin, n === 1 ? name : `${name}-${n}`);
  }
  return levels;
};

/** Reports of the sensor at this level of the topic tree: two of one make have a battery each. */
export const ofSensor =
  (sensor: string | undefined, report: Reporter): Reporter =>
  (fact: Report) =>
    report(fact.kind === 'battery' && sensor !== undefined ? { ...fact, device: sensor } : fact);

/** What a report on a link says of its sensor; the reason is one word, because the report's own text may hold addresses. */
export const sensorState = (report: Extract<Report, { kind: 'link' }>): { readonly state: Availability; readonly reason?: string } => {
  switch (report.state) {
    case 'opening':
      return { state: 'init' };
    case 'open':
      return { state: 'ready' };
    case 'closed':
      return { state: 'disconnected' };
    default:
      return { state: 'lost', reason: report.state };
  }
};
