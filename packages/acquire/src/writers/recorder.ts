import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import type { RecoverableLink } from '../acquire.ts';
import type { Device } from '../device.ts';
import { AcquireError } from '../errors.ts';
import type { RecordedSource } from '../files/xdf-header.ts';
import { type RawEvent, rawChannels } from '../files/xdf-raw.ts';
import type { Chunk } from '../link.ts';
import type { Report } from '../report.ts';
import type { SampleBlock, Signal } from '../signal.ts';
import { type PartSize, refuseTakenParts } from './recording-parts.ts';
import { xdfSignalHeader } from './xdf-signal-header.ts';
import { createXdf, type XdfWriter } from './xdf-writer.ts';

/** What a recording is of. */
export interface RecorderOptions {
  /** The sources of the session, in the order of their links; none where nothing but samples is recorded. */
  readonly sources: readonly (RecordedSource & { readonly made: Device })[];
  /** Signals that come from no link of ours, as those of a recording that is replayed. */
  readonly signals?: readonly Signal[];
  /** Unix time of session time 0, s; unknown when absent. */
  readonly startedAt?: number;
  /** The session's clock, s. */
  readonly clock: () => number;
  /** Goes into the file header as it is, and comes back as `Recording.session`. */
  readonly session?: Readonly<Record<string, unknown>>;
  /** Goes on in a new file when the present one is so long or so large, give or take a second: `run-001.xdf`, `run-002.xdf` … for `run.xdf`. */
  readonly split?: PartSize;
  /** Hears the path of each further part, and why one cannot be begun (then the present one goes on). */
  readonly onPart?: (path: string, problem?: string) => void;
  /** How often everything so far is made safe, s: what a power cut may cost at most. 2 s when absent. */
  readonly syncSec?: number;
  /** Bytes that are free where the file lies; asks the system when absent. */
  readonly freeBytes?: (path: string) => Promise<number>;
  /** The file cannot be written any further, or the disk is nearly full: close it. */
  readonly onFailure?: (error: unknown) => void;
}

/** Records a session in XDF: the links' bytes, the samples made of them, estimates, marks and reports, each as it comes. */
export interface Recorder {
  /** The same link, with everything it does recorded for the source at `index`. */
  readonly recorded: (index: number, link: RecoverableLink) => RecoverableLink;
  readonly block: (block: SampleBlock) => void;
  readonly estimate: (atSec: number, json: string) => void;
  readonly mark: (atSec: number, text: string) => void;
  readonly report: (report: Report) => void;
  /** Bytes so far, of all parts. */
  readonly bytes: () => number;
  /** The files so far. */
  readonly paths: () => readonly string[];
  /** Makes everything so far safe now; a failure goes to `onFailure`. */
  readonly sync: () => Promise<void>;
  /** Ends the file in good order; a failure goes to `onFailure`. */
  readonly close: () => Promise<void>;
}

export const defaultSyncSec = 2;
const flushEveryMs = 500;
/** A replay at full speed brings more in half a second than should wait. */
const flushBytes = 4 * 2 ** 20;
/** With less than this the disk is as good as full: the recording ends while it can still be ended well. */
const leastFreeBytes = 64 * 2 ** 20;

/** One file of a recording, open. */
interface Part {
  readonly number: number;
  readonly path: string;
  readonly writer: XdfWriter;
  readonly sinceSec: number;
  /** Stream ids. */
  readonly raw: number | undefined;
  readonly signals: ReadonlyMap<Signal | string, number>;
  readonly markers: number;
  readonly estimates: number;
  readonly reports: number;
}

/**
 * Creates the file, never over one that exists, and makes its header safe at once. Two timers write every half a second and sync every
 * `syncSec`; `close` ends them. Where it is split, every part has the whole header; between two parts nothing is lost, and what arrives whole is whole
 * in one of them. Throws what `createXdf` throws, and `AcquireError('bad-file')` where less than 64 MB are free.
 */
export const createRecorder = async (path: string, options: RecorderOptions): Promise<Recorder> => {
  const { clock, split, onPart = () => {}, syncSec = defaultSyncSec, freeBytes = freeBytesAt, onFailure = () => {} } = options;
  const needSpace = async () => {
    const free = await freeBytes(path);
    if (free >= leastFreeBytes) return;
    throw new AcquireError(
      'bad-file',
      `Only ${Math.floor(free / 2 ** 20)} MB are free where '${path}' lies: expected at least 64. Make room or record elsewhere.`,
    );
  };
  await needSpace();
  const partPath = split === undefined ? () => path : await refuseTakenParts(path);
  let part = await beginPart(1, partPath(1), options);
  const paths = [part.path];
  let bytesBefore = 0; // of parts that are closed
  let failed = false;
  const fail = (error: unknown) => {
    if (!failed) onFailure(error);
    failed = true;
  };
  const watched = (work: Promise<void>) => work.catch(fail);
  const isFull = ({ maxSec = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY }: PartSize) =>
    clock() - part.sinceSec >= maxSec || part.writer.bytes() >= maxBytes;
  let turning: Promise<void> | undefined;
  const turn = async () => {
    const last = part;
    try {
      part = await beginPart(last.number + 1, partPath(last.number + 1), options); // from here on everything goes to the new one
    } catch (error) {
      return onPart(last.path, error instanceof Error ? error.message : String(error));
    }
    paths.push(part.path);
    bytesBefore += last.writer.bytes();
    onPart(part.path);
    await last.writer.close(clock());
  };
  const sync = async () => {
    await needSpace();
    if (split !== undefined && turning === undefined && isFull(split)) {
      turning = turn().finally(() => {
        turning = undefined;
      });
    }
    await turning;
    await part.writer.sync(clock());
  };
  const timers = [
    setInterval(() => watched(part.writer.flush()), flushEveryMs),
    setInterval(() => watched(sync()), Math.min(1, syncSec / 2) * 1000), // half the promise: a slow disk has the other half
  ];
  const write = (link: number, event: RawEvent['event'], { arrivedAt, endpoint, bytes }: Chunk) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
    if (part.raw !== undefined) part.writer.texts(part.raw, arrivedAt, [`${link}`, event, endpoint, text]);
  };
  let handedOver = 0; // bytes of the part that went to the system because there were many
  const flushWhereMuch = () => {
    const bytes = part.writer.bytes();
    if (bytes < handedOver) handedOver = 0;
    if (bytes - handedOver < flushBytes) return;
    handedOver = bytes;
    watched(part.writer.flush());
  };
  const nothing = (): Chunk => ({ endpoint: '', arrivedAt: clock(), bytes: new Uint8Array(0) });

  return {
    recorded: (index, link) => ({
      ...link,
      open: (wire) =>
        new Observable((subscriber) => {
          write(index, 'open', nothing());
          return link.open(wire).subscribe({
            next: (chunk) => {
              write(index, 'bytes', chunk);
              subscriber.next(chunk);
            },
            error: (error) => {
              write(index, 'lost', nothing());
              subscriber.error(error);
            },
            complete: () => {
              write(index, 'end', nothing());
              subscriber.complete();
            },
          });
        }),
    }),
    block: ({ signal, tmin, data }) => {
      const stream = part.signals.get(signal) ?? part.signals.get(signal.id);
      if (stream === undefined || data.length === 0) return;
      part.writer.samples(stream, tmin, data);
      flushWhereMuch();
    },
    estimate: (atSec, json) => part.writer.texts(part.estimates, atSec, [json]),
    mark: (atSec, said) => part.writer.texts(part.markers, atSec, [said]),
    report: (report) => part.writer.texts(part.reports, clock(), [JSON.stringify(report)]),
    bytes: () => bytesBefore + part.writer.bytes(),
    paths: () => paths,
    sync: () => watched(sync()),
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await turning?.catch(fail);
      await watched(part.writer.close(clock()));
    },
  };
};

const beginPart = async (number: number, path: string, options: RecorderOptions): Promise<Part> => {
  const { sources, signals = [], startedAt, clock, session = {}, split } = options;
  const writer = await createXdf(path, {
    ...(startedAt !== undefined && { datetime: new Date(startedAt * 1000).toISOString() }),
    affect: JSON.stringify(split === undefined ? session : { ...session, part: number }),
  });
  const text = (name: string, type: string, role: 'markers' | 'estimates' | 'reports') =>
    writer.addStream({ name, type, format: 'string', sfreq: 0, channels: [{ label: name }], own: { role } });
  const part = {
    number,
    path,
    writer,
    sinceSec: clock(),
    raw:
      sources.length === 0
        ? undefined
        : writer.addStream({
            name: 'raw',
            type: 'RawBytes',
            format: 'string',
            sfreq: 0,
            channels: rawChannels.map((label) => ({ label })),
            own: { role: 'raw', sources: sources.map(({ device, options: settings, uri }) => ({ device, options: settings, uri })) },
          }),
    signals: new Map<Signal | string, number>([
      ...sources.flatMap(({ made }) => made.signals.map((signal) => [signal, writer.addStream(xdfSignalHeader(signal))] as const)),
      ...signals.map((signal) => [signal.id, writer.addStream(xdfSignalHeader(signal))] as const),
    ]),
    markers: text('markers', 'Markers', 'markers'),
    estimates: text('estimates', 'Estimates', 'estimates'),
    reports: text('reports', 'Reports', 'reports'),
  };
  await writer.sync(clock());
  return part;
};

/** Free bytes for this user; infinite where nobody knows, and where there is no such folder, which creating the file tells. */
const freeBytesAt = (path: string): Promise<number> =>
  statfs(dirname(path)).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY,
  );
