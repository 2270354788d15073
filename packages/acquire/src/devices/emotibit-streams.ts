import type { AccelerationSignal, EdaSignal, GyroscopeSignal, PpgSignal, TemperatureSignal } from '../signal.ts';

/** Signals with the tags of their channels, in channel order. */
export type EmotibitStreams = readonly {
  readonly signal: EdaSignal | PpgSignal | AccelerationSignal | GyroscopeSignal | TemperatureSignal;
  readonly tags: readonly string[];
}[];

const montage = (...channels: string[]) => ({ channels, reference: 'n/a' });

/** The regular streams of an EmotiBit, rates as in EmotiBit_Docs; for device and SD-card file alike. */
export const emotibitStreams = (thermometer: string, ppgRate: number): EmotibitStreams => [
  { tags: ['EA'], signal: { kind: 'eda', unit: 'µS', id: 'eda', sfreq: 15, montage: montage('EDA') } },
  {
    tags: ['PI', 'PR', 'PG'],
    signal: { kind: 'ppg', unit: 'a.u.', id: 'ppg', sfreq: ppgRate, montage: montage('infrared', 'red', 'green') },
  },
  { tags: ['AX', 'AY', 'AZ'], signal: { kind: 'acceleration', unit: 'g', id: 'acceleration', sfreq: 25, montage: montage('x', 'y', 'z') } },
  { tags: ['GX', 'GY', 'GZ'], signal: { kind: 'gyroscope', unit: '°/s', id: 'gyroscope', sfreq: 25, montage: montage('x', 'y', 'z') } },
  { tags: [thermometer], signal: { kind: 'temperature', unit: '°C', id: 'temperature', sfreq: 7.5, montage: montage('skin') } },
];
