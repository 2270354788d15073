import type { AuxiliarySignal, Signal } from '../signal.ts';
import { distinctNames, freeName } from './column-signals.ts';
import { auxiliaryUnit, factorOf, kindOfType, unitOfKind } from './quantities.ts';
import type { XdfStream } from './xdf-header.ts';

/** A signal made of some channels of a stream. */
export interface XdfPart {
  readonly signal: Signal;
  /** Columns of the stream, in the signal's row order, and the factor from the stream's unit to the signal's. */
  readonly columns: readonly number[];
  readonly scale: number;
  /** Why the channels could not be taken for what their type says, where that is so. */
  readonly remark?: string;
}

const fold = (unit: string): string => unit.trim().toLowerCase().replace(/[µμ]/g, 'u');

/**
 * The signals of a stream of numbers: channels of one type and unit are one signal (skin conductance of other recorders:
 * each channel). A type or unit that is not known (an EEG whose unit nobody
 * wrote) becomes `auxiliary` in arbitrary units, with a remark, so that nothing is lost and nothing is guessed. `sfreq` is the rate the samples truly have.
 */
export const xdfParts = (stream: XdfStream, sfreq: number, taken: Set<string>): readonly XdfPart[] => {
  const groups = new Map<string, number[]>();
  stream.channels.forEach(({ type, unit }, c) => {
    const named = type || stream.type;
    // two sites of skin conductance are two signals: nothing is computed of them together
    const site = stream.own === undefined && kindOfType(named) === 'eda' ? c : '';
    const key = `${named.toLowerCase()}\n${fold(unit)}\n${site}`;
    groups.set(key, [...(groups.get(key) ?? []), c]);
  });
  return [...groups].map(([key, columns]) => {
    const [type, unit] = key.split('\n') as [string, string];
    const kind = kindOfType(type);
    const scale = kind === undefined ? undefined : factorOf(kind, unit);
    const montage = { channels: distinctNames(columns.map((c) => stream.channels[c]!.label)), reference: stream.reference };
    const id = freeName(stream.own?.role === 'signal' ? stream.own.signalId : (kind ?? stream.name) || `stream-${stream.id}`, taken);
    if (kind !== undefined && scale !== undefined) {
      return { signal: { id, kind, unit: unitOfKind(kind), sfreq, montage } as Signal, columns, scale };
    }
    const { unit: ours, scale: factor } = auxiliaryUnit(unit);
    const auxiliary: AuxiliarySignal = { id, kind: 'auxiliary', unit: ours, sfreq, montage };
    const what = kind === undefined ? `of type '${type}'` : `of type '${type}' without a unit we know ('${unit}')`;
    return {
      signal: auxiliary,
      columns,
      scale: factor,
      remark: `stream '${stream.name}', ${columns.length} channels ${what}: read as auxiliary`,
    };
  });
};
