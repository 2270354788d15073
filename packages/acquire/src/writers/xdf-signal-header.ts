import type { Signal } from '../signal.ts';

/** XDF content types of our signals, as its metadata conventions name them. */
const xdfTypes: Readonly<Record<Signal['kind'], string>> = {
  eeg: 'EEG',
  eda: 'EDA',
  ppg: 'PPG',
  acceleration: 'Accelerometer',
  gyroscope: 'Gyroscope',
  temperature: 'Temperature',
  'heart-rate': 'HeartRate',
  'inter-beat': 'RR',
  auxiliary: 'AUX',
};
const xdfUnits: Readonly<Record<string, string>> = { µV: 'microvolts', µS: 'microsiemens' };

/** The header of an XDF stream that holds the samples of a signal, with what this program needs to make the same signal of it again. */
export const xdfSignalHeader = (signal: Signal) => {
  const type = xdfTypes[signal.kind];
  const unit = xdfUnits[signal.unit] ?? signal.unit;
  return {
    name: signal.id,
    type,
    format: 'double64',
    sfreq: signal.sfreq,
    channels: signal.montage.channels.map((label) => ({ label, type, unit })),
    reference: signal.montage.reference,
    own: { role: 'signal', signalId: signal.id, kind: signal.kind, unit: signal.unit },
  } as const;
};
