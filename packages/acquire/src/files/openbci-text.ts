import { basename } from 'node:path';
import { blockWriter } from '../block-writer.ts';
import { AcquireError } from '../errors.ts';
import { railing } from '../railing.ts';
import type { Reporter } from '../report.ts';
import type { AccelerationSignal, EegSignal, SampleBlock } from '../signal.ts';
import { fileClock } from './file-clock.ts';
import { linesOf } from './lines.ts';
import { type OpenbciColumns, readOpenbciHeader } from './openbci-header.ts';
import type { Recording, RecordingOptions } from './recording.ts';

/** The text files that the OpenBCI GUI writes, all three generations (see `openbci-header.ts`). */
export const openOpenbciText = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const columns = await readOpenbciHeader(path);
  const nChannels = columns.eeg.length;
  const channels = options.channels ?? defaultChannels.slice(0, nChannels);
  if (channels.length !== nChannels) {
    throw new AcquireError('bad-option', `'${path}' holds ${nChannels} channels: expected as many names, got ${channels.length}.`);
  }
  const { sfreq } = columns;
  const eeg: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq, montage: { channels, reference: 'SRB2' } };
  const acceleration: AccelerationSignal = { ...accelerationOf, sfreq };
  const signals = columns.acceleration.length === 3 ? [eeg, acceleration] : [eeg];
  return {
    name: basename(path),
    format: 'openbci-text',
    signals,
    ...(columns.startedAt === undefined ? {} : { startedAt: columns.startedAt }),
    blocks: (report) => readBlocks(path, columns, eeg, signals, report),
  };
};

async function* readBlocks(
  path: string,
  columns: OpenbciColumns,
  eeg: EegSignal,
  signals: readonly (EegSignal | AccelerationSignal)[],
  report: Reporter,
): AsyncGenerator<SampleBlock, void> {
  const { sfreq, modulus, step } = columns;
  const nChannels = columns.eeg.length;
  const samples = blockWriter(signals, fileClock(eeg, 0, report));
  const railed = railing(eeg, report);
  const row = new Float64Array(nChannels + columns.acceleration.length).fill(Number.NaN);
  const perBlock = Math.max(1, Math.floor(sfreq));
  const blocks: SampleBlock[] = [];
  let index = -1; // unwrapped, of the last sample
  let counter = 0;
  let unixSec = Number.NaN;

  /** Samples lost before one with this counter and time; 0 where there is no telling. */
  const lostBefore = (next: number, nextUnix: number): { lost: number; exact: boolean } => {
    if (modulus === undefined || index < 0) return { lost: 0, exact: true };
    const lost = Math.round(((next - counter + modulus) % modulus) / step) - 1;
    if (lost === 0) return { lost, exact: true };
    const turn = modulus / step;
    const whole = lost < 0 ? lost + turn : lost;
    const passedSec = nextUnix - unixSec;
    const turns = passedSec < longestSec ? Math.max(0, Math.round((passedSec * sfreq - 1 - whole) / turn)) || 0 : 0;
    return { lost: whole + turns * turn, exact: turns === 0 };
  };
  const flush = () => {
    samples.flush((index + 1) / sfreq, (block) => blocks.push(block));
    railed.tell(index / sfreq);
  };

  for await (const batch of linesOf(path)) {
    for (const { text, number } of batch) {
      if (number < columns.firstRow || text.startsWith('%')) continue;
      const fields = text.split(',');
      const count = readNumber(fields[columns.index]);
      if (fields.length !== columns.nFields || !readRow(fields, columns, row) || !isCount(count, modulus)) {
        const detail = `expected ${columns.nFields} numbers, got ${text === '' ? 'nothing' : `'${text.slice(0, 60)}'`}`;
        report({ kind: 'damage', file: path, where: `line ${number}`, detail, lost: 1 });
        if (modulus === undefined) {
          samples.lose();
          index++;
        }
        continue;
      }
      const nextUnix = columns.unix === undefined ? Number.NaN : readNumber(fields[columns.unix]) / columns.perUnixSec;
      const { lost, exact } = lostBefore(count, nextUnix);
      if (lost > 0) samples.lose(lost, exact);
      // Blocks end at whole seconds of the recording, wherever the file was cut into pieces.
      if (Math.floor(index / perBlock) !== Math.floor((index + 1 + lost) / perBlock)) flush();
      index += 1 + lost;
      counter = count;
      unixSec = nextUnix;
      for (let c = 0; c < nChannels; c++) railed.look(c, Math.abs(row[c]!) >= fullScaleMicrovolts);
      samples.add(row);
    }
    yield* blocks;
    blocks.length = 0;
  }
  flush();
  yield* blocks;
}

/** Reads one row into `row`; false where a field is no number. A zero first axis of acceleration is "nothing new", as in the frame. */
const readRow = (fields: readonly string[], { eeg, acceleration }: OpenbciColumns, row: Float64Array): boolean => {
  const x = acceleration.length > 0 ? readNumber(fields[acceleration[0]!]) : 0;
  for (let a = 0; a < acceleration.length && x !== 0; a++) {
    const value = readNumber(fields[acceleration[a]!]);
    if (Number.isNaN(value)) return false;
    row[eeg.length + a] = value;
  }
  for (let c = 0; c < eeg.length; c++) {
    row[c] = readNumber(fields[eeg[c]!]);
    if (Number.isNaN(row[c]!)) return false;
  }
  return true;
};

const isCount = (count: number, modulus = Number.POSITIVE_INFINITY) => Number.isInteger(count) && count >= 0 && count < modulus;

/** A decimal number with blanks around it, or NaN; unlike `Number`, NaN for an empty text and for what is too large to be a number. */
const readNumber = (text = ''): number => {
  const value = Number(text);
  return (value === 0 && text.trim() === '') || !Number.isFinite(value) ? Number.NaN : value;
};

/** A step of the unix time beyond this is damage, not a pause, s. */
const longestSec = 1e7;

/** At gain 24 the amplifier ends at ±187,500 µV; the GUI writes a railed channel as -187500.02 or 187500.00. */
const fullScaleMicrovolts = 187_499.9;

/** Electrodes of OpenBCI's Ultracortex: the boards' documented default order. */
const defaultChannels = ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2', 'F7', 'F8', 'F3', 'F4', 'T7', 'T8', 'P3', 'P4'];

const accelerationOf = {
  id: 'acceleration',
  kind: 'acceleration',
  unit: 'g',
  montage: { channels: ['x', 'y', 'z'], reference: 'n/a' },
} as const;
