import { open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AcquireError } from '../errors.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { type BrainVisionHeader, type BrainVisionSegment, brainVisionHeader, brainVisionMarks } from './brainvision-header.ts';
import { type ColumnSignal, columnSignals } from './column-signals.ts';
import { fileError } from './file-error.ts';
import { linesOf } from './lines.ts';
import { wholeRecords } from './record-parts.ts';
import type { Mark, Recording, RecordingOptions } from './recording.ts';
import { renamed } from './renamed.ts';
import { rowBlocks } from './row-blocks.ts';

/** Whether a first line is that of a BrainVision header or marker file. */
export const isBrainVision = (firstLine: string): boolean => /^Brain ?Vision( Data Exchange)? (Header|Marker) File/i.test(firstLine);

/**
 * A BrainVision recording by its header (`.vhdr`) or markers (`.vmrk`): the three files lie together.
 *
 *     .vhdr   INI: data and marker file, order, sampling interval (µs), format, per channel name, reference, resolution, unit
 *     .vmrk   INI: Mk<n>=<type>,<description>,<position from 1>,<points>,<channel>[,date]
 *     .eeg    samples, little endian: INT_16, INT_32 or IEEE_FLOAT_32; MULTIPLEXED (sample by sample) or VECTORIZED (channel by channel)
 *
 * Marks are `type/description`. Where a recording was paused (a new segment with a date of its own) samples are missing. Potentials are EEG
 * unless the name of their channel says EOG, ECG, EMG and the like. Text data files are not read.
 */
export const openBrainVision = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const header = await headerFor(path);
  const folder = dirname(path);
  const dataPath = join(folder, header.dataFile);
  const { size } = await stat(dataPath).catch((cause) => {
    throw fileError(dataPath, cause);
  });
  const { marks, segments, startedAt } =
    header.markerFile === undefined
      ? { marks: [], segments: [], startedAt: Number.NaN }
      : await marksIn(join(folder, header.markerFile), header.sfreq);
  const { parts, remarks } = columnSignals(header.columns, header.reference, options.columns);
  const signals = parts.map((part) =>
    part.signal.kind === 'eeg'
      ? { ...part, signal: { ...part.signal, montage: renamed(path, part.signal.montage, options.channels) } }
      : part,
  );
  return {
    name: basename(path),
    format: 'brainvision',
    signals: signals.map(({ signal }) => signal),
    ...(Number.isFinite(startedAt) && { startedAt }),
    marks,
    blocks: (report) => readBlocks(dataPath, size, header, signals, segments, remarks, report),
  };
};

const maxHeaderLines = 20_000;

const headerFor = async (path: string): Promise<BrainVisionHeader> => {
  const lines = await textOf(path);
  if (!/Marker File/i.test(lines[0] ?? '')) return brainVisionHeader(path, lines);
  const header = path.replace(/\.vmrk$/i, '.vhdr');
  if (header === path) throw new AcquireError('bad-file', `'${path}' holds the markers of a BrainVision recording: open its .vhdr file.`);
  return brainVisionHeader(header, await textOf(header));
};

const textOf = async (path: string): Promise<string[]> => {
  const lines: string[] = [];
  for await (const batch of linesOf(path)) {
    for (const { text } of batch) lines.push(text);
    if (lines.length > maxHeaderLines)
      throw new AcquireError('bad-file', `'${path}' is no BrainVision header: it has more than ${maxHeaderLines} lines.`);
  }
  return lines;
};

const marksIn = async (path: string, sfreq: number): Promise<{ marks: Mark[]; segments: BrainVisionSegment[]; startedAt: number }> => {
  const reader = brainVisionMarks(sfreq);
  for await (const batch of linesOf(path)) for (const { text } of batch) reader.line(text);
  return reader.end();
};

async function* readBlocks(
  path: string,
  size: number,
  header: BrainVisionHeader,
  parts: readonly ColumnSignal[],
  segments: readonly BrainVisionSegment[],
  remarks: readonly string[],
  report: Reporter,
): AsyncGenerator<SampleBlock, void> {
  for (const text of remarks) report({ kind: 'device-text', device: basename(path), text });
  const nColumns = header.columns.length;
  const frameBytes = nColumns * header.bytesPerSample;
  if (size % frameBytes !== 0) {
    const where = `byte ${size - (size % frameBytes)}`;
    report({
      kind: 'damage',
      file: path,
      where,
      detail: `the file ends after ${size % frameBytes} of a sample's ${frameBytes} bytes`,
      lost: 1,
    });
  }
  const rows = rowBlocks({ parts, nColumns, sfreq: header.sfreq, times: 'counted' }, report);
  const row = new Float64Array(nColumns);
  let n = 0;
  let next = 0;
  for await (const values of header.isVectorized ? vectorized(path, Math.floor(size / frameBytes), header) : multiplexed(path, header)) {
    for (let at = 0; at < values.length; at += nColumns, n++) {
      while (next < segments.length && segments[next]!.position <= n) {
        if (segments[next]!.position === n && segments[next]!.lostBefore > 0) rows.lose(segments[next]!.lostBefore, false);
        next++;
      }
      for (let c = 0; c < nColumns; c++) {
        const value = values[at + c]!;
        row[c] = Number.isFinite(value) ? value : Number.NaN;
      }
      rows.add(row, Number.NaN);
    }
    yield* rows.take();
  }
  rows.end();
  yield* rows.take();
}

/** Samples of one piece, (nTimes, nChannels). */
async function* multiplexed(path: string, { columns, bytesPerSample, read }: BrainVisionHeader): AsyncGenerator<Float64Array, void> {
  const framesAtOnce = Math.max(1, Math.floor(65_536 / (columns.length * bytesPerSample)));
  const frameBytes = columns.length * bytesPerSample;
  for await (const piece of wholeRecords(path, 0, framesAtOnce * frameBytes)) {
    const n = Math.floor(piece.length / frameBytes) * columns.length;
    const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
    const values = new Float64Array(n);
    for (let i = 0; i < n; i++) values[i] = read(view, i * bytesPerSample);
    yield values;
  }
}

async function* vectorized(
  path: string,
  nTimes: number,
  { columns, bytesPerSample, read }: BrainVisionHeader,
): AsyncGenerator<Float64Array, void> {
  const atOnce = 4096;
  const file = await open(path, 'r').catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    const bytes = Buffer.alloc(atOnce * bytesPerSample);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let from = 0; from < nTimes; from += atOnce) {
      const n = Math.min(atOnce, nTimes - from);
      const values = new Float64Array(n * columns.length);
      for (let c = 0; c < columns.length; c++) {
        const { bytesRead } = await file.read(bytes, 0, n * bytesPerSample, (c * nTimes + from) * bytesPerSample);
        for (let t = 0; t < n; t++)
          values[t * columns.length + c] = (t + 1) * bytesPerSample <= bytesRead ? read(view, t * bytesPerSample) : Number.NaN;
      }
      yield values;
    }
  } finally {
    await file.close();
  }
}
