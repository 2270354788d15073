import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AcquireError } from '../errors.ts';
import { distinctNames } from '../files/column-signals.ts';
import type { Recording } from '../files/recording.ts';
import { ignoreReports } from '../report.ts';
import type { Signal } from '../signal.ts';
import { bidsPhysio, type Physio, physioColumn } from './bids-physio.ts';
import {
  type BidsEvent,
  type BidsOptions,
  bidsLabel,
  channelsTable,
  datasetDescription,
  eegSidecar,
  eventsSidecar,
  eventsTable,
  participantsTable,
  physioSidecar,
  readme,
  scansTable,
  seconds,
} from './bids-sidecars.ts';
import { type EdfPlan, edfPlan } from './edf-plan.ts';
import { writeEdf } from './edf-writer.ts';
import { cannotWrite } from './new-file.ts';
import { type SignalSurvey, surveyRecording } from './recording-survey.ts';
import { type WriteOptions, type Written, type WrittenSignal, watched } from './write-options.ts';

/**
 * Writes a recording as a BIDS data set of one session, in three readings and constant memory: EEG as EDF+ (or BDF+, where 16 bits are too few) with its sidecars,
 * marks and irregular signals as events, every other signal as a physio file, all on the time base of the EEG. Without EEG everything lies in `beh`, on that of the
 * signal with the most samples a second. Never overwrites; throws `bad-option` where the folder exists, and what reading and writing throw.
 */
export const writeBids = async (recording: Recording, folder: string, options: BidsOptions & WriteOptions = {}): Promise<Written> => {
  const { progress, stop, report = ignoreReports } = options;
  const surveys = await surveyRecording(recording, watched('reading', progress, stop));
  const eegRate = Math.max(...surveys.filter(({ signal }) => signal.kind === 'eeg').map(({ signal }) => signal.sfreq));
  const inEeg = surveys.filter(({ signal }) => signal.kind === 'eeg' && signal.sfreq === eegRate && eegRate > 0);
  const marks = recording.marks ?? [];
  const base =
    inEeg.length > 0
      ? inEeg
      : surveys
          .filter(({ signal }) => signal.sfreq > 0)
          .sort((a, b) => b.signal.sfreq - a.signal.sfreq)
          .slice(0, 1);
  if (base.length === 0)
    throw new AcquireError('bad-option', 'BIDS needs a signal of a fixed rate, and this recording has none with samples.');
  const plan = edfPlan(base, marks, inEeg.length > 0 ? undefined : 24, 'plain');
  const subject = bidsLabel(options.subject ?? recording.subject, '01');
  const session = options.session === undefined ? undefined : bidsLabel(options.session, '01');
  const task = bidsLabel(options.task, 'recording');
  const datatype = inEeg.length > 0 ? 'eeg' : 'beh';
  const entities = [`sub-${subject}`, ...(session === undefined ? [] : [`ses-${session}`])];
  const inside = join(...entities, datatype);
  const stem = [...entities, `task-${task}`].join('_');
  let bytes = 0;
  const put = async (path: string, content: string | object) => {
    const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
    bytes += Buffer.byteLength(text);
    await writeFile(join(folder, path), text, { flag: 'wx' }).catch((cause) => {
      throw cannotWrite(join(folder, path), cause);
    });
  };
  await mkdir(folder).catch((cause) => {
    throw cannotWrite(folder, cause);
  });
  await mkdir(join(folder, inside), { recursive: true });

  const name = options.name ?? task;
  await put('dataset_description.json', datasetDescription(name));
  await put('README.md', readme(name));
  await put('participants.tsv', participantsTable(subject));
  await put('participants.json', { participant_id: { Description: 'Who was recorded.' } });
  const events = eventsOf(surveys, plan, inEeg.length > 0);
  if (events.length > 0) {
    await put(join(inside, `${stem}_events.tsv`), eventsTable(events));
    await put(join(inside, `${stem}_events.json`), eventsSidecar(task));
  }
  const signals: WrittenSignal[] = [];
  const notes: string[] = [];
  const scans: { path: string; startedAt: number | undefined }[] = [];
  const unixOf = (sec: number) => (recording.startedAt === undefined ? undefined : recording.startedAt + sec);
  if (inEeg.length > 0) {
    const file = `${stem}_eeg.${plan.bits === 16 ? 'edf' : 'bdf'}`;
    await put(join(inside, `${stem}_eeg.json`), eegSidecar(task, plan, options.powerLineHz));
    await put(join(inside, `${stem}_channels.tsv`), channelsTable(plan));
    scans.push({ path: `${datatype}/${file}`, startedAt: unixOf(plan.zeroSec) });
    const eeg = await writeEdf(recording, join(folder, inside, file), { ...options, plan });
    bytes += eeg.bytes;
    signals.push(...eeg.signals);
    notes.push(...eeg.notes);
  }
  const others = surveys.filter((survey) => survey.signal.sfreq > 0 && !inEeg.includes(survey));
  const labels = distinctNames(others.map(({ signal }) => bidsLabel(signal.id, signal.kind).toLowerCase())).map((label) =>
    label.replace('-', 'x'),
  );
  const sheets = new Map<Signal, Physio>();
  for (const [s, survey] of others.entries()) {
    const path = join(inside, `${stem}_recording-${labels[s]}_physio`);
    const timing = timingOf(survey, plan);
    const columns = distinctNames(survey.signal.montage.channels.map((channel) => physioColumn(survey.signal, channel)));
    await put(`${path}.json`, physioSidecar(survey, columns, timing.sfreq, timing.startSec, task));
    scans.push({ path: `${datatype}/${basename(path)}.tsv.gz`, startedAt: unixOf(survey.firstSec) });
    sheets.set(survey.signal, bidsPhysio(survey, join(folder, `${path}.tsv.gz`)));
    signals.push({ id: survey.signal.id, nSamples: survey.nSamples, quantum: 0, shiftSec: 0, driftSec: timing.driftSec });
  }
  await put(join(...entities, `${entities.join('_')}_scans.tsv`), scansTable(scans));
  const see = watched('writing', progress, stop, Math.max(...surveys.map(({ lastSec }) => lastSec)));
  try {
    if (sheets.size > 0) {
      for await (const block of recording.blocks(inEeg.length > 0 ? ignoreReports : report)) {
        see(block);
        await sheets.get(block.signal)?.add(block);
      }
    }
  } finally {
    for (const sheet of sheets.values()) bytes += await sheet.close();
  }
  return { bytes, signals, notes: [...notes, ...plan.left] };
};

/** Marks, missing EEG and the samples of irregular signals, in order. */
const eventsOf = (surveys: readonly SignalSurvey[], plan: EdfPlan, hasEeg: boolean): BidsEvent[] => {
  const irregular = surveys.flatMap(({ signal, events = [] }) =>
    events.map(({ atSec, values }) => ({ onset: plan.timeOf(atSec), type: signal.id, value: values.join(' ') })),
  );
  const notes = plan.notes
    .filter(({ durationSec }) => hasEeg || durationSec === undefined)
    .map(({ atSec, durationSec, text }) => ({
      onset: atSec,
      ...(durationSec !== undefined && { duration: durationSec }),
      type: text.startsWith('BAD_gap') ? 'BAD_gap' : text,
    }));
  return [...notes, ...irregular].sort((a, b) => a.onset - b.onset);
};

/** When a signal begins on the plan's time base, and its rate there: the nominal one, unless its clock runs away by more than half a sample. */
const timingOf = ({ signal, firstSec, lastSec, span }: SignalSurvey, { timeOf }: EdfPlan) => {
  const startSec = timeOf(firstSec);
  const lastingSec = timeOf(lastSec) - startSec;
  const driftSec = lastingSec - (span - 1) / signal.sfreq;
  const isTrue = span < 2 || Math.abs(driftSec) < 0.5 / signal.sfreq;
  return {
    startSec: Number(seconds(startSec)),
    sfreq: isTrue ? signal.sfreq : Number(((span - 1) / lastingSec).toPrecision(10)),
    driftSec: isTrue ? driftSec : 0,
  };
};
