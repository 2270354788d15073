import { Subject, type Subscription } from 'rxjs';
import { xdfTag } from '../codecs/xdf-chunk.ts';
import { decodeXdfSamples } from '../codecs/xdf-samples.ts';
import { type Continuity, continuity } from '../continuity.ts';
import type { Device } from '../device.ts';
import { createDevices } from '../distinct-devices.ts';
import { AcquireError } from '../errors.ts';
import type { Chunk } from '../link.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import type { RecordedSource, XdfStream } from './xdf-header.ts';
import { xdfChunks } from './xdf-scan.ts';
import type { XdfSurvey } from './xdf-survey.ts';

/**
 * The raw stream of our recordings: everything that all links of a session did, in the order it happened. Text, four channels:
 *
 *     link   index in the header's list of sources       endpoint   of the chunk
 *     event  open: a connection begins (again)            bytes     of the chunk, base64
 *            bytes: a chunk arrived, at the sample's time
 *            lost: the connection broke    end: it ended in good order
 */
export const rawChannels = ['link', 'event', 'endpoint', 'bytes'] as const;

/** One thing a link did. */
export interface RawEvent {
  /** Which source, by its place in the session's list. */
  readonly link: number;
  readonly event: 'open' | 'bytes' | 'lost' | 'end';
  readonly chunk: Chunk;
}

/** A source of the session with its device made anew. */
export interface RawSource extends Omit<RecordedSource, 'device'> {
  readonly device: Device;
}

/** The sources of one of our recordings that holds their bytes, with signals of distinct ids; undefined for other files, and where a device is not known any more. */
export const rawSources = ({ streams }: XdfSurvey): readonly RawSource[] | undefined => {
  const own = streams.map(({ stream }) => stream.own).find((one) => one?.role === 'raw');
  if (own === undefined) return undefined;
  try {
    const devices = createDevices(own.sources);
    return own.sources.map((source, s) => ({ ...source, device: devices[s]! }));
  } catch (error) {
    if (error instanceof AcquireError) return undefined; // the decoded streams are there
    throw error;
  }
};

/** What the links did, in order, in batches. */
export async function* xdfRawEvents(path: string, stream: Pick<XdfStream, 'id'>): AsyncGenerator<RawEvent[], void> {
  for await (const batch of xdfChunks(path)) {
    const events: RawEvent[] = [];
    for (const { tag, streamId, content } of batch) {
      if (tag !== xdfTag.samples || streamId !== stream.id) continue;
      const samples = decodeXdfSamples(content, 'string', rawChannels.length);
      samples?.stamps.forEach((arrivedAt, t) => {
        const [link, event, endpoint, bytes] = samples.texts.slice(t * rawChannels.length) as [string, string, string, string];
        if (event !== 'open' && event !== 'bytes' && event !== 'lost' && event !== 'end') return;
        events.push({ link: Number(link), event, chunk: { endpoint, arrivedAt, bytes: Buffer.from(bytes, 'base64') } });
      });
    }
    if (events.length > 0) yield events;
  }
}

/** The raw stream of a recording of ours; undefined where there is none. */
export const rawStream = ({ streams }: XdfSurvey): XdfStream | undefined =>
  streams.find(({ stream }) => stream.own?.role === 'raw')?.stream;

/** One file with bytes of a session. */
export interface RawPart {
  readonly path: string;
  readonly stream: Pick<XdfStream, 'id'>;
  /** Its first byte follows the last one of the file before: the connections that were open there are open here. */
  readonly goesOn?: boolean;
}

/** The blocks the session gave, from its bytes: each connection through a decoder of its own, joined as `acquire` joins them. */
export async function* decodeXdfRaw(
  parts: readonly RawPart[],
  sources: readonly RawSource[],
  report: Reporter,
): AsyncGenerator<SampleBlock, void> {
  const blocks: SampleBlock[] = [];
  const lines = sources.map(({ device }) => connections(device, report, (block) => blocks.push(block)));
  try {
    for (const { path, stream, goesOn = false } of parts) {
      if (!goesOn) for (const line of lines) line.close(false);
      for await (const events of xdfRawEvents(path, stream)) {
        for (const { link, event, chunk } of events) {
          const line = lines[link];
          if (event === 'bytes') line?.bytes(chunk);
          else if (event === 'open') line?.open();
          else line?.close(event === 'end');
        }
        yield* blocks;
        blocks.length = 0;
      }
    }
  } finally {
    for (const line of lines) line.close(false);
  }
}

const connections = (device: Device, report: Reporter, emit: (block: SampleBlock) => void) => {
  const samples: Continuity = continuity(report);
  let chunks: Subject<Chunk> | undefined;
  let reading: Subscription | undefined;
  const close = (inOrder: boolean) => {
    if (inOrder) chunks?.complete();
    reading?.unsubscribe();
    chunks = undefined;
  };
  const open = () => {
    close(false);
    chunks = new Subject();
    samples.reconnected();
    reading = chunks.pipe(device.decode(samples.report)).subscribe((block) => emit(samples.follow(block)));
  };
  return {
    open,
    close,
    bytes: (chunk: Chunk) => {
      if (chunks === undefined) open(); // the part of a recording that begins later, or its opening is lost to damage
      chunks?.next(chunk);
    },
  };
};
