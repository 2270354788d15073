import { xdfTag } from '../codecs/xdf-chunk.ts';
import { decodeXdfSamples, type XdfSamples } from '../codecs/xdf-samples.ts';
import { type ClockPiece, clockPieces, effectiveRate, segmentFinder, stampReader, type TimeSegment } from '../codecs/xdf-time.ts';
import { parseXml, textOf } from '../codecs/xdf-xml.ts';
import { readXdfStream, type XdfStream } from './xdf-header.ts';
import { type XdfChunk, type XdfDamage, xdfChunks } from './xdf-scan.ts';

/** What one stream holds, found by reading it through. */
export interface XdfStreamSurvey {
  readonly stream: XdfStream;
  readonly nSamples: number;
  readonly clock: readonly ClockPiece[];
  /** Empty for an irregular stream, and for one of ours: its times are exact as they were written. */
  readonly segments: readonly TimeSegment[];
  /** The rate at which samples truly came, Hz; 0 where it cannot be told. */
  readonly effectiveRate: number;
  /** Corrected time of the first and last sample, s; NaN where there is none. */
  readonly firstSec: number;
  readonly lastSec: number;
  /** Whether the stream was closed in good order. */
  readonly hasFooter: boolean;
}

export interface XdfSurvey {
  readonly path: string;
  /** When the recording began, unix s; absent where the file does not say. */
  readonly startedAt?: number;
  /** Text that this program left in the file header, empty where it did not. */
  readonly remark: string;
  readonly streams: readonly XdfStreamSurvey[];
  /** The first 1,000 stretches that could not be read. */
  readonly damages: readonly XdfDamage[];
  readonly nDamages: number;
}

const maxDamages = 1000;

/**
 * Reads an XDF file through, twice (clock offsets lie behind the samples they are for): what is in it, where it is damaged, and how its times
 * are to be corrected. Memory grows with the number of streams, clock offsets and breaks, not with the samples. Throws what `xdfChunks` throws.
 */
export const surveyXdf = async (path: string): Promise<XdfSurvey> => {
  const damages: XdfDamage[] = [];
  let nDamages = 0;
  const damaged = (damage: XdfDamage) => {
    nDamages++;
    if (damages.length < maxDamages) damages.push(damage);
  };
  const found = new Map<number, { stream: XdfStream; times: number[]; values: number[]; hasFooter: boolean }>();
  let header = parseXml('');
  const wrong = ({ offset, content }: XdfChunk, detail: string) => damaged({ offset, bytes: content.length, detail });
  for await (const batch of xdfChunks(path, damaged)) {
    for (const chunk of batch) {
      const known = found.get(chunk.streamId);
      const { tag, content } = chunk;
      if (tag === xdfTag.fileHeader) {
        header ??= parseXml(new TextDecoder().decode(content));
        if (header === undefined) wrong(chunk, 'the file header is no whole XML');
      } else if (tag === xdfTag.streamHeader) {
        const stream = readXdfStream(chunk.streamId, content);
        if (stream === undefined) wrong(chunk, `the header of stream ${chunk.streamId} cannot be read`);
        else if (known === undefined) found.set(chunk.streamId, { stream, times: [], values: [], hasFooter: false });
      } else if (tag === xdfTag.boundary) continue;
      else if (known === undefined) wrong(chunk, `stream ${chunk.streamId} has no header`);
      else if (tag === xdfTag.streamFooter) {
        known.hasFooter = parseXml(new TextDecoder().decode(content)) !== undefined;
        if (!known.hasFooter) wrong(chunk, `the footer of stream ${chunk.streamId} is no whole XML`);
      } else if (tag === xdfTag.clockOffset) {
        const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
        const [time, value] = content.length === 16 ? [view.getFloat64(0, true), view.getFloat64(8, true)] : [Number.NaN, Number.NaN];
        if (!Number.isFinite(time) || !Number.isFinite(value)) wrong(chunk, 'a clock offset is not two numbers');
        else {
          known.times.push(time);
          known.values.push(value);
        }
      } else if (samplesOf(known.stream, chunk, 'stamps') === undefined) {
        wrong(chunk, `samples of stream ${chunk.streamId} do not fill their chunk exactly`);
      }
    }
  }

  const tracks = [...found.values()].map(({ stream, times, values, hasFooter }) => {
    const clock = clockPieces(times, values);
    return {
      stream,
      clock,
      hasFooter,
      timeOf: stampReader(stream.sfreq, clock),
      finder: isDejittered(stream) ? segmentFinder(stream.sfreq) : undefined,
      n: 0,
      firstSec: Number.NaN,
      lastSec: Number.NaN,
    };
  });
  for await (const batch of xdfChunks(path)) {
    for (const chunk of batch) {
      if (chunk.tag !== xdfTag.samples) continue;
      const track = tracks.find(({ stream }) => stream.id === chunk.streamId);
      const samples = track === undefined ? undefined : samplesOf(track.stream, chunk, 'stamps');
      if (track === undefined || samples === undefined) continue;
      for (const stamp of samples.stamps) {
        const time = track.timeOf(stamp);
        if (track.n++ === 0) track.firstSec = time;
        track.lastSec = time;
        track.finder?.add(time);
      }
    }
  }
  const startedAt = Date.parse(textOf(header, 'datetime')) / 1000;
  return {
    path,
    ...(Number.isFinite(startedAt) && { startedAt }),
    remark: textOf(header, 'affect'),
    streams: tracks.map(({ stream, clock, hasFooter, finder, n, firstSec, lastSec }) => {
      const segments = finder?.end() ?? [];
      const [first, last] = [segments[0], segments.at(-1)];
      return {
        stream,
        nSamples: n,
        clock,
        segments,
        effectiveRate: finder !== undefined ? effectiveRate(segments) : stream.sfreq > 0 && n > 1 ? (n - 1) / (lastSec - firstSec) : 0,
        firstSec: first?.tmin ?? firstSec,
        lastSec: last === undefined ? lastSec : last.tmin + (last.last - last.first) * last.step,
        hasFooter,
      };
    }),
    damages,
    nDamages,
  };
};

/** Whether a stream's times are straightened: those of a regular one that somebody else wrote. Ours are smooth, and know about gaps. */
const isDejittered = ({ sfreq, own }: XdfStream): boolean => sfreq > 0 && own === undefined;

/** The samples of a chunk that fit the stream; undefined where they do not. */
const samplesOf = (stream: XdfStream, { content }: XdfChunk, wanted: 'all' | 'stamps'): XdfSamples | undefined =>
  decodeXdfSamples(content, stream.format, stream.channels.length, wanted);

/** Consecutive samples of one stream with their corrected times. */
export interface XdfRun {
  /** Index of the first one in the stream. */
  readonly index: number;
  /** (nTimes), s */
  readonly times: Float64Array;
  /** As in the file: a number where a time was written, NaN where it was deduced; before any correction. */
  readonly stamps: Float64Array;
  /** (nTimes, nChannels), sample after sample. */
  readonly values: Float64Array;
  readonly texts: readonly string[];
}

/** The samples of one stream in order, a chunk at a time, as the survey corrects them. Damage has been told by the survey and is skipped. */
export async function* xdfSamples(path: string, { stream, clock, segments }: XdfStreamSurvey): AsyncGenerator<XdfRun, void> {
  const timeOf = stampReader(stream.sfreq, clock);
  let index = 0;
  let s = 0;
  for await (const batch of xdfChunks(path)) {
    for (const chunk of batch) {
      if (chunk.tag !== xdfTag.samples || chunk.streamId !== stream.id) continue;
      const samples = samplesOf(stream, chunk, 'all');
      if (samples === undefined) continue;
      const times = samples.stamps.map(timeOf);
      for (let t = 0; segments.length > 0 && t < times.length; t++) {
        while (segments[s]!.last < index + t && s + 1 < segments.length) s++;
        times[t] = segments[s]!.tmin + (index + t - segments[s]!.first) * segments[s]!.step;
      }
      yield { index, times, ...samples };
      index += times.length;
    }
  }
}
