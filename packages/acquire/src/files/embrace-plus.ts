import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type AvroValue, readAvro } from '../codecs/avro.ts';
import { AcquireError } from '../errors.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock, Signal } from '../signal.ts';
import { fileError } from './file-error.ts';
import { inOrderOfTime } from './merge-blocks.ts';
import type { Mark, Recording } from './recording.ts';

/** Whether a file begins as an Avro container with Empatica's schema. */
export const isEmbracePlus = (head: string): boolean => head.startsWith('Obj\x01') && head.includes('empatica');

/** A file holds about half an hour, a few MB; one of this size is something else. */
const maxBytes = 2 ** 28;

/**
 * A file of Empatica's EmbracePlus: one Avro record (`empatica.format.avro.Session`), packed, which is read whole.
 *
 *     rawData.eda, .temperature, .bvp       { timestampStart (µs since 1970), samplingFrequency, values }      µS, °C, a.u.
 *     rawData.accelerometer, .gyroscope     the same with x, y, z and imuParams: digital to physical range      g, °/s
 *     rawData.systolicPeaks.peaksTimeNanos  times of heart beats: their distances are inter-beat intervals
 *     rawData.tags.tagsTimeMicros           presses of the button: marks
 *
 * The rate of each signal is what the file says; it drifts (EDA 3.99999 to 4.0004 Hz). Time 0 is the earliest start. Steps, magnetometer
 * and light are not read.
 */
export const openEmbracePlus = async (path: string): Promise<Recording> => {
  const raw = await sessionOf(path);
  const parts = partsOf(path, raw);
  if (parts.length === 0) throw new AcquireError('bad-file', `'${path}' is a session of an EmbracePlus without samples.`);
  const startedAt = Math.min(...parts.map(({ startUnix }) => startUnix));
  return {
    name: basename(path),
    format: 'embrace-plus',
    signals: parts.map(({ signal }) => signal),
    startedAt,
    marks: marksOf(raw, startedAt),
    blocks: (report) => inOrderOfTime(parts.map((part) => blocksOf(part, startedAt, path, report))),
  };
};

type Fields = { readonly [name: string]: AvroValue };

const fieldsOf = (value: AvroValue | undefined): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value) ? (value as Fields) : undefined;

const sessionOf = async (path: string): Promise<Fields> => {
  const { size } = await stat(path).catch((cause) => {
    throw fileError(path, cause);
  });
  if (size > maxBytes) throw new AcquireError('bad-file', `'${path}' has ${size} bytes; a file of an EmbracePlus has a few million.`);
  let bytes: Uint8Array = await readFile(path).catch((cause) => {
    throw fileError(path, cause);
  });
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: maxBytes });
    } catch (cause) {
      throw fileError(path, cause);
    }
  }
  const [session] = readAvro(path, bytes);
  const raw = fieldsOf(fieldsOf(session)?.rawData);
  if (raw === undefined)
    throw new AcquireError('bad-file', `'${path}' is an Avro file, but no session of an EmbracePlus: it has no 'rawData'.`);
  return raw;
};

interface Part {
  readonly signal: Signal;
  readonly startUnix: number;
  /** (nChannels) of (nTimes); of inter-beat intervals one, and `times` since 1970. */
  readonly channels: readonly Float64Array[];
  readonly factor: number;
  readonly offset: number;
  readonly times?: Float64Array;
}

const single = (name: string) => ({ channels: [name], reference: 'n/a' });
const axes = { channels: ['x', 'y', 'z'], reference: 'n/a' };

const partsOf = (path: string, raw: Fields): Part[] => {
  const timed = (name: string): { said: Fields; sfreq: number; startUnix: number } | undefined => {
    const said = fieldsOf(raw[name]);
    const sfreq = said?.samplingFrequency;
    const start = said?.timestampStart;
    if (said === undefined || typeof sfreq !== 'number' || typeof start !== 'number' || sfreq === 0 || start === 0) return undefined;
    if (sfreq > 0 && sfreq < 1e5 && start > 1e14 && start < 1e17) return { said, sfreq, startUnix: start / 1e6 };
    throw new AcquireError('bad-file', `'${path}' says ${name} began at ${start} µs and has ${sfreq} Hz, which cannot be.`);
  };
  const column = (said: Fields, name: string): Float64Array => (said[name] instanceof Float64Array ? said[name] : new Float64Array(0));
  const one = (name: string, describe: (sfreq: number) => Signal): Part[] => {
    const found = timed(name);
    const values = found === undefined ? new Float64Array(0) : column(found.said, 'values');
    return values.length === 0
      ? []
      : [{ signal: describe(found!.sfreq), startUnix: found!.startUnix, channels: [values], factor: 1, offset: 0 }];
  };
  const three = (name: string, describe: (sfreq: number) => Signal): Part[] => {
    const found = timed(name);
    if (found === undefined) return [];
    const channels = ['x', 'y', 'z'].map((axis) => column(found.said, axis));
    if (channels.every(({ length }) => length === 0)) return [];
    const nTimes = Math.min(...channels.map(({ length }) => length));
    const { physicalMin, physicalMax, digitalMin, digitalMax } = fieldsOf(found.said.imuParams) ?? {};
    const factor = (Number(physicalMax) - Number(physicalMin)) / (Number(digitalMax) - Number(digitalMin));
    if (!Number.isFinite(factor) || factor === 0) throw new AcquireError('bad-file', `'${path}' does not say the range of its ${name}.`);
    const offset = Number(physicalMin) - Number(digitalMin) * factor;
    return [
      {
        signal: describe(found.sfreq),
        startUnix: found.startUnix,
        channels: channels.map((values) => values.subarray(0, nTimes)),
        factor,
        offset,
      },
    ];
  };
  const peaks = fieldsOf(raw.systolicPeaks)?.peaksTimeNanos;
  return [
    ...one('eda', (sfreq) => ({ id: 'eda', kind: 'eda', unit: 'µS', sfreq, montage: single('EDA') })),
    ...one('temperature', (sfreq) => ({ id: 'temperature', kind: 'temperature', unit: '°C', sfreq, montage: single('TEMP') })),
    ...one('bvp', (sfreq) => ({ id: 'pulse', kind: 'ppg', unit: 'a.u.', sfreq, montage: single('BVP') })),
    ...three('accelerometer', (sfreq) => ({ id: 'wrist-acceleration', kind: 'acceleration', unit: 'g', sfreq, montage: axes })),
    ...three('gyroscope', (sfreq) => ({ id: 'wrist-gyroscope', kind: 'gyroscope', unit: '°/s', sfreq, montage: axes })),
    ...(peaks instanceof Float64Array && peaks.length > 1 ? beats(peaks) : []),
  ];
};

/** Longer than this lies between two beats only where some were not seen, s. */
const longestBeatSec = 2.5;

const beats = (nanos: Float64Array): Part[] => {
  const times: number[] = [];
  const intervals: number[] = [];
  for (let i = 1; i < nanos.length; i++) {
    const interval = (nanos[i]! - nanos[i - 1]!) / 1e9;
    if (!(interval > 0 && interval < longestBeatSec)) continue;
    times.push(nanos[i]! / 1e9);
    intervals.push(interval);
  }
  if (times.length === 0) return [];
  const signal: Signal = { id: 'inter-beat', kind: 'inter-beat', unit: 's', sfreq: 0, montage: single('IBI') };
  return [
    { signal, startUnix: times[0]!, channels: [Float64Array.from(intervals)], factor: 1, offset: 0, times: Float64Array.from(times) },
  ];
};

const marksOf = (raw: Fields, startedAt: number): Mark[] => {
  const tags = fieldsOf(raw.tags)?.tagsTimeMicros;
  return tags instanceof Float64Array ? [...tags].map((micros) => ({ atSec: micros / 1e6 - startedAt, text: 'button' })) : [];
};

async function* blocksOf(
  { signal, startUnix, channels, factor, offset, times }: Part,
  startedAt: number,
  path: string,
  report: Reporter,
): AsyncGenerator<SampleBlock, void> {
  const startSec = startUnix - startedAt;
  const nTimes = channels[0]!.length;
  const step = times !== undefined ? 1 : Math.max(1, Math.floor(signal.sfreq));
  let from = 0;
  while (from < nTimes) {
    let to = from;
    while (to < Math.min(nTimes, from + step) && channels.every((values) => Number.isFinite(values[to]!))) to++;
    if (to === from) {
      const bad = from;
      while (from < nTimes && !channels.every((values) => Number.isFinite(values[from]!))) from++;
      report({ kind: 'damage', file: path, where: `${signal.id}, sample ${bad}`, detail: 'values that are no numbers', lost: from - bad });
      if (bad > 0 && from < nTimes)
        report({
          kind: 'gap',
          signal: signal.id,
          lost: from - bad,
          exact: true,
          beforeSample: from,
          atSec: startSec + from / signal.sfreq,
        });
      continue;
    }
    const data = new Float64Array(channels.length * (to - from));
    channels.forEach((values, c) => {
      for (let t = from; t < to; t++) data[c * (to - from) + t - from] = values[t]! * factor + offset;
    });
    const tmin = times !== undefined ? times[from]! - startedAt : startSec + from / signal.sfreq;
    yield { signal, firstSample: from, tmin, arrivedAt: times !== undefined ? tmin : tmin + (to - from) / signal.sfreq, data };
    from = to;
  }
}
