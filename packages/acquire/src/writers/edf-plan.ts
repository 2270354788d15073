import { AcquireError } from '../errors.ts';
import { edfChannelLabels, edfUnit } from '../files/edf-words.ts';
import type { Mark } from '../files/recording.ts';
import type { Signal } from '../signal.ts';
import { type EdfScale, edfScale, finestQuantum } from './edf-scale.ts';
import type { SignalSurvey } from './recording-survey.ts';

/** One line of an EDF file: a channel of a signal. */
export interface EdfColumn {
  readonly label: string;
  readonly unit: string;
  readonly scale: EdfScale;
}

/** One signal's place in the file: its samples lie on a grid of slots, slot s at `s / sfreq` of the file. */
export interface EdfTrack {
  readonly survey: SignalSurvey;
  /** Slot of the first sample. */
  readonly startSlot: number;
  /** By how much its samples are moved to lie on the grid, s: at most half a sample. */
  readonly shiftSec: number;
  /** By how much its clock has run away from that of the first track at its end, s: that is not in the file. */
  readonly driftSec: number;
  readonly perRecord: number;
  readonly columns: readonly EdfColumn[];
}

/** A note in the file. */
export interface EdfNote {
  /** From the file's first sample, s. */
  readonly atSec: number;
  readonly durationSec?: number;
  readonly text: string;
}

/** Everything about an EDF+ or BDF+ file that must be known before its first byte. */
export interface EdfPlan {
  readonly bits: 16 | 24;
  /** Duration of a record, s, and as it stands in the header. */
  readonly recordSec: number;
  readonly duration: string;
  readonly nRecords: number;
  readonly tracks: readonly EdfTrack[];
  /** In order of time: marks, samples of irregular signals, and every stretch that is filled because nothing was measured. */
  readonly notes: readonly EdfNote[];
  /** Time of the file's first sample in the recording, s. */
  readonly zeroSec: number;
  /** From a time of the recording to the file's, s. */
  readonly timeOf: (sec: number) => number;
  /** What has no place in such a file, or will not be seen there, in words. */
  readonly left: readonly string[];
}

/** A record of more bytes is shortened: the format asks for it. */
const mostRecordBytes = 61_440;
const recordSeconds = [1, 0.5, 0.25, 0.2, 0.1, 0.05, 0.04, 0.02, 0.01, 2, 4, 5, 10, 20, 30, 60];

/**
 * Lays out a file for these signals. All share one grid: time 0 is a sample of the slowest signal, at or before everything. Times follow the first signal with
 * the most samples a second; `notes` are moved with it, so that a mark stays at the sample it was at. `bits` is 16 where that costs no signal more than
 * `finestQuantum`, 24 otherwise, unless it is asked for. Labels are `EEG Fp1`, or `plain`: `Fp1`, as BIDS has them. Throws `bad-option` where 16 bits are asked for and are too few, and for rates that share no record.
 */
export const edfPlan = (
  surveys: readonly SignalSurvey[],
  marks: readonly Mark[],
  asked?: 16 | 24,
  labelled: 'typed' | 'plain' = 'typed',
): EdfPlan => {
  const regular = surveys.filter(({ signal }) => signal.sfreq > 0).sort((a, b) => b.signal.sfreq - a.signal.sfreq);
  const main = regular[0];
  if (main === undefined)
    throw new AcquireError(
      'bad-option',
      'EDF and BDF hold signals of a fixed rate, and this recording has none with samples. Convert to XDF or CSV.',
    );
  const bits = asked ?? (regular.every((one) => tooCoarse(one).length === 0) ? 16 : 24);
  if (asked === 16) {
    const coarse = regular.flatMap(tooCoarse);
    if (coarse.length > 0) {
      throw new AcquireError(
        'bad-option',
        `16 bits are too few: ${coarse.slice(0, 3).join('; ')}${coarse.length > 3 ? `; and ${coarse.length - 3} more channels` : ''}. Write BDF+ (24 bits): --to bdf.`,
      );
    }
  }
  const rates = regular.map(({ signal }) => signal.sfreq);
  const nChannels = regular.reduce((sum, { signal }) => sum + signal.montage.channels.length * signal.sfreq, 0);
  const record = recordOf(rates, (nChannels * bits) / 8);
  const slowest = regular.at(-1)!;
  const earliest = Math.min(...regular.map(({ firstSec }) => firstSec));
  const back = Math.ceil((slowest.firstSec - earliest) * slowest.signal.sfreq - 1e-6);
  const zeroSec = slowest.firstSec - back / slowest.signal.sfreq;
  const timeOf = clockOf(main, zeroSec);

  const labels = edfChannelLabels(
    regular.map(({ signal }) => signal),
    labelled,
  );
  const tracks = regular.map((survey, s): EdfTrack => {
    const { sfreq, montage, unit } = survey.signal;
    const startSec = timeOf(survey.firstSec);
    const startSlot = Math.max(0, Math.round(startSec * sfreq));
    return {
      survey,
      startSlot,
      shiftSec: startSlot / sfreq - startSec,
      driftSec: timeOf(survey.lastSec) - startSec - (survey.span - 1) / sfreq,
      perRecord: Math.round(sfreq * record.recordSec),
      columns: montage.channels.map((_, c) => ({
        label: labels[s]![c]!,
        unit: edfUnit(unit),
        scale: Number.isFinite(survey.min[c]!) ? edfScale(survey.min[c]!, survey.max[c]!, survey.step[c]!, bits) : edfScale(0, 0, 1, bits),
      })),
    };
  });
  const nRecords = Math.max(...tracks.map(({ startSlot, survey, perRecord }) => Math.ceil((startSlot + survey.span) / perRecord)));
  const events = surveys.flatMap(({ signal, events: found = [] }) =>
    found.map(({ atSec, values }) => ({ atSec: timeOf(atSec), text: eventText(signal, values) })),
  );
  const notes = [
    ...marks.map(({ atSec, text }) => ({ atSec: timeOf(atSec), text: text || 'mark' })),
    ...events,
    ...tracks.flatMap((one) => filled(one, gapName(one.survey.signal, regular), nRecords)),
  ].sort((a, b) => a.atSec - b.atSec);
  const endSec = nRecords * record.recordSec;
  const nOutside = marks.filter(({ atSec }) => timeOf(atSec) < 0 || timeOf(atSec) > endSec).length;
  const tooMany = surveys
    .filter(({ signal, events: found }) => signal.sfreq === 0 && found === undefined)
    .map(({ signal, nSamples }) => `${signal.id}: ${nSamples} samples without a rate are too many to be annotations`);
  const left =
    nOutside === 0
      ? tooMany
      : [...tooMany, `${nOutside} marks lie outside the samples: they are written, but MNE and EDFlib do not show them`];
  return { bits, ...record, nRecords, tracks, notes, zeroSec, timeOf, left };
};

/** The channels for which 16 bits are too few, in words. */
const tooCoarse = ({ signal, min, max, step }: SignalSurvey): string[] =>
  signal.montage.channels.flatMap((label, c) => {
    if (!Number.isFinite(min[c]!)) return [];
    const { quantum } = edfScale(min[c]!, max[c]!, step[c]!, 16);
    const allowed = Math.max(finestQuantum[signal.kind], step[c]! / 2);
    return quantum <= allowed
      ? []
      : [
          `${signal.id} ${label} would be rounded to ${quantum.toPrecision(2)} ${signal.unit} (${allowed > 0 ? `at most ${allowed.toPrecision(2)}` : 'it must stay exact'})`,
        ];
  });

/** How long a record is: whole samples of every signal, a second where that is possible and not too many bytes. */
const recordOf = (rates: readonly number[], bytesPerSec: number): { recordSec: number; duration: string } => {
  const isWhole = (sec: number) => rates.every((rate) => rate * sec > 0.5 && Math.abs(rate * sec - Math.round(rate * sec)) < 1e-6);
  const fits = recordSeconds.filter(isWhole);
  const recordSec = fits.find((sec) => sec * bytesPerSec <= mostRecordBytes) ?? fits.sort((a, b) => a - b)[0];
  if (recordSec !== undefined) return { recordSec, duration: `${recordSec}` };
  if (new Set(rates).size === 1) {
    const nearSecond = Math.max(1, Math.round(rates[0]!)) / rates[0]!;
    const duration = nearSecond.toFixed(6).slice(0, 8);
    return { recordSec: Number(duration), duration };
  }
  throw new AcquireError(
    'bad-option',
    `Signals at ${rates.map((rate) => `${rate}`).join(', ')} Hz do not fit one EDF file: no record holds whole samples of all. Convert them apart (--signal) or to XDF.`,
  );
};

/** From a time of the recording to the file's, s: along the samples of the main signal, whose clock may run fast or slow. */
const clockOf = ({ knots, signal, span, lastSec }: SignalSurvey, zeroSec: number): ((sec: number) => number) => {
  const points = [...knots, [span - 1, lastSec] as const].filter(([, sec], k, all) => k === 0 || sec > all[k - 1]![1]);
  const [, firstSec] = points[0]!;
  const startSec = Math.round((firstSec - zeroSec) * signal.sfreq) / signal.sfreq;
  let k = 0; // asked mostly in order of time
  return (sec) => {
    while (k > 0 && points[k]![1] > sec) k--;
    while (k + 1 < points.length && points[k + 1]![1] <= sec) k++;
    const [index, at] = points[k]!;
    const next = points[k + 1];
    const rate = next === undefined || sec < at ? signal.sfreq : (next[0] - index) / (next[1] - at);
    return startSec + (index + (sec - at) * rate) / signal.sfreq;
  };
};

/** The slots of a signal that hold no sample: before it, in its holes, after it. Words that begin with BAD keep MNE from using them as EEG. */
const filled = ({ survey, startSlot, perRecord }: EdfTrack, name: string, nRecords: number): EdfNote[] => {
  const { signal, holes, span } = survey;
  const text = `${signal.kind === 'eeg' ? 'BAD_gap' : 'gap'} ${name}`;
  const end = nRecords * perRecord;
  return [{ first: -startSlot, count: startSlot }, ...holes, { first: span, count: end - startSlot - span }]
    .filter(({ count }) => count > 0)
    .map(({ first, count }) => ({ atSec: (startSlot + first) / signal.sfreq, durationSec: count / signal.sfreq, text }));
};

/** What a signal is called once it is read back: its kind, with a number where there are several of different rates. */
const gapName = ({ kind, sfreq }: Signal, regular: readonly SignalSurvey[]): string => {
  const rates = [...new Set(regular.filter(({ signal }) => signal.kind === kind).map(({ signal }) => signal.sfreq))];
  const n = rates.indexOf(sfreq);
  return n === 0 ? kind : `${kind}-${n + 1}`;
};

const eventText = ({ id, unit }: Signal, values: readonly number[]): string =>
  `${id} ${values.map((value) => `${value}`).join(' ')} ${unit}`;
