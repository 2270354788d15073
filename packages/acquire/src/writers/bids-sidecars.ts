import type { EdfPlan } from './edf-plan.ts';
import type { SignalSurvey } from './recording-survey.ts';

/** What a BIDS folder says besides the recording. */
export interface BidsOptions {
  /** Labels of letters and digits; `01`, none and `recording` when absent. */
  readonly subject?: string;
  readonly session?: string;
  readonly task?: string;
  /** Mains, Hz, where somebody knows. */
  readonly powerLineHz?: number;
  /** Name of the data set; that of the task when absent. */
  readonly name?: string;
}

/** The version of BIDS (bids-specification.readthedocs.io) that is written. */
const bidsVersion = '1.10.0';

/** A label as BIDS takes it: letters and digits only. */
export const bidsLabel = (text: string | undefined, otherwise: string): string =>
  (text ?? '').normalize('NFKD').replace(/[^A-Za-z0-9]/g, '') || otherwise;

export const datasetDescription = (name: string) => ({
  Name: name,
  BIDSVersion: bidsVersion,
  DatasetType: 'raw',
  GeneratedBy: [{ Name: 'affect-edge', Description: 'affect convert --to bids' }],
});

export const readme = (name: string): string =>
  [
    `# ${name}`,
    '',
    'Written by affect convert --to bids. EEG is BDF+ or EDF+; every other regular signal is a physio file on the same time base: 0 is the first sample of the EEG, or of the fastest signal where there is none.',
    'Where samples were lost the EEG holds the last value, and an event BAD_gap tells the stretch; physio files say n/a there.',
    'Estimates of affect are not part of the data set.',
    '',
  ].join('\n');

/** The EEG sidecar. Filters of the device are not known to this program, and it applies none. */
export const eegSidecar = (task: string, { tracks, nRecords, recordSec }: EdfPlan, powerLineHz: number | undefined) => {
  const { signal } = tracks[0]!.survey;
  return {
    TaskName: task,
    EEGReference: signal.montage.reference,
    SamplingFrequency: signal.sfreq,
    PowerLineFrequency: powerLineHz ?? 'n/a',
    SoftwareFilters: 'n/a',
    HardwareFilters: 'n/a',
    EEGChannelCount: signal.montage.channels.length,
    EOGChannelCount: 0,
    ECGChannelCount: 0,
    EMGChannelCount: 0,
    MISCChannelCount: 0,
    TriggerChannelCount: 0,
    RecordingDuration: nRecords * recordSec,
    RecordingType: 'continuous',
  };
};

export const channelsTable = ({ tracks }: EdfPlan): string =>
  table(
    ['name', 'type', 'units', 'sampling_frequency', 'reference', 'status'],
    tracks.flatMap(({ columns, survey: { signal } }) =>
      columns.map(({ label }) => [label, 'EEG', signal.unit, `${signal.sfreq}`, signal.montage.reference, 'n/a']),
    ),
  );

/** One event: onset and duration from the first sample on, s. */
export interface BidsEvent {
  readonly onset: number;
  readonly duration?: number;
  readonly type: string;
  readonly value?: string;
}

export const eventsTable = (events: readonly BidsEvent[]): string =>
  table(
    ['onset', 'duration', 'trial_type', 'value'],
    events.map(({ onset, duration, type, value = 'n/a' }) => [
      seconds(onset),
      duration === undefined ? 'n/a' : seconds(duration),
      type,
      value,
    ]),
  );

export const eventsSidecar = (task: string) => ({
  TaskName: task,
  onset: { Description: 'From the first sample of the recording.', Units: 's' },
  duration: { Description: 'How long it lasted; n/a for something that happened at an instant.', Units: 's' },
  trial_type: {
    Description:
      'What was marked, in the words that were recorded; BAD_gap where EEG samples are missing; otherwise the signal a value belongs to.',
  },
  value: { Description: 'The value of an irregular signal at this instant, such as the interval between two heart beats in s.' },
});

/** The sidecar of a physio file. */
export const physioSidecar = ({ signal }: SignalSurvey, columns: readonly string[], sfreq: number, startSec: number, task: string) => ({
  TaskName: task,
  SamplingFrequency: sfreq,
  StartTime: startSec,
  Columns: columns,
  PhysioType: 'generic',
  ...Object.fromEntries(
    columns.map((column, c) => [
      column,
      {
        Description: `${signal.montage.channels[c]}, ${signal.kind}${signal.sfreq === sfreq ? '' : `, nominally ${signal.sfreq} Hz`}`,
        Units: signal.unit,
      },
    ]),
  ),
});

/** When each file of samples begins; unix time, s. */
export const scansTable = (files: readonly { readonly path: string; readonly startedAt: number | undefined }[]): string =>
  table(
    ['filename', 'acq_time'],
    files.map(({ path, startedAt }) => [path, startedAt === undefined ? 'n/a' : new Date(startedAt * 1000).toISOString()]),
  );

export const participantsTable = (subject: string): string => table(['participant_id'], [[`sub-${subject}`]]);

/** Seconds to a microsecond. */
export const seconds = (sec: number): string => `${Number(sec.toFixed(6))}`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ...rows].map((row) => `${row.map((cell) => cell.replace(/[\t\r\n]+/g, ' ').trim() || 'n/a').join('\t')}\n`).join('');
