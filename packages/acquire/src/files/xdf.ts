import { basename } from 'node:path';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { finiteRuns } from './finite-runs.ts';
import { inOrderOfTime } from './merge-blocks.ts';
import type { Mark, Recording, RecordingOptions } from './recording.ts';
import { jsonObject } from './xdf-header.ts';
import { decodeXdfRaw, rawSources, rawStream } from './xdf-raw.ts';
import { type XdfPart, xdfParts } from './xdf-signals.ts';
import { surveyXdf, type XdfStreamSurvey, type XdfSurvey, xdfSamples } from './xdf-survey.ts';

/** A nominal rate further from the true one than this share is not what the samples have; the measured one is. */
const rateTolerance = 0.02;

/**
 * An XDF file (`codecs/xdf-chunk.ts`), ours or of any other recorder. Time 0 is the first sample's, or that of the session for one of ours.
 *
 * Ours is played from the bytes that the links gave, through the decoders, in the order they arrived: the blocks are those of the live session. Where it
 * holds none, in a later part of a split one, and in files of others, blocks are made of the decoded streams: channels of one type and unit are one signal; times are corrected
 * as pyxdf does; where a stream breaks off, as many samples are missing as time tells. What cannot be used is reported.
 */
export const openXdf = async (path: string, { decoded = false }: RecordingOptions = {}): Promise<Recording> => {
  const survey = await surveyXdf(path);
  const { remark, startedAt } = survey;
  const session = jsonObject(remark);
  const subject = session?.subject;
  const about = {
    name: basename(path),
    format: 'xdf',
    ...(startedAt !== undefined && { startedAt }),
    ...(session !== undefined && { session }),
    ...(typeof subject === 'string' && subject !== '' && { subject }),
  };
  // a connection that began in an earlier part may have said there what its bytes mean
  const isLaterPart = typeof session?.part === 'number' && session.part > 1;
  const raw = decoded || isLaterPart ? undefined : rawSources(survey);
  const marked = survey.streams.filter(isMarkers);
  if (raw !== undefined) {
    const { marks, unplaced } = await marksOf(path, marked, 0);
    return {
      ...about,
      signals: raw.flatMap(({ device }) => device.signals),
      ...(marked.length > 0 && { marks }),
      blocks: (report) => withDamage(survey, unplaced, [], report, decodeXdfRaw([{ path, stream: rawStream(survey)! }], raw, report)),
    };
  }
  const taken = new Set<string>();
  const used = survey.streams
    .filter(({ stream, nSamples }) => stream.format !== 'string' && nSamples > 0)
    .map((of) => ({ of, parts: xdfParts(of.stream, trueRate(of), taken) }));
  const unused = survey.streams.filter(
    (one) => !marked.includes(one) && one.stream.own?.role !== 'checksums' && used.every(({ of }) => of !== one),
  );
  const beginnings = (used.length > 0 ? used.map(({ of }) => of) : marked).map(({ firstSec }) => firstSec).filter(isTime);
  const zeroSec = session !== undefined || beginnings.length === 0 ? 0 : Math.min(...beginnings);
  const { marks, unplaced } = await marksOf(path, marked, zeroSec);
  return {
    ...about,
    signals: used.flatMap(({ parts }) => parts.map(({ signal }) => signal)),
    ...(marked.length > 0 && { marks }),
    blocks: (report) => {
      const remarks = [
        ...used.flatMap(({ parts }) => parts.flatMap(({ remark: text }) => text ?? [])),
        ...unused.map(
          ({ stream, nSamples }) =>
            `stream '${stream.name}' (${stream.type || 'no type'}, ${stream.format}, ${nSamples} samples): no signal, not read`,
        ),
      ];
      return withDamage(
        survey,
        unplaced,
        remarks,
        report,
        inOrderOfTime(used.map(({ of, parts }) => streamBlocks(path, of, parts, zeroSec, report))),
      );
    },
  };
};

/** A step of time beyond this is damage, not a pause, s. */
const longestSec = 1e8;
/** Nor is a first time beyond this any clock's, s. */
const latestSec = 1e11;
/** Marks without a time that are told of one by one. */
const mostUnplaced = 1000;
const isTime = (sec: number): boolean => Math.abs(sec) < latestSec;

const isMarkers = ({ stream, nSamples }: XdfStreamSurvey): boolean =>
  stream.format === 'string' &&
  nSamples > 0 &&
  (stream.own === undefined ? /marker|event|stim/i.test(stream.type) : stream.own.role === 'markers');

const trueRate = ({ stream: { sfreq, own }, effectiveRate }: XdfStreamSurvey): number =>
  own === undefined && effectiveRate > 0 && Math.abs(effectiveRate - sfreq) > rateTolerance * sfreq ? effectiveRate : sfreq;

/** The marks of a file, in order of time; `unplaced` are those whose time is none. */
const marksOf = async (path: string, marked: readonly XdfStreamSurvey[], zeroSec: number) => {
  const marks: Mark[] = [];
  const unplaced: Mark[] = [];
  for (const stream of marked) {
    const nChannels = stream.stream.channels.length;
    for await (const { times, texts } of xdfSamples(path, stream)) {
      times.forEach((time, t) => {
        const mark = { atSec: time - zeroSec, text: texts.slice(t * nChannels, (t + 1) * nChannels).join(' ') };
        (isTime(mark.atSec) ? marks : unplaced).push(mark);
      });
    }
  }
  marks.sort((a, b) => a.atSec - b.atSec);
  return { marks, unplaced };
};

async function* withDamage(
  { path, damages }: XdfSurvey,
  unplaced: readonly Mark[],
  remarks: readonly string[],
  report: Reporter,
  blocks: AsyncIterable<SampleBlock>,
): AsyncGenerator<SampleBlock, void> {
  for (const { offset, bytes, detail } of damages)
    report({ kind: 'damage', file: path, where: `byte ${offset}`, detail: `${detail} (${bytes} bytes)`, lost: 1 });
  for (const { atSec, text } of unplaced.slice(0, mostUnplaced))
    report({ kind: 'damage', file: path, where: `mark '${text.slice(0, 60)}'`, detail: `a time of ${atSec} s, which cannot be`, lost: 1 });
  for (const text of remarks) report({ kind: 'device-text', device: basename(path), text });
  yield* blocks;
}

/**
 * The blocks of one stream, at most a second each. Its samples are cut where a new segment begins (or, in a stream of ours, wherever a time was
 * written), so that inside a block time follows the rate to far less than a sample.
 */
async function* streamBlocks(
  path: string,
  of: XdfStreamSurvey,
  parts: readonly XdfPart[],
  zeroSec: number,
  report: Reporter,
): AsyncGenerator<SampleBlock, void> {
  const nChannels = of.stream.channels.length;
  const { sfreq } = parts[0]!.signal;
  const mostTimes = Math.max(1, Math.floor(sfreq));
  const starts = new Set(of.segments.map(({ first }) => first));
  const runs = new Map(parts.map(({ signal }) => [signal, finiteRuns(report)]));
  let lost = 0; // so far, all gaps together
  let expectedSec = Number.NaN;
  let arrivedAt = Number.NEGATIVE_INFINITY;
  for await (const { index, times, stamps, values } of xdfSamples(path, of)) {
    let first = 0;
    for (let t = 1; t <= times.length; t++) {
      const cut =
        t === times.length || t - first === mostTimes || starts.has(index + t) || (of.segments.length === 0 && !Number.isNaN(stamps[t]!));
      if (!cut) continue;
      const tmin = times[first]! - zeroSec;
      if (!(Number.isNaN(expectedSec) ? isTime(tmin) : Math.abs(tmin - expectedSec) < longestSec)) {
        const where = `stream ${of.stream.id}, sample ${index + first}`;
        report({ kind: 'damage', file: path, where, detail: `a time of ${tmin} s, which cannot be`, lost: t - first });
        first = t;
        continue;
      }
      const missing = sfreq > 0 && !Number.isNaN(expectedSec) ? Math.round((tmin - expectedSec) * sfreq) : 0;
      if (missing > 0) {
        lost += missing;
        for (const { signal } of parts)
          report({ kind: 'gap', signal: signal.id, lost: missing, exact: false, beforeSample: index + first + lost, atSec: tmin });
      }
      const n = t - first;
      expectedSec = times[t - 1]! - zeroSec + (sfreq > 0 ? 1 / sfreq : 0);
      arrivedAt = Math.max(arrivedAt, times[t - 1]! - zeroSec);
      for (const { signal, columns, scale } of parts) {
        const data = new Float64Array(columns.length * n);
        columns.forEach((column, c) => {
          for (let i = 0; i < n; i++) data[c * n + i] = values[(first + i) * nChannels + column]! * scale;
        });
        yield* runs.get(signal)!({ signal, firstSample: index + first + lost, tmin, arrivedAt, data });
      }
      first = t;
    }
  }
}
