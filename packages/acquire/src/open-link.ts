import type { RecoverableLink } from './acquire.ts';
import { AcquireError } from './errors.ts';
import { bleLink } from './links/ble.ts';
import { replayLink } from './links/replay.ts';
import { serialLink } from './links/serial.ts';
import { simulatedLink } from './links/simulated.ts';
import { udpLink } from './links/udp.ts';
import { didYouMean } from './names.ts';
import { ignoreReports, type Reporter } from './report.ts';

/** What every link is given. */
export interface LinkParts {
  /** Session time, s; monotonic. All links of a session must share one. */
  readonly clock: () => number;
  readonly report: Reporter;
}

/** The schemes and what opens them. A new link is one file and one line here. */
const schemes: Readonly<Record<string, (uri: string, parts: LinkParts) => RecoverableLink>> = {
  ble: (uri, { clock }) => bleLink(uri, { now: clock }),
  replay: (uri, { clock }) => replayLink(uri, clock),
  serial: (uri, parts) => serialLink(uri, parts),
  simulated: (uri, { clock }) => simulatedLink(uri, clock),
  udp: (uri, { clock }) => udpLink(uri, clock),
};

/** A session clock: seconds since it was made, monotonic, blind to changes of the wall clock. */
export const sessionClock = (): (() => number) => {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
};

/**
 * The link of a URI (`serial:/dev/ttyUSB0`, `ble:`, `udp:3131`, `simulated:cyton`). Nothing is opened before somebody subscribes. Throws
 * `AcquireError('bad-uri')` for a scheme that does not exist or an address its link cannot read.
 */
export const openLink = (uri: string, { clock = sessionClock(), report = ignoreReports }: Partial<LinkParts> = {}): RecoverableLink => {
  const scheme = uri.split(':', 1)[0]!;
  const open = uri.includes(':') && Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (open !== undefined) return open(uri, { clock, report });
  const known = Object.keys(schemes);
  throw new AcquireError(
    'bad-uri',
    `Cannot open '${uri}': expected an address that starts with ${known.map((name) => `${name}:`).join(', ')}.${didYouMean(scheme, known)}`,
  );
};
