/** A signal of an imitated EDF or BDF file. */
export interface FakeEdfSignal {
  readonly label: string;
  readonly unit?: string;
  readonly transducer?: string;
  readonly physical?: readonly [number, number];
  readonly digital?: readonly [number, number];
  readonly perRecord: number;
  /** Whole numbers, or the bytes of annotations, record by record. */
  readonly records: readonly (readonly number[] | string)[];
}

export interface FakeEdf {
  readonly signals: readonly FakeEdfSignal[];
  readonly bits?: 16 | 24;
  /** `EDF+C`, `EDF+D`, `BDF+C`, …; empty for plain files. */
  readonly kind?: string;
  readonly patient?: string;
  readonly recording?: string;
  readonly nRecords?: number;
  readonly recordSec?: number;
  readonly start?: readonly [date: string, time: string];
}

/** An EDF or BDF file, written from the specification and from nothing of the reader's. */
export const edfFile = ({
  signals,
  bits = 16,
  kind = '',
  patient = '',
  recording = '',
  nRecords,
  recordSec = 1,
  start = ['03.02.21', '10.20.30'],
}: FakeEdf): Buffer => {
  const n = signals[0]!.records.length;
  const half = 2 ** (bits - 1);
  const column = (width: number, field: (signal: FakeEdfSignal) => string | number) =>
    signals.map((signal) => `${field(signal)}`.padEnd(width)).join('');
  const header = [
    bits === 16 ? '0'.padEnd(8) : '\xffBIOSEMI',
    patient.padEnd(80),
    recording.padEnd(80),
    ...start,
    `${256 * (signals.length + 1)}`.padEnd(8),
    kind.padEnd(44),
    `${nRecords ?? n}`.padEnd(8),
    `${recordSec}`.padEnd(8),
    `${signals.length}`.padEnd(4),
    column(16, ({ label }) => label),
    column(80, ({ transducer = '' }) => transducer),
    column(8, ({ unit = '' }) => unit),
    column(8, ({ physical = [-half, half - 1] }) => physical[0]),
    column(8, ({ physical = [-half, half - 1] }) => physical[1]),
    column(8, ({ digital = [-half, half - 1] }) => digital[0]),
    column(8, ({ digital = [-half, half - 1] }) => digital[1]),
    column(80, () => ''),
    column(8, ({ perRecord }) => perRecord),
    column(32, () => ''),
  ].join('');
  const width = bits / 8;
  const records = Array.from({ length: n }, (_, r) =>
    Buffer.concat(
      signals.map(({ perRecord, records: held }) => {
        const bytes = Buffer.alloc(perRecord * width);
        const content = held[r]!;
        if (typeof content === 'string') bytes.write(content, 'utf8');
        else
          content.forEach((value, i) => {
            bytes.writeIntLE(value, i * width, width);
          });
        return bytes;
      }),
    ),
  );
  return Buffer.concat([Buffer.from(header, 'latin1'), ...records]);
};

/** The annotations of a record that begins at `onset`: texts with their own onsets, and durations where there are any. */
export const edfTexts = (onset: number, ...texts: readonly (readonly [atSec: number, text: string, durationSec?: number])[]): string =>
  [
    `+${onset}\x14\x14\0`,
    ...texts.map(([at, text, duration]) => `+${at}${duration === undefined ? '' : `\x15${duration}`}\x14${text}\x14\0`),
  ].join('');
