import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Observable } from 'rxjs';
import type { RecoverableLink } from '../acquire.ts';
import type { Device } from '../device.ts';
import { AcquireError } from '../errors.ts';
import type { Chunk } from '../link.ts';
import type { Report } from '../report.ts';
import type { SampleBlock, Signal } from '../signal.ts';
import type { RecordedSource } from './xdf-header.ts';
import { type RawEvent, rawChannels } from './xdf-raw.ts';
import { createXdf } from './xdf-writer.ts';

/** What a recording is of. */
export interface RecorderOptions {
  /** The sources of the session, in the order of their links. */
  readonly sources: readonly (RecordedSource & { readonly made: Device })[];
  /** Unix time of session time 0, s. */
  readonly startedAt: number;
  /** The session's clock, s. */
  readonly clock: () => number;
  /** Goes into the file header as it is, and comes back as `Recording.session`. */
  readonly session?: Readonly<Record<string, unknown>>;
  /** How often everything so far is made safe, s: what a power cut may cost at most. 2 s when absent. */
  readonly syncSec?: number;
  /** Bytes that are free where the file lies; asks the system when absent. */
  readonly freeBytes?: (path: string) => Promise<number>;
  /** The file cannot be written any further, or the disk is nearly full: close it. */
  readonly onFailure?: (error: unknown) => void;
}

/** Records a session in one XDF file: the links' bytes, the samples made of them, estimates, marks and reports, each as it comes. */
export interface Recorder {
  /** The same link, with everything it does recorded for the source at `index`. */
  readonly recorded: (index: number, link: RecoverableLink) => RecoverableLink;
  readonly block: (block: SampleBlock) => void;
  readonly estimate: (atSec: number, json: string) => void;
  readonly mark: (atSec: number, text: string) => void;
  readonly report: (report: Report) => void;
  /** Bytes so far. */
  readonly bytes: () => number;
  /** Ends the file in good order; a failure goes to `onFailure`. */
  readonly close: () => Promise<void>;
}

export const defaultSyncSec = 2;
const flushEveryMs = 500;
/** With less than this the disk is as good as full: the recording ends while it can still be ended well. */
const leastFreeBytes = 64 * 2 ** 20;

/** XDF content types of our signals, as its metadata conventions name them. */
const xdfTypes: Readonly<Record<Signal['kind'], string>> = {
  eeg: 'EEG',
  eda: 'EDA',
  ppg: 'PPG',
  acceleration: 'Accelerometer',
  gyroscope: 'Gyroscope',
  temperature: 'Temperature',
  'heart-rate': 'HeartRate',
  'inter-beat': 'RR',
  auxiliary: 'AUX',
};
const xdfUnits: Readonly<Record<string, string>> = { µV: 'microvolts', µS: 'microsiemens' };

/**
 * Creates the file, never over one that exists, and makes its header safe at once. Two timers write every half a second and sync every
 * `syncSec`; `close` ends them. Throws what `createXdf` throws, and `AcquireError('bad-file')` where less than 64 MB are free.
 */
export const createRecorder = async (path: string, options: RecorderOptions): Promise<Recorder> => {
  const { sources, startedAt, clock, session = {}, syncSec = defaultSyncSec, freeBytes = freeBytesAt, onFailure = () => {} } = options;
  const needSpace = async () => {
    const free = await freeBytes(path);
    if (free >= leastFreeBytes) return;
    throw new AcquireError(
      'bad-file',
      `Only ${Math.floor(free / 2 ** 20)} MB are free where '${path}' lies: expected at least 64. Make room or record elsewhere.`,
    );
  };
  await needSpace();
  const writer = await createXdf(path, {
    datetime: new Date(startedAt * 1000).toISOString(),
    affect: JSON.stringify(session),
  });
  const text = (name: string, type: string, role: 'markers' | 'estimates' | 'reports') =>
    writer.addStream({ name, type, format: 'string', sfreq: 0, channels: [{ label: name }], own: { role } });
  const raw = writer.addStream({
    name: 'raw',
    type: 'RawBytes',
    format: 'string',
    sfreq: 0,
    channels: rawChannels.map((label) => ({ label })),
    own: { role: 'raw', sources: sources.map(({ device, options: settings, uri }) => ({ device, options: settings, uri })) },
  });
  const streams = new Map(
    sources.flatMap(({ made }) => made.signals.map((signal) => [signal, writer.addStream(describe(signal))] as const)),
  );
  const markers = text('markers', 'Markers', 'markers');
  const estimates = text('estimates', 'Estimates', 'estimates');
  const reports = text('reports', 'Reports', 'reports');
  await writer.sync(clock());

  let failed = false;
  const fail = (error: unknown) => {
    if (!failed) onFailure(error);
    failed = true;
  };
  const watched = (work: Promise<void>) => work.catch(fail);
  const timers = [
    setInterval(() => watched(writer.flush()), flushEveryMs),
    setInterval(() => watched(needSpace().then(() => writer.sync(clock()))), Math.min(1, syncSec / 2) * 1000), // half the promise: a slow disk has the other half
  ];
  const write = (link: number, event: RawEvent['event'], { arrivedAt, endpoint, bytes }: Chunk) =>
    writer.texts(raw, arrivedAt, [
      `${link}`,
      event,
      endpoint,
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
    ]);
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
      const stream = streams.get(signal);
      if (stream !== undefined && data.length > 0) writer.samples(stream, tmin, data);
    },
    estimate: (atSec, json) => writer.texts(estimates, atSec, [json]),
    mark: (atSec, said) => writer.texts(markers, atSec, [said]),
    report: (report) => writer.texts(reports, clock(), [JSON.stringify(report)]),
    bytes: writer.bytes,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await watched(writer.close(clock()));
    },
  };
};

/** Free bytes for this user; infinite where nobody knows, and where there is no such folder, which creating the file tells. */
const freeBytesAt = (path: string): Promise<number> =>
  statfs(dirname(path)).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY,
  );

const describe = (signal: Signal) => {
  const type = xdfTypes[signal.kind];
  const unit = xdfUnits[signal.unit] ?? signal.unit;
  return {
    name: signal.id,
    type,
    format: 'double64',
    sfreq: signal.sfreq,
    channels: signal.montage.channels.map((label) => ({ label, type, unit })),
    reference: signal.montage.reference,
    own: { role: 'signal', signalId: signal.id, kind: signal.kind, unit: signal.unit },
  } as const;
};
