import type { FileHandle } from 'node:fs/promises';
import { type ChunkSum, checksumChunk, checksumFooter, checksumStreamId, chunkSum, spareChunk } from '../codecs/xdf-checksum.ts';
import { xdfBoundary, xdfChunk, xdfMagic, xdfTag } from '../codecs/xdf-chunk.ts';
import { decodeXdfSamples } from '../codecs/xdf-samples.ts';
import { parseXml, xml } from '../codecs/xdf-xml.ts';
import { readXdfStream, type XdfStream } from '../files/xdf-header.ts';
import { type XdfChunk, type XdfDamage, xdfChunks } from '../files/xdf-scan.ts';
import { createFile, writeAll } from './new-file.ts';
import type { Repaired } from './repair.ts';

/** Checksums and a boundary come after so many bytes. */
const stretchBytes = 2 ** 18;
const mostTold = 1000;

interface Kept {
  readonly stream: XdfStream;
  nSamples: number;
  firstSec: number;
  lastSec: number;
  hasFooter: boolean;
}

/**
 * Copies every whole chunk of an XDF file into a new one, in order and byte for byte, and leaves out what is damaged; `dropped` tells where it lay. Streams that were
 * not closed get a footer, and a file of ours its checksums anew, so that the copy is whole. Throws what `xdfChunks` throws, and where the copy
 * cannot be written.
 */
export const repairXdf = async (path: string, out: string, stop?: AbortSignal): Promise<Repaired> => {
  const dropped: XdfDamage[] = [];
  let nDropped = 0;
  const drop = (damage: XdfDamage) => {
    nDropped++;
    if (dropped.length < mostTold) dropped.push(damage);
  };
  const file = await createFile(out);
  const copy = writer(file, out);
  const streams = new Map<number, Kept>();
  let hasHeader = false;
  let nKept = 0;
  try {
    for await (const batch of xdfChunks(path, drop)) {
      stop?.throwIfAborted();
      for (const chunk of batch) {
        const { tag, streamId, content } = chunk;
        if (tag === xdfTag.boundary || streamId === checksumStreamId) {
          if (streamId === checksumStreamId) copy.checked();
          continue;
        }
        const problem = tag === xdfTag.fileHeader ? headerProblem(content, hasHeader) : streamProblem(chunk, streams);
        if (problem !== undefined) {
          drop({ offset: chunk.offset, bytes: chunk.end - chunk.offset, detail: problem });
          continue;
        }
        if (!hasHeader && tag !== xdfTag.fileHeader) copy.put(xdfTag.fileHeader, 0, headerBytes());
        hasHeader = true;
        copy.put(tag, streamId, content);
        nKept++;
      }
      await copy.flush();
    }
    for (const [id, kept] of streams) if (!kept.hasFooter) copy.put(xdfTag.streamFooter, id, footerBytes(kept));
    const bytes = await copy.end();
    const added = [...streams.values()].filter(({ hasFooter }) => !hasFooter).length;
    return {
      bytes,
      kept: `${nKept} chunks`,
      dropped: dropped.map(({ offset, bytes: length, detail }) => ({ offset, bytes: length, detail })),
      nDropped,
      mended: added > 0 ? [`${added} streams were not closed`] : [],
    };
  } finally {
    await file.close();
  }
};

const text = (content: string): Uint8Array => new TextEncoder().encode(`<?xml version="1.0"?>${content}`);
const headerBytes = (): Uint8Array => text(xml('info', { version: '1.0' }));
const footerBytes = ({ nSamples, firstSec, lastSec }: Kept): Uint8Array =>
  text(xml('info', { first_timestamp: firstSec, last_timestamp: lastSec, sample_count: nSamples }));

const headerProblem = (content: Uint8Array, hasHeader: boolean): string | undefined => {
  if (hasHeader) return 'a second file header, or one behind other chunks';
  return parseXml(new TextDecoder().decode(content)) === undefined ? 'the file header is no whole XML' : undefined;
};

/** Why a chunk of a stream cannot be kept; takes note of what it holds where it can. */
const streamProblem = ({ tag, streamId, content }: XdfChunk, streams: Map<number, Kept>): string | undefined => {
  const known = streams.get(streamId);
  if (tag === xdfTag.streamHeader) {
    const stream = readXdfStream(streamId, content);
    if (stream === undefined) return `the header of stream ${streamId} cannot be read`;
    if (known !== undefined) return `a second header of stream ${streamId}`;
    streams.set(streamId, { stream, nSamples: 0, firstSec: 0, lastSec: 0, hasFooter: false });
    return undefined;
  }
  if (known === undefined) return `stream ${streamId} has no header`;
  if (tag === xdfTag.clockOffset) return content.length === 16 ? undefined : 'a clock offset is not two numbers';
  if (tag === xdfTag.streamFooter) {
    if (known.hasFooter || parseXml(new TextDecoder().decode(content)) === undefined)
      return `the footer of stream ${streamId} is no whole XML`;
    known.hasFooter = true;
    return undefined;
  }
  const samples = decodeXdfSamples(content, known.stream.format, known.stream.channels.length, 'stamps');
  if (samples === undefined) return `samples of stream ${streamId} do not fill their chunk exactly`;
  const { sfreq } = known.stream;
  samples.stamps.forEach((stamp) => {
    const sec = Number.isNaN(stamp) ? known.lastSec + (sfreq > 0 ? 1 / sfreq : 0) : stamp;
    if (known.nSamples++ === 0) known.firstSec = sec;
    known.lastSec = sec;
  });
  return undefined;
};

/** Writes chunks as the recorder does: a boundary after every stretch, in front of it checksums where the file had some, and the headers twice. */
const writer = (file: FileHandle, path: string) => {
  let waiting: Uint8Array[] = [xdfMagic];
  let sums: ChunkSum[] = [];
  let stretch = 0;
  let headers: Uint8Array[] | undefined = [];
  let isChecked = false;
  let nSums = 0;
  let bytes = 0;

  const add = (chunk: Uint8Array) => {
    waiting.push(chunk);
    sums.push(chunkSum(chunk));
    stretch += chunk.length;
  };
  const endStretch = () => {
    if (sums.length === 0) return;
    if (isChecked) {
      waiting.push(checksumChunk(0, sums));
      nSums++;
    }
    waiting.push(xdfChunk(xdfTag.boundary, undefined, xdfBoundary));
    sums = [];
    stretch = 0;
  };
  const endHeaders = () => {
    const all = headers;
    headers = undefined;
    if (all === undefined || !isChecked) return;
    const own = xdfChunk(xdfTag.streamHeader, checksumStreamId, checksumHeader());
    add(own);
    endStretch();
    add(spareChunk(0, Buffer.concat([...all, own])));
    nSums++;
  };
  const flush = async () => {
    const all = Buffer.concat(waiting);
    waiting = [];
    bytes += await writeAll(file, path, all);
  };
  return {
    /** The file has checksums: the copy shall have them too. */
    checked: () => {
      if (headers !== undefined) isChecked = true;
    },
    put: (tag: number, streamId: number, content: Uint8Array): void => {
      if (tag !== xdfTag.fileHeader && tag !== xdfTag.streamHeader) endHeaders();
      const chunk = xdfChunk(tag, tag === xdfTag.fileHeader ? undefined : streamId, content);
      headers?.push(chunk);
      add(chunk);
      if (stretch > stretchBytes) endStretch();
    },
    flush,
    end: async (): Promise<number> => {
      endHeaders();
      endStretch();
      if (isChecked) waiting.push(xdfChunk(xdfTag.streamFooter, checksumStreamId, new TextEncoder().encode(checksumFooter(nSums, 0, 0))));
      await flush();
      await file.datasync();
      return bytes;
    },
  };
};

const checksumHeader = (): Uint8Array =>
  text(
    xml('info', {
      name: 'checksums',
      type: 'Checksums',
      channel_count: 1,
      nominal_srate: 0,
      channel_format: 'string',
      desc: { channels: { channel: [{ label: 'checksums', type: 'Checksums', unit: '' }] }, affect: JSON.stringify({ role: 'checksums' }) },
    }),
  );
