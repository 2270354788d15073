/**
 * What a sensor delivers. A `SampleBlock` is one sentence: a static description held by reference (*what*), a session time (*when*) and one
 * flat typed array (*values*). Rows are channels, channel-major and row-major: `data[c * nTimes + t]`.
 */

/** Channel order and reference; the row order of every (nChannels, …) array. */
export interface Montage {
  readonly channels: readonly string[];
  /** Name of the reference electrode, or `n/a` for a sensor without one. */
  readonly reference: string;
}

interface Described {
  /** Unique within a session, for instance `eeg`, `wrist-eda`. */
  readonly id: string;
  /** Sampling frequency, Hz. 0 means irregular: every sample is a block of its own with its own time. */
  readonly sfreq: number;
  readonly montage: Montage;
}

/** Scalp potential, µV. */
export interface EegSignal extends Described {
  readonly kind: 'eeg';
  readonly unit: 'µV';
}

/** Skin conductance, µS. */
export interface EdaSignal extends Described {
  readonly kind: 'eda';
  readonly unit: 'µS';
}

/** Optical pulse signal, in the sensor's own arbitrary unit. */
export interface PpgSignal extends Described {
  readonly kind: 'ppg';
  readonly unit: 'a.u.';
}

/** Acceleration, g. */
export interface AccelerationSignal extends Described {
  readonly kind: 'acceleration';
  readonly unit: 'g';
}

/** Angular rate, °/s. */
export interface GyroscopeSignal extends Described {
  readonly kind: 'gyroscope';
  readonly unit: '°/s';
}

/** Skin or device temperature, °C. */
export interface TemperatureSignal extends Described {
  readonly kind: 'temperature';
  readonly unit: '°C';
}

/** Heart rate as a device reports it, beats a minute. */
export interface HeartRateSignal extends Described {
  readonly kind: 'heart-rate';
  readonly unit: 'bpm';
}

/** Inter-beat intervals, s; irregular (`sfreq` 0), each sample at the time of the later beat. */
export interface InterBeatSignal extends Described {
  readonly kind: 'inter-beat';
  readonly unit: 's';
}

/** Any other line a board offers (raw voltage, ECG, respiration …), in the unit its channel says. */
export interface AuxiliarySignal extends Described {
  readonly kind: 'auxiliary';
  readonly unit: 'mV' | 'V' | 'a.u.' | '%';
}

export type Signal =
  | EegSignal
  | EdaSignal
  | PpgSignal
  | AccelerationSignal
  | GyroscopeSignal
  | TemperatureSignal
  | HeartRateSignal
  | InterBeatSignal
  | AuxiliarySignal;

export type SignalKind = Signal['kind'];
/** The signal type of a kind: `SignalOf<'eeg'>` is `EegSignal`. */
export type SignalOf<K extends SignalKind> = Extract<Signal, { kind: K }>;

/** Consecutive samples of one signal. Missing samples are a hole (a jump of `firstSample`), never a number. */
export interface SampleBlock<S extends Signal = Signal> {
  readonly signal: S;
  /** Index of the first sample since the source was first opened, gaps counted; a jump against the last block means samples were lost. */
  readonly firstSample: number;
  /** Session time of the first sample, s; sample t lies at `tmin + t / sfreq`. */
  readonly tmin: number;
  /** Session time at which the block's last byte arrived, s. */
  readonly arrivedAt: number;
  /** (nChannels, nTimes), row-major, in `signal.unit`. */
  readonly data: Float64Array;
}

/** Number of samples (columns) in a block. */
export const nTimesOf = (block: { readonly signal: Signal; readonly data: Float64Array }): number =>
  block.data.length / block.signal.montage.channels.length;
