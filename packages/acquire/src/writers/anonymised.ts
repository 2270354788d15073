import { AcquireError } from '../errors.ts';
import { isElectrode } from '../files/column-signals.ts';
import type { Mark, Recording } from '../files/recording.ts';
import type { Signal } from '../signal.ts';

export interface AnonymiseOptions {
  /** By how many days the start is moved back: the same for all recordings of a study, or the time between them is lost. */
  readonly daysBack: number;
  /** A code in place of who it was; `anonymous` when absent. */
  readonly code?: string;
  /** Keep what the marks and the notes say. */
  readonly keepText?: boolean;
}

/** Moves any start up to 2034 before 1925, which is how BIDS says that a date is none. */
export const leastDaysBack = 40_000;
export const mostDaysBack = 44_000;

const secondsADay = 86_400;

/**
 * The same recording with nothing in it that tells who it was: only what is known to say nothing of a person goes through. Samples and their times stay as they
 * are; the start is moved by whole days, so that the hour of the day stays. Electrodes keep their names if they are names of electrodes or of a sensor's lines; any
 * other channel, reference or signal is numbered. Marks keep their times, and become `mark-1`, `mark-2` (the same text, the same number) unless
 * `keepText`. Subject, session (notes, devices, addresses, ids), file name and remarks of the device are dropped.
 */
export const anonymised = (recording: Recording, { daysBack, code = 'anonymous', keepText = false }: AnonymiseOptions): Recording => {
  if (!Number.isInteger(daysBack) || daysBack < 1) {
    throw new AcquireError('bad-option', `Dates are moved back by a whole number of days above 0, got ${daysBack}.`);
  }
  const { startedAt, marks, format, session } = recording;
  const numbers = new Map<string, number>();
  const coded = ({ atSec, text }: Mark): Mark => {
    if (keepText) return { atSec, text };
    if (!numbers.has(text)) numbers.set(text, numbers.size + 1);
    return { atSec, text: `mark-${numbers.get(text)}` };
  };
  const taken = new Map<string, number>();
  const signals = new Map<Signal, Signal>(recording.signals.map((signal) => [signal, namelessSignal(signal, taken)]));
  return {
    name: 'anonymous',
    format,
    signals: [...signals.values()],
    subject: code,
    ...(startedAt !== undefined && { startedAt: startedAt - daysBack * secondsADay }),
    ...(marks !== undefined && { marks: marks.map(coded) }),
    ...(keepText && typeof session?.notes === 'string' && { session: { notes: session.notes } }),
    blocks: async function* (report) {
      for await (const block of recording.blocks((fact) => {
        if (fact.kind !== 'device-text' && fact.kind !== 'link') report(fact);
      })) {
        yield { ...block, signal: signals.get(block.signal)! };
      }
    },
  };
};

/** Every text a person may have typed that `anonymised` would leave out, each once: to be read before it is kept. */
export const freeTexts = ({ marks = [], session }: Recording): string[] => {
  const texts = marks.map(({ text }) => text).filter((text) => text !== '');
  const notes = typeof session?.notes === 'string' ? [session.notes] : [];
  return [...new Set([...texts, ...notes])];
};

const namelessSignal = (signal: Signal, taken: Map<string, number>): Signal => {
  const { kind, montage } = signal;
  const n = (taken.get(kind) ?? 0) + 1;
  taken.set(kind, n);
  return {
    ...signal,
    id: n === 1 ? kind : `${kind}-${n}`,
    montage: {
      channels: montage.channels.map((name, c) => (saysNothing(name) ? name : `${kind}-${c + 1}`)),
      reference: saysNothing(montage.reference) ? montage.reference : 'n/a',
    },
  };
};

/** Names of a sensor's lines as makers give them, besides electrodes: nothing of a person is in them. */
const sensorLines =
  /^((acc|accel|accelerometer|gyro|gyroscope|mag|ppg|bvp|eda|gsr|scl|temp|temperature|hr|ibi|rr|ecg|emg|eog|resp|aux|exg|ch|channel|analog|digital|eeg)[ _-]?\d{0,3}|[xyz]|(acc|accel|accelerometer|gyro|gyroscope)[ _-]?[xyz]|ambient|infrared|ir|red|green|blue|right aux|left aux|aux[lr]|srb[12]?|ear|ears|mastoids?|linked[ _-](ears|mastoids)|average|avg|cms\/drl|ref|gnd|drl|n\/a|heart|attention|meditation|a\d|\d{1,3})$/i;

const saysNothing = (name: string): boolean => isElectrode(name) || sensorLines.test(name);
