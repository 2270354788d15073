import { describe, expect, it } from 'vitest';
import type { XdfStream } from './xdf-header.ts';
import { xdfParts } from './xdf-signals.ts';

const stream = (type: string, ...channels: readonly (readonly [label: string, type: string, unit: string])[]): XdfStream => ({
  id: 1,
  name: 'amp',
  type,
  format: 'float32',
  sfreq: 500,
  reference: 'Cz',
  channels: channels.map(([label, channelType, unit]) => ({ label, type: channelType, unit })),
});
const parts = (one: XdfStream) =>
  xdfParts(one, 500, new Set()).map(({ signal, columns, scale, remark }) => [
    signal.id,
    signal.kind,
    signal.unit,
    columns,
    scale,
    remark !== undefined,
  ]);

describe('signals of a stream', () => {
  it('are the channels of one type and unit, each scaled to our unit, and what is not known is auxiliary', () => {
    expect(
      parts(
        stream(
          'EEG',
          ['Fp1', 'EEG', 'microvolts'],
          ['EDA', 'GSR', 'nS'],
          ['Fp2', 'EEG', 'μV'],
          ['Fp3', 'EEG', 'uV'],
          ['TRG', 'Trigger', ''],
          ['A', 'AUX', 'mV'],
        ),
      ),
    ).toEqual([
      ['eeg', 'eeg', 'µV', [0], 1, false],
      ['eda', 'eda', 'µS', [1], 1e-3, false],
      ['eeg-2', 'eeg', 'µV', [2, 3], 1, false],
      ['amp', 'auxiliary', 'a.u.', [4], 1, true],
      ['amp-2', 'auxiliary', 'mV', [5], 1, true],
    ]);
  });

  it('take the type of the stream where a channel has none, and never guess a unit', () => {
    expect(parts(stream('EEG', ['Fz', '', 'mV']))).toEqual([['eeg', 'eeg', 'µV', [0], 1e3, false]]);
    expect(parts(stream('EEG', ['Fz', '', '']))).toEqual([['eeg', 'auxiliary', 'a.u.', [0], 1, true]]);
    expect(parts(stream('Accelerometer', ['x', '', 'm/s^2']))).toEqual([['acceleration', 'acceleration', 'g', [0], 1 / 9.80665, false]]);
  });

  it('keep labels and reference; equal labels get a number', () => {
    const [part] = xdfParts(stream('EEG', ['Fz', '', 'uV'], ['Fz', '', 'uV']), 500, new Set());
    expect(part!.signal).toMatchObject({ sfreq: 500, montage: { channels: ['Fz', 'Fz-2'], reference: 'Cz' } });
  });
});
