import { AcquireError } from '../errors.ts';
import { didYouMean } from '../names.ts';
import type { Signal } from '../signal.ts';
import { auxiliaryUnit, factorOf, kindOfType, kindOfUnit, unitOfKind } from './quantities.ts';

/** One column (or channel) of a file, as the file describes it. */
export interface Column {
  /** What the file calls it: the name by which options declare it. */
  readonly name: string;
  /** Name of the channel in the montage. */
  readonly channel: string;
  /** What kind of thing it is: `EEG`, `GSR`, `ECG`; empty where the file does not say. */
  readonly type: string;
  readonly unit: string;
  /** Hz; 0 for irregular samples. */
  readonly sfreq: number;
  /** From the file's value to one in `unit`, where that is no mere factor: a converter's code, a resistance. */
  readonly convert?: (value: number) => number;
}

/** Columns that make one signal. */
export interface ColumnSignal {
  readonly signal: Signal;
  /** Indices into the columns given, in the signal's row order, and the factor from each one's unit to the signal's. */
  readonly columns: readonly number[];
  readonly scales: readonly number[];
  /** What makes our value of the file's, in place of the factors, where that is no mere factor. */
  readonly convert?: readonly ((value: number) => number)[];
}

export interface ColumnSignals {
  readonly parts: readonly ColumnSignal[];
  /** What could not be taken for what its type says, and how to declare it. */
  readonly remarks: readonly string[];
}

/** What a caller may declare for a column: `eda µS`, `eeg uV`, or that it is to be left out. */
export type Declared = Readonly<Record<string, string>>;

/**
 * The signals of a file's columns: those of one kind and rate are one signal (skin conductance: each column), each scaled to our unit. `declared` goes before what the file
 * says. A kind or unit that is not known becomes `auxiliary`, with a remark: nothing is lost and nothing is guessed. Throws
 * `AcquireError('bad-option')` for a declaration of a column that is not there, or of a unit its kind does not have.
 */
export const columnSignals = (columns: readonly Column[], reference: string, declared: Declared = {}): ColumnSignals => {
  const names = columns.map(({ name }) => name);
  for (const name of Object.keys(declared)) {
    if (!names.includes(name))
      throw new AcquireError('bad-option', `There is no column '${name}': columns are ${names.join(', ')}.${didYouMean(name, names)}`);
  }
  const groups = new Map<string, { columns: number[]; scales: number[]; kind: string; unit: string; sfreq: number; id: string }>();
  const remarks: string[] = [];
  columns.forEach((column, c) => {
    const found = describe(column, declared[column.name]);
    if (found === undefined) return;
    if (found.remark !== undefined) remarks.push(found.remark);
    // two sites of skin conductance are two signals: nothing is computed of them together
    const key = [found.id, found.kind, found.unit, column.sfreq, found.kind === 'eda' ? c : ''].join('\n');
    const group = groups.get(key) ?? { columns: [], scales: [], ...found, sfreq: column.sfreq };
    group.columns.push(c);
    group.scales.push(found.scale);
    groups.set(key, group);
  });
  const taken = new Set<string>();
  const parts = [...groups.values()].map((group): ColumnSignal => {
    const { kind, unit, sfreq, id } = group;
    const channels = distinctNames(group.columns.map((c) => columns[c]!.channel));
    const montage = { channels, reference: kind === 'eeg' ? reference : 'n/a' };
    const signal = { id: freeName(id, taken), kind, unit, sfreq, montage } as Signal;
    if (group.columns.every((c) => columns[c]!.convert === undefined)) return { signal, columns: group.columns, scales: group.scales };
    const convert = group.columns.map((c, i) => {
      const { convert: given = (value: number) => value } = columns[c]!;
      return (value: number) => given(value) * group.scales[i]!;
    });
    return { signal, columns: group.columns, scales: group.scales, convert };
  });
  return { parts, remarks: summary(remarks) };
};

interface Found {
  readonly id: string;
  readonly kind: string;
  readonly unit: string;
  readonly scale: number;
  readonly remark?: string;
}

const describe = (column: Column, declaration: string | undefined): Found | undefined => {
  if (declaration === 'ignore') return undefined;
  const [type = '', unit = ''] = declaration?.trim().split(/[\s:]+/) ?? [column.type, column.unit];
  const kind = kindOfType(type) ?? (type === '' ? kindOfUnit(unit) : undefined);
  const factor = kind === undefined ? undefined : factorOf(kind, unit);
  if (kind !== undefined && factor !== undefined) return { id: kind, kind, unit: unitOfKind(kind), scale: factor };
  if (declaration !== undefined && kind !== undefined) {
    throw new AcquireError(
      'bad-option',
      `Column '${column.name}' is declared as '${declaration}', but ${kind} has no unit '${unit}': ours is ${unitOfKind(kind)}.`,
    );
  }
  const auxiliary = { id: idOf(type), kind: 'auxiliary', ...auxiliaryUnit(unit) };
  const isKnownType = type !== '' && kind === undefined;
  return isKnownType || declaration !== undefined
    ? auxiliary
    : { ...auxiliary, remark: `${column.name}${unit === '' ? ', without a unit' : ` in '${unit}'`}` };
};

const idOf = (type: string): string => type.toLowerCase().replace(/[^a-z0-9-]+/g, '-') || 'auxiliary';

const mostNamed = 20;

const summary = (remarks: readonly string[]): string[] =>
  remarks.length === 0
    ? []
    : [
        `read as auxiliary, since the file does not say what they are: ${remarks.slice(0, mostNamed).join('; ')}${
          remarks.length > mostNamed ? `; and ${remarks.length - mostNamed} more` : ''
        }. Declare them, for instance as 'eeg µV'`,
      ];

/** Numbers that a reader holds at once (a second of 256 channels at 16 kHz), or one record: a file that says a rate nothing has must not cost memory. */
export const mostHeld = 2 ** 22;

/** The name itself, or with a number behind it where it is taken; taken from then on. */
export const freeName = (wanted: string, taken: Set<string>): string => {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`;
  taken.add(name);
  return name;
};

/** Names of which each is there once. */
export const distinctNames = (names: readonly string[]): string[] => {
  const taken = new Set<string>();
  return names.map((name) => freeName(name, taken));
};

/** A row of scalp electrodes by the 10-5 system, or one of its mastoids and ear lobes. */
export const isElectrode = (name: string): boolean =>
  /^(Nz|Iz|(Fp|AFp?|F|FT|FC|T|TP|C|CP|P|PO|O|I|TTP|FFT|FTT|FFC|FCC|CCP|CPP|TPP|PPO|POO|AFF)(z|\d{1,2}h?)|[AM][12]|CB[12])$/i.test(name);
