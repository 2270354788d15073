import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Signal } from '../../src/signal.ts';
import { random } from '../../src/wearer/random.ts';
import { writeEdf } from '../../src/writers/edf-writer.ts';
import { type MadeSignal, madeRecording } from '../peers/made-recording.ts';
import { python } from '../peers/python.ts';

const folder = mkdtempSync(join(tmpdir(), 'edf-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly label: string;
  readonly rate: number;
  readonly values: readonly number[];
}
interface Annotation {
  readonly atSec: number;
  readonly durationSec: number;
  readonly text: string;
}
interface Peers {
  readonly edflib: {
    readonly startdate: string;
    readonly patient: string;
    readonly equipment: string;
    readonly duration: number;
    readonly signals: readonly (Read & { unit: string; physicalMin: number; physicalMax: number })[];
    readonly annotations: readonly Annotation[];
  };
  readonly mne: { readonly start: string; readonly signals: readonly Read[]; readonly annotations: readonly Annotation[] };
}

const eeg: Signal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 250, montage: { channels: ['Fp1', 'Cz', 'O2'], reference: 'A1' } };
const eda: Signal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };
const ibi: Signal = { id: 'ibi', kind: 'inter-beat', unit: 's', sfreq: 0, montage: { channels: ['IBI'], reference: 'n/a' } };
/** One reading of an ADS1299 at gain 24, µV. */
const reading = 187_500 / (2 ** 23 - 1);
const noise = random(8, 'edf');
const counts = Array.from({ length: 3 }, () => Array.from({ length: 5100 }, () => Math.round((noise.uniform() - 0.5) * 20_000)));
counts[1]![77] = -(2 ** 23); // a railed electrode, both ways
counts[1]![78] = 2 ** 23 - 1;

const signals: readonly MadeSignal[] = [
  { signal: eeg, nSamples: 5100, startSec: 1.5, value: (c, t) => counts[c]![t]! * reading, lost: (t) => t >= 1000 && t < 1130 },
  { signal: eda, nSamples: 70, startSec: 2, value: (_, t) => 2 + Math.sin(t / 9) / 3 },
  { signal: ibi, nSamples: 20, startSec: 3, value: (_, t) => 0.8 + t / 100 },
];
const marks = [
  { atSec: 1.75, text: 'begin' },
  { atSec: 9.125, text: 'größer als µ, 文字' },
  { atSec: 15.3004, text: 'end' },
];
const recording = madeRecording(signals, { startedAt: 1_700_000_000.25, subject: 'S 07', marks });

describe.each([24, 16] as const)('a file of %i bits, read by pyedflib and MNE', (bits) => {
  const path = join(folder, bits === 24 ? 'made.bdf' : 'made.edf');
  const of =
    bits === 24
      ? recording
      : madeRecording([{ ...signals[0]!, value: (c, t) => counts[0]![(t * (c + 1)) % 5100]! / 40 }, signals[1]!], {
          startedAt: 1_700_000_000.25,
          marks,
        });
  let read: Peers;
  let quanta: number[];

  test('opens', async () => {
    const written = await writeEdf(of, path, { bits });
    quanta = written.signals.map(({ quantum }) => quantum);
    read = python(new URL('../peers/read_edf.py', import.meta.url), [path]) as Peers;
    expect(read.edflib.signals.map(({ label }) => label)).toEqual(['EEG Fp1', 'EEG Cz', 'EEG O2', 'EDA']);
    expect(read.edflib.signals.map(({ unit }) => unit)).toEqual(['uV', 'uV', 'uV', 'uS']);
    expect(readFileSync(path).subarray(236, 244).toString('latin1').trim()).toBe(`${read.edflib.duration}`);
  });

  test('every sample within half a quantum, at its place', () => {
    for (const peer of [read.edflib.signals, read.mne.signals]) {
      peer.forEach(({ rate, values }, column) => {
        const [one, c, quantum] = column < 3 ? [of.signals[0]!, column, quanta[0]!] : [of.signals[1]!, 0, quanta[1]!];
        const made = column < 3 ? signals[0]! : signals[1]!;
        const value = column < 3 && bits === 16 ? (t: number) => counts[0]![(t * (c + 1)) % 5100]! / 40 : (t: number) => made.value(c, t);
        expect(rate).toBe(one.sfreq);
        const start = Math.round((made.startSec! - 1.5) * rate);
        let worst = 0;
        for (let t = 0; t < made.nSamples; t++) if (!made.lost?.(t)) worst = Math.max(worst, Math.abs(values[start + t]! - value(t)));
        expect(worst).toBeLessThanOrEqual(quantum * 0.501);
      });
    }
  });

  test('annotations: the same texts at the same times', () => {
    const wanted = marks.map(({ atSec, text }) => ({ atSec: atSec - 1.5, text }));
    for (const peer of [read.edflib.annotations, read.mne.annotations]) {
      for (const { atSec, text } of wanted) {
        expect(
          peer.filter((one) => one.text === text && Math.abs(one.atSec - atSec) < 1e-6),
          `${text} in ${JSON.stringify(peer)}`,
        ).toHaveLength(1);
      }
      const gap = peer.find(({ text }) => text === 'BAD_gap eeg')!;
      expect(gap.atSec).toBeCloseTo(4, 6);
      expect(gap.durationSec).toBeCloseTo(130 / 250, 6);
      expect(peer.filter(({ text }) => text.startsWith('ibi'))).toHaveLength(bits === 24 ? 20 : 0);
    }
  });

  test('the start, to a fraction of a second, and who it was', () => {
    expect(read.edflib.startdate).toMatch(/^2023-11-14T22:13:21(\.75)?/);
    expect(read.mne.start).toMatch(/^2023-11-14T22:13:21/);
    if (bits === 24) expect(read.edflib.patient).toBe('S 07'); // EDFlib shows the underscores as the spaces they stand for;
    expect(read.edflib.equipment).toBe('affect-edge');
  });
});

test('railed electrodes: every reading of the converter comes back', () => {
  const { edflib } = python(new URL('../peers/read_edf.py', import.meta.url), [join(folder, 'made.bdf')]) as Peers;
  const cz = edflib.signals[1]!.values;
  for (let t = 0; t < 5100; t++) if (!signals[0]!.lost!(t)) expect(Math.round(cz[t]! / reading)).toBe(counts[1]![t]);
});
