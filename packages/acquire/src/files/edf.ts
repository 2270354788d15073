import { basename } from 'node:path';
import { type EdfHeader, edfHeaderBytes, readEdfHeader } from '../codecs/edf.ts';
import { readEdfAnnotations } from '../codecs/edf-annotations.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { firstBytesOf } from './bytes-of.ts';
import { type ColumnSignal, columnSignals } from './column-signals.ts';
import { edfBlocks } from './edf-blocks.ts';
import { edfMeaning, edfReference } from './edf-columns.ts';
import { readEdfMarks } from './edf-marks.ts';
import { wholeRecords } from './record-parts.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { renamed } from './renamed.ts';

/**
 * An EDF, EDF+, BDF or BDF+ file (`codecs/edf.ts`), also gzip. Channels of one kind and rate are one signal, in our units; annotations, and
 * the changes of a BDF's Status channel, are marks. Time 0 is the first record's. Of a file that was cut off, or never closed, every whole
 * record is read; where EDF+D is interrupted, samples are missing. What another recorder's file does not say (which potential is an EEG) is
 * not guessed: `options.columns` declares it.
 */
export const openEdf = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const start = await firstBytesOf(path, 256);
  const header = readEdfHeader(path, await firstBytesOf(path, edfHeaderBytes(start) ?? 256));
  const isStatus = (s: number) => /^status$/i.test(header.signals[s]!.label) && header.bytesPerSample === 3;
  const sampled = header.signals.flatMap(({ isAnnotations, perRecord }, s) => (isAnnotations || perRecord === 0 || isStatus(s) ? [] : [s]));
  const { reference, suffix } = edfReference(header.signals);
  const columns = sampled.map((s) => {
    const { label, unit, perRecord, scale } = header.signals[s]!;
    const { type, channel } = edfMeaning(header.signals[s]!);
    const plain = suffix !== '' && channel.endsWith(suffix) ? channel.slice(0, -suffix.length) : channel;
    return { name: label, channel: plain, type, unit: scale === undefined ? '' : unit, sfreq: perRecord / header.recordSec };
  });
  const { parts, remarks } = columnSignals(columns, reference, options.columns);
  const signals = named(path, parts, sampled, options);
  const { marks, startSec, gaps } = await readEdfMarks(path, header, isStatus);
  const subject = subjectOf(header);
  return {
    name: basename(path),
    format: header.bytesPerSample === 3 ? 'bdf' : 'edf',
    signals: signals.map(({ signal }) => signal),
    ...(header.startedAt !== undefined && { startedAt: header.startedAt + startSec }),
    ...(subject !== undefined && { subject }),
    ...((header.plus !== '' || marks.length > 0) && { marks }),
    blocks: (report) => readBlocks(path, header, signals, gaps, remarks, report),
  };
};

/** The parts with columns counted in the header's signals, and the electrodes named as the caller wants them. */
const named = (
  path: string,
  parts: readonly ColumnSignal[],
  sampled: readonly number[],
  { channels }: RecordingOptions,
): readonly ColumnSignal[] =>
  parts.map((part) => {
    const columns = part.columns.map((c) => sampled[c]!);
    if (part.signal.kind !== 'eeg' || channels === undefined) return { ...part, columns };
    return { ...part, columns, signal: { ...part.signal, montage: renamed(path, part.signal.montage, channels) } };
  });

/** What the patient field tells of: the code, or else the name, of EDF+; all of it in a plain file. */
const subjectOf = ({ patient, plus }: EdfHeader): string | undefined => {
  if (plus === '') return patient === '' ? undefined : patient;
  const [code = 'X', , , name = 'X'] = patient.split(' ');
  const found = code !== 'X' && code !== '' ? code : name;
  return found === 'X' || found === '' ? undefined : found.replaceAll('_', ' ');
};

async function* readBlocks(
  path: string,
  header: EdfHeader,
  parts: readonly ColumnSignal[],
  gaps: readonly { readonly signal: string; readonly atSec: number; readonly durationSec: number }[],
  remarks: readonly string[],
  report: Reporter,
): AsyncGenerator<SampleBlock, void> {
  const { headerBytes, recordBytes, nRecords, plus } = header;
  const said = [...remarks, ...(nRecords === -1 ? ['the file was not closed in good order; its records are counted by its length'] : [])];
  for (const text of said) report({ kind: 'device-text', device: basename(path), text });
  const blocks = edfBlocks(header, parts, gaps, report);
  const texts = header.signals.filter(({ isAnnotations }) => isAnnotations);
  const damage = (offset: number, detail: string) => report({ kind: 'damage', file: path, where: `byte ${offset}`, detail, lost: 1 });
  let n = 0;
  for await (const record of wholeRecords(path, headerBytes, recordBytes)) {
    const offset = headerBytes + n * recordBytes;
    if (record.length < recordBytes) {
      damage(offset, `the file ends after ${record.length} of a record's ${recordBytes} bytes`);
      break;
    }
    let onset: number | undefined;
    texts.forEach((text, i) => {
      const notes = readEdfAnnotations(record.subarray(text.offset, text.offset + text.nBytes));
      if (notes.nBad > 0) damage(offset + text.offset, `${notes.nBad} annotations of the record cannot be understood`);
      if (i > 0 || plus !== 'D') return;
      onset = notes.onset;
      if (onset === undefined) damage(offset + text.offset, 'the record does not say when it begins: taken to follow on the one before');
    });
    n++;
    blocks.add(record, onset);
    yield* blocks.take();
  }
  blocks.end();
  yield* blocks.take();
  if (nRecords >= 0 && nRecords !== n) damage(236, `the header says ${nRecords} records, the file holds ${n} whole ones`);
}
