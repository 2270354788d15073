import type { Recording, Written } from '@affect-edge/acquire';
import type { Losses } from '../losses.ts';
import { describeLosses } from '../losses.ts';
import type { OutputFormat } from './formats.ts';

/** What a conversion did, as `--json` prints it. */
export interface Summary {
  readonly from: string;
  readonly to: string;
  readonly format: OutputFormat;
  readonly bytes: number;
  readonly marks: number;
  readonly signals: readonly {
    readonly id: string;
    readonly samples: number;
    /** No value is off by more than half of it; 0 where values are exact. */
    readonly quantum: number;
    readonly unit: string;
    readonly shift_sec: number;
    readonly drift_sec: number;
  }[];
  readonly losses: Losses;
  readonly notes: readonly string[];
}

export const summaryOf = (
  { signals, marks = [] }: Recording,
  names: { readonly from: string; readonly to: string; readonly format: OutputFormat },
  written: Written,
  losses: Losses,
): Summary => ({
  ...names,
  bytes: written.bytes,
  marks: marks.length,
  signals: written.signals.map(({ id, nSamples, quantum, shiftSec, driftSec }) => ({
    id,
    samples: nSamples,
    quantum,
    unit: signals.find((signal) => signal.id === id)?.unit ?? '',
    shift_sec: shiftSec,
    drift_sec: driftSec,
  })),
  losses,
  notes: written.notes,
});

/** A summary as lines for a person. */
export const describeSummary = ({ to, format, bytes, marks, signals, losses, notes }: Summary): string[] => [
  `${to}  ${format}, ${(bytes / 1e6).toFixed(1)} MB${marks > 0 ? `, ${marks} marks` : ''}`,
  ...signals.map(({ id, samples, quantum, unit, shift_sec, drift_sec }) =>
    [
      `  ${id}  ${samples} samples`,
      quantum === 0 ? 'exact' : `to ${(quantum / 2).toPrecision(2)} ${unit}`,
      ...(Math.abs(shift_sec) >= 1e-3 ? [`moved by ${(shift_sec * 1000).toFixed(0)} ms onto the grid`] : []),
      ...(Math.abs(drift_sec) >= 1e-3 ? [`its clock runs ${(drift_sec * 1000).toFixed(0)} ms apart by the end`] : []),
    ].join(', '),
  ),
  `  ${describeLosses(losses)}`,
  ...notes.map((note) => `  note    ${note}`),
];
