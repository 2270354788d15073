import type { Report } from '../report.ts';
import { nTimesOf } from '../signal.ts';
import { openRecording } from './index.ts';
import type { RecordingOptions } from './recording.ts';
import { surveyXdf } from './xdf-survey.ts';

/** What one signal of a recording holds. */
export interface SignalInspection {
  readonly id: string;
  readonly kind: string;
  readonly unit: string;
  readonly channels: readonly string[];
  /** The rate it is said to have, Hz; 0 for irregular samples. */
  readonly sfreq: number;
  /** The rate at which samples came, losses counted in, Hz; `null` where there are too few. */
  readonly trueRate: number | null;
  readonly nSamples: number;
  readonly firstSec: number | null;
  readonly lastSec: number | null;
  readonly gaps: number;
  readonly lostSamples: number;
}

/** One stream of an XDF file as it lies in the file. */
export interface StreamInspection {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly sfreq: number;
  readonly trueRate: number;
  readonly nChannels: number;
  readonly nSamples: number;
  /** Whether it was closed in good order. */
  readonly closed: boolean;
}

/** What a recording holds and what is wrong with it, all of it read. */
export interface Inspection {
  readonly name: string;
  readonly format: string;
  /** Unix time of the start, s; `null` where the file does not say. */
  readonly startedAt: number | null;
  readonly marks: number;
  /** What the marks say and how often, in order of first occurrence, the first 20. */
  readonly markTexts: readonly { readonly text: string; readonly count: number }[];
  readonly signals: readonly SignalInspection[];
  /** The streams of an XDF file; empty for other formats. */
  readonly streams: readonly StreamInspection[];
  /** The first 1,000 damaged stretches; `where` is a byte offset or a line. */
  readonly damages: readonly { readonly where: string; readonly detail: string }[];
  readonly nDamages: number;
  /** Whatever else was said while reading, each once. */
  readonly remarks: readonly string[];
}

const mostKept = 1000;
const mostTexts = 20;

/** Reads a recording of any format through and tells what it holds; `options` say what the file does not. Throws what `openRecording` throws. */
export const inspectRecording = async (path: string, options: RecordingOptions = {}): Promise<Inspection> => {
  const recording = await openRecording(path, options);
  const { name, format, startedAt, marks = [] } = recording;
  const damages: { where: string; detail: string }[] = [];
  let nDamages = 0;
  const remarks = new Set<string>();
  const gaps = new Map<string, { count: number; lost: number }>();
  const report = (fact: Report) => {
    if (fact.kind === 'damage') {
      nDamages++;
      if (damages.length < mostKept) damages.push({ where: fact.where, detail: fact.detail });
    } else if (fact.kind === 'gap') {
      const { count = 0, lost = 0 } = gaps.get(fact.signal) ?? {};
      gaps.set(fact.signal, { count: count + 1, lost: lost + fact.lost });
    } else if (remarks.size < mostKept) {
      if (fact.kind === 'device-text') remarks.add(fact.text);
      if (fact.kind === 'bad-frame') remarks.add(`bad ${fact.reason} from ${fact.device}`);
    }
  };
  const held = new Map<string, { n: number; first: number; firstSample: number; last: number; lastSample: number }>();
  for await (const block of recording.blocks(report)) {
    const { signal, tmin, firstSample } = block;
    const n = nTimesOf(block);
    const last = tmin + (signal.sfreq > 0 ? (n - 1) / signal.sfreq : 0);
    const track = held.get(signal.id);
    if (track === undefined) held.set(signal.id, { n, first: tmin, firstSample, last, lastSample: firstSample + n - 1 });
    else Object.assign(track, { n: track.n + n, last, lastSample: firstSample + n - 1 });
  }
  const survey = format === 'xdf' ? await surveyXdf(path) : undefined;
  return {
    name,
    format,
    startedAt: startedAt ?? null,
    marks: marks.length,
    markTexts: countTexts(marks.map(({ text }) => text)),
    signals: recording.signals.map(({ id, kind, unit, sfreq, montage }) => {
      const track = held.get(id);
      const spanSec = track === undefined ? 0 : track.last - track.first;
      return {
        id,
        kind,
        unit,
        channels: montage.channels,
        sfreq,
        trueRate: track !== undefined && sfreq > 0 && spanSec > 0 ? (track.lastSample - track.firstSample) / spanSec : null,
        nSamples: track?.n ?? 0,
        firstSec: track?.first ?? null,
        lastSec: track?.last ?? null,
        gaps: gaps.get(id)?.count ?? 0,
        lostSamples: gaps.get(id)?.lost ?? 0,
      };
    }),
    streams: (survey?.streams ?? []).map(({ stream, effectiveRate, nSamples, hasFooter }) => ({
      id: stream.id,
      name: stream.name,
      type: stream.type,
      format: stream.format,
      sfreq: stream.sfreq,
      trueRate: effectiveRate,
      nChannels: stream.channels.length,
      nSamples,
      closed: hasFooter,
    })),
    damages,
    nDamages: Math.max(nDamages, survey?.nDamages ?? 0),
    remarks: [...remarks],
  };
};

const countTexts = (texts: readonly string[]): { text: string; count: number }[] => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].slice(0, mostTexts).map(([text, count]) => ({ text, count }));
};
