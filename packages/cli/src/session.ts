import { randomBytes } from 'node:crypto';
import { publicLink } from './config/redact.ts';
import { isSimulated } from './simulated.ts';

/** Where one of the session's signals comes from. */
export interface SourceInfo {
  /** The device, or the format of the recording. */
  readonly device: string;
  /** The link without what identifies the device or its owner (`ble:#3f2a`), or the recording's file name. */
  readonly origin: string;
  /** Nobody wore it: the numbers were made by a program. */
  readonly simulated: boolean;
}

/** What is true of every message of one run of the line. */
export interface Session {
  /** Together with `seq` it names one message for ever. Random where the input is live; made from the recordings where they are replayed. */
  readonly id: string;
  /** This daemon's level of the topic tree: `demo`, `replay`, or the name given with `--name`. */
  readonly station: string;
  /** Unix time of session time 0, s; absent where nobody knows it or where the recordings disagree. */
  readonly startUnixSec?: number;
  readonly sources: readonly SourceInfo[];
  /** True if any input is simulated. */
  readonly simulated: boolean;
  /** What a reader must know where signals do not come from one person at one time; `null` where they do. */
  readonly pairing: string | null;
  /** What the estimates are for, where somebody said so. */
  readonly intendedUse?: string;
}

/** The sentence that goes with every estimate made of recordings that do not belong together. */
export const pairedForDemonstration = 'signals of different recordings (perhaps of different people) paired for demonstration';

/** A session id for live input: the day it began, then 48 random bits. */
export const liveSessionId = (startUnixSec: number): string =>
  `${new Date(startUnixSec * 1000).toISOString().slice(0, 10)}-${randomBytes(6).toString('hex')}`;

/** The session of live links, from their devices' names and their addresses. */
export const liveSession = (
  station: string,
  startUnixSec: number,
  links: readonly { readonly device: string; readonly uri: string }[],
  intendedUse?: string,
): Session => {
  const sources = links.map(({ device, uri }): SourceInfo => ({ device, origin: publicLink(uri), simulated: isSimulated(uri) }));
  return {
    id: liveSessionId(startUnixSec),
    station,
    startUnixSec,
    sources,
    simulated: sources.some(({ simulated }) => simulated),
    pairing: null,
    ...(intendedUse !== undefined && { intendedUse }),
  };
};
