import { type ChunkSum, checksumChunk, checksumFooter, checksumStreamId, chunkSum, spareChunk } from '../codecs/xdf-checksum.ts';
import { xdfBoundary, xdfChunk, xdfClockOffset, xdfLength, xdfMagic, xdfTag } from '../codecs/xdf-chunk.ts';
import { encodeXdfBlock, encodeXdfTexts } from '../codecs/xdf-samples.ts';
import { type XmlContent, xml } from '../codecs/xdf-xml.ts';
import { AcquireError } from '../errors.ts';
import type { OwnStream } from '../files/xdf-header.ts';
import { cannotWrite, createFile } from './new-file.ts';

/** What a new stream is. */
export interface XdfStreamHeader {
  readonly name: string;
  readonly type: string;
  readonly format: 'double64' | 'string';
  /** Nominal rate, Hz; 0 for an irregular stream. */
  readonly sfreq: number;
  readonly channels: readonly { readonly label: string; readonly type?: string; readonly unit?: string }[];
  readonly reference?: string;
  readonly own: OwnStream;
}

/**
 * Writes an XDF file while its samples come in. What is given is kept until `flush`; every write is of whole chunks and ends with their checksums and
 * a boundary.
 */
export interface XdfWriter {
  /** Adds a stream and gives its id. */
  readonly addStream: (header: XdfStreamHeader) => number;
  /** Adds consecutive samples, (nChannels, nTimes) row-major, the first at `tmin` (s). */
  readonly samples: (stream: number, tmin: number, data: Float64Array) => void;
  /** Adds a sample of a text stream. */
  readonly texts: (stream: number, stampSec: number, texts: readonly string[]) => void;
  /** Hands everything given so far to the system; rejects with `AcquireError('bad-file')` where the disk does not take it. */
  readonly flush: () => Promise<void>;
  /** Flushes, with clock offsets (every 5 s), and has the disk keep all of it. */
  readonly sync: (nowSec: number) => Promise<void>;
  /** Writes the footers, syncs and closes. The second call does nothing. */
  readonly close: (nowSec: number) => Promise<void>;
  /** Bytes given so far. */
  readonly bytes: () => number;
}

/** No chunk of samples spans more than this, s: what is lost with a damaged one. */
const chunkSec = 0.5;
const offsetEverySec = 5;
/** What may wait for a disk that does not take it, bytes. */
const mostWaiting = 64 * 2 ** 20;
/** Checksums and a boundary come at the latest after this many bytes: what a reader must hold to verify them. */
const stretchBytes = 2 ** 18;

interface OpenStream {
  readonly header: XdfStreamHeader;
  /** Samples of the chunk being filled. */
  parts: Uint8Array[];
  nInChunk: number;
  chunkStartSec: number;
  nSamples: number;
  firstSec: number;
  lastSec: number;
  readonly offsets: number[];
}

/**
 * Creates an XDF file and writes its header; `header` is added to it. Never overwrites: throws `AcquireError('bad-option')` where the file exists, and
 * `no-permission`, `not-found` (no such folder) or `bad-file` where it cannot be made.
 */
export const createXdf = async (path: string, header: Readonly<Record<string, XmlContent>> = {}): Promise<XdfWriter> => {
  const file = await createFile(path);
  const streams: OpenStream[] = [];
  let waiting: Uint8Array[] = [];
  let nWaiting = 0;
  let total = 0;
  let lastOffsetSec = Number.NEGATIVE_INFINITY;
  let failure: AcquireError | undefined;
  let closed = false;
  let writing: Promise<void> = Promise.resolve();

  /** Header chunks, until the first that is none: they are written twice. */
  let headers: Uint8Array[] | undefined = [];
  let sums: ChunkSum[] = [];
  let summedBytes = 0;
  let nSums = 0;
  let latestSec = 0;

  const put = (bytes: Uint8Array) => {
    if (failure !== undefined || closed) return;
    waiting.push(bytes);
    nWaiting += bytes.length;
    total += bytes.length;
    if (nWaiting > mostWaiting)
      failure = new AcquireError('bad-file', `'${path}' cannot be written as fast as samples come: ${mostWaiting >> 20} MB are waiting.`);
  };
  /** A chunk that is vouched for by the next checksums. */
  const putSummed = (bytes: Uint8Array) => {
    put(bytes);
    sums.push(chunkSum(bytes));
    summedBytes += bytes.length;
    if (summedBytes > stretchBytes) endStretch();
  };
  const endStretch = () => {
    if (sums.length === 0) return;
    put(checksumChunk(latestSec, sums));
    put(xdfChunk(xdfTag.boundary, undefined, xdfBoundary));
    nSums++;
    sums = [];
    summedBytes = 0;
  };
  const putHeader = (bytes: Uint8Array) => {
    headers?.push(bytes);
    putSummed(bytes);
  };
  /** Before the first chunk that is no header: the stream of checksums, and the headers once more. */
  const endHeaders = () => {
    if (headers === undefined) return;
    putHeader(xdfChunk(xdfTag.streamHeader, checksumStreamId, text(streamXml(checksumHeader))));
    const all = Buffer.concat(headers);
    headers = undefined;
    endStretch();
    putSummed(spareChunk(latestSec, all));
    nSums++;
  };
  const seal = (stream: OpenStream, id: number) => {
    if (stream.nInChunk === 0) return;
    endHeaders();
    putSummed(xdfChunk(xdfTag.samples, id, xdfLength(stream.nInChunk), ...stream.parts));
    stream.parts = [];
    stream.nInChunk = 0;
  };
  const add = (id: number, stampSec: number, n: number, lastSec: number, bytes: Uint8Array) => {
    const stream = streams[id - 1]!;
    if (Math.abs(lastSec - stream.chunkStartSec) > chunkSec) seal(stream, id);
    if (stream.nInChunk === 0) stream.chunkStartSec = stampSec;
    stream.parts.push(bytes);
    stream.nInChunk += n;
    if (stream.nSamples === 0) stream.firstSec = stampSec;
    stream.nSamples += n;
    stream.lastSec = lastSec;
    latestSec = Math.max(latestSec, lastSec);
  };
  /** Does `then` with the file after everything before it; the first failure is the writer's. */
  const inTurn = (then: () => Promise<void>): Promise<void> => {
    const done = writing.then(async () => {
      if (failure !== undefined) throw failure;
      try {
        await then();
      } catch (cause) {
        failure = cannotWrite(path, cause);
        throw failure;
      }
    });
    writing = done.catch(() => {}); // told by `done`
    return done;
  };
  const flush = () => {
    streams.forEach((stream, i) => {
      seal(stream, i + 1);
    });
    endHeaders();
    endStretch();
    return inTurn(async () => {
      const bytes = Buffer.concat(waiting);
      waiting = [];
      nWaiting = 0;
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    });
  };
  const sync = async (nowSec: number) => {
    latestSec = Math.max(latestSec, nowSec);
    streams.forEach((stream, i) => {
      seal(stream, i + 1);
    });
    endHeaders();
    if (nowSec - lastOffsetSec >= offsetEverySec) {
      lastOffsetSec = nowSec;
      streams.forEach((stream, i) => {
        putSummed(xdfClockOffset(i + 1, nowSec, 0));
        stream.offsets.push(nowSec);
      });
    }
    await flush();
    await inTurn(() => file.datasync());
  };

  put(xdfMagic);
  putHeader(xdfChunk(xdfTag.fileHeader, undefined, text(`<?xml version="1.0"?>${xml('info', { version: '1.0', ...header })}`)));
  return {
    addStream: (stream) => {
      streams.push({ header: stream, parts: [], nInChunk: 0, chunkStartSec: 0, nSamples: 0, firstSec: 0, lastSec: 0, offsets: [] });
      putHeader(xdfChunk(xdfTag.streamHeader, streams.length, text(streamXml(stream))));
      return streams.length;
    },
    samples: (id, tmin, data) => {
      const { channels, sfreq } = streams[id - 1]!.header;
      const nTimes = data.length / channels.length;
      const most = sfreq > 0 ? Math.max(1, Math.floor(chunkSec * sfreq)) : 1;
      for (let first = 0; first < nTimes; first += most) {
        const n = Math.min(most, nTimes - first);
        const slice = n === nTimes ? data : columns(data, nTimes, first, n);
        const at = sfreq > 0 ? tmin + first / sfreq : tmin;
        add(id, at, n, sfreq > 0 ? at + (n - 1) / sfreq : at, encodeXdfBlock(at, slice, channels.length));
      }
    },
    texts: (id, stampSec, texts) => add(id, stampSec, 1, stampSec, encodeXdfTexts(stampSec, texts)),
    flush,
    sync,
    close: async (nowSec) => {
      if (closed) return;
      try {
        if (failure !== undefined) throw failure;
        lastOffsetSec = Number.NEGATIVE_INFINITY;
        await sync(nowSec);
        streams.forEach((stream, i) => {
          putSummed(xdfChunk(xdfTag.streamFooter, i + 1, text(footerXml(stream))));
        });
        endStretch();
        put(xdfChunk(xdfTag.streamFooter, checksumStreamId, text(checksumFooter(nSums, 0, latestSec))));
        await flush();
        await inTurn(() => file.datasync());
      } finally {
        closed = true;
        await writing;
        await file.close();
      }
    },
    bytes: () => total,
  };
};

const checksumHeader: XdfStreamHeader = {
  name: 'checksums',
  type: 'Checksums',
  format: 'string',
  sfreq: 0,
  channels: [{ label: 'checksums' }],
  own: { role: 'checksums' },
};

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

const columns = (data: Float64Array, nTimes: number, first: number, n: number): Float64Array => {
  const nChannels = data.length / nTimes;
  const slice = new Float64Array(nChannels * n);
  for (let c = 0; c < nChannels; c++) slice.set(data.subarray(c * nTimes + first, c * nTimes + first + n), c * n);
  return slice;
};

const streamXml = ({ name, type, format, sfreq, channels, reference, own }: XdfStreamHeader): string =>
  `<?xml version="1.0"?>${xml('info', {
    name,
    type,
    channel_count: channels.length,
    nominal_srate: sfreq,
    channel_format: format,
    desc: {
      channels: { channel: channels.map(({ label, type: channelType = type, unit = '' }) => ({ label, type: channelType, unit })) },
      ...(reference !== undefined && { reference: { label: reference } }),
      affect: JSON.stringify(own),
    },
  })}`;

const footerXml = ({ firstSec, lastSec, nSamples, offsets }: OpenStream): string =>
  `<?xml version="1.0"?>${xml('info', {
    first_timestamp: firstSec,
    last_timestamp: lastSec,
    sample_count: nSamples,
    clock_offsets: { offset: offsets.map((time) => ({ time, value: 0 })) },
  })}`;
