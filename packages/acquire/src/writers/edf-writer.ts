import { edfStart } from '../files/edf-words.ts';
import type { Recording } from '../files/recording.ts';
import { ignoreReports } from '../report.ts';
import { edfHeader, recordCountAt } from './edf-header.ts';
import { edfNotes } from './edf-notes.ts';
import { type EdfPlan, edfPlan } from './edf-plan.ts';
import { edfRecords } from './edf-records.ts';
import { createFile, writeAll } from './new-file.ts';
import { surveyRecording } from './recording-survey.ts';
import { type WriteOptions, type Written, watched } from './write-options.ts';

export interface EdfOptions extends WriteOptions {
  /** 16 for EDF+, 24 for BDF+; where absent, EDF+ if that rounds nothing away that a sensor could tell (`finestQuantum`). */
  readonly bits?: 16 | 24;
  /** The plan, where it was made already. */
  readonly plan?: EdfPlan;
}

/** Reads a recording through and lays out an EDF+ or BDF+ file for it. Throws what `edfPlan` throws. */
export const planEdf = async (recording: Recording, { bits, progress, stop }: EdfOptions = {}): Promise<EdfPlan> =>
  edfPlan(await surveyRecording(recording, watched('reading', progress, stop)), recording.marks ?? [], bits);

/**
 * Writes a recording as an EDF+C or BDF+C file, in two passes over it and in constant memory. The number of records stands at -1 until the file is whole.
 *
 * The format knows no missing samples: holes are filled with the last value before them (with the first one before a signal begins) and told by an annotation
 * `BAD_gap eeg`, `gap eda` with onset and duration. Samples of a signal without a rate become annotations. Never overwrites; throws
 * `AcquireError('bad-option')` where the file exists, what `planEdf` throws, and `bad-file` where it cannot be written.
 */
export const writeEdf = async (recording: Recording, path: string, options: EdfOptions = {}): Promise<Written> => {
  const { report = ignoreReports, progress, stop } = options;
  const plan = options.plan ?? (await planEdf(recording, options));
  const startedAt = recording.startedAt === undefined ? undefined : recording.startedAt + plan.zeroSec;
  const { fractionSec } = edfStart(startedAt);
  const notes = edfNotes(plan, fractionSec);
  const { subject } = recording;
  const about = { ...(startedAt !== undefined && { startedAt }), ...(subject !== undefined && { subject }) };
  const file = await createFile(path);
  try {
    let bytes = await writeAll(file, path, edfHeader(plan, about, notes.bytesPerRecord));
    const records = edfRecords(plan, notes.bytesPerRecord);
    const lastSec = Math.max(...plan.tracks.map(({ survey }) => survey.lastSec));
    const see = watched('writing', progress, stop, lastSec);
    for await (const block of recording.blocks(report)) {
      see(block);
      records.add(block);
      for (const whole of records.whole(notes.next)) bytes += await writeAll(file, path, whole);
    }
    for (const rest of records.rest(notes.next)) bytes += await writeAll(file, path, rest);
    await file.write(Buffer.from(`${plan.nRecords}`.padEnd(8), 'latin1'), 0, 8, recordCountAt);
    await file.datasync();
    return {
      bytes,
      signals: plan.tracks.map(({ survey, shiftSec, driftSec, columns }) => ({
        id: survey.signal.id,
        nSamples: survey.nSamples,
        quantum: Math.max(...columns.map(({ scale }) => scale.quantum)),
        shiftSec,
        driftSec,
      })),
      notes: [...plan.left, ...records.remarks()],
    };
  } finally {
    await file.close();
  }
};
