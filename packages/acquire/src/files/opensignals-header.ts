import { AcquireError } from '../errors.ts';
import { type Column, columnSignals } from './column-signals.ts';
import { unixOfText } from './file-time.ts';

/** One device of an OpenSignals recording, as its header describes it. */
export interface OpenSignalsDevice {
  /** `bitalino_rev`, `biosignalsplux`, `channeller`, … */
  readonly device: string;
  readonly sfreq: number;
  /** Columns of the text file that are this device's; empty in HDF5. */
  readonly columns: readonly string[];
  readonly channels: readonly { readonly name: string; readonly sensor: string; readonly bits: number }[];
  /** Values are in the sensor's unit already. */
  readonly isConverted: boolean;
  /** Unix time, s, taking its local time for UTC; NaN where it is not said. */
  readonly startedAt: number;
}

/**
 * How a sensor's codes become its unit: PLUX and BITalino data sheets of EDA, ECG, EMG, EEG (2015-2020), `adc` being the code over its full
 * scale.
 */
interface Transfer {
  readonly unit: string;
  readonly of: (adc: number, volt: number, isBitalino: boolean) => number;
}

const amplified = (plux: number, bitalino: number, unit: string, perVolt: number): Transfer => ({
  unit,
  of: (adc, volt, isBitalino) => (((adc - 0.5) * volt) / (isBitalino ? bitalino : plux)) * perVolt,
});

const transfers: Readonly<Record<string, Transfer>> = {
  EDA: { unit: 'uS', of: (adc, volt, isBitalino) => (adc * volt) / (isBitalino ? 0.132 : 0.12) },
  ECG: amplified(1000, 1100, 'mV', 1e3),
  EMG: amplified(1000, 1009, 'mV', 1e3),
  EEG: amplified(40_000, 41_782, 'uV', 1e6),
};
/** A column that was converted by OpenSignals itself is in these. */
const convertedUnits: Readonly<Record<string, string>> = { EDA: 'uS', ECG: 'mV', EMG: 'mV', EEG: 'uV', TEMP: 'degC' };

/** The devices of a header's JSON. Throws `AcquireError('bad-file')` where it is none, or names no rate. */
export const headerDevices = (path: string, json: string): OpenSignalsDevice[] => {
  const fail = (detail: string) => new AcquireError('bad-file', `'${path}' is no OpenSignals file that can be read: ${detail}.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new AcquireError('bad-file', `'${path}' is no OpenSignals file that can be read: its header is no JSON.`, { cause });
  }
  if (typeof parsed !== 'object' || parsed === null) throw fail('its header names no device');
  const devices = Object.values(parsed).map((said: Record<string, unknown> | null): OpenSignalsDevice => {
    if (typeof said !== 'object' || said === null) throw fail('its header names no device');
    const sfreq = Number(said['sampling rate']);
    if (!(sfreq > 0 && sfreq < 1e6)) throw fail(`its header gives the rate as ${JSON.stringify(said['sampling rate'])}`);
    const columns = texts(said.column);
    const sensors = texts(said.sensor);
    const labels = texts(said.label);
    const n = Math.max(sensors.length, labels.length);
    const bits = Array.isArray(said.resolution) ? said.resolution.slice(-n).map(Number) : [];
    return {
      device: typeof said.device === 'string' ? said.device : '',
      sfreq,
      columns,
      channels: Array.from({ length: n }, (_, i) => ({
        name: labels[i] ?? columns[columns.length - n + i] ?? `CH${i + 1}`,
        sensor: sensors[i] ?? 'RAW',
        bits: bits[i] !== undefined && bits[i]! > 0 && bits[i]! <= 32 ? bits[i]! : Number.NaN,
      })),
      isConverted: said.convertedValues === 1,
      startedAt: unixOfText(`${said.date} ${said.time}`),
    };
  });
  if (devices.length === 0) throw fail('its header names no device');
  return devices;
};

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * The channels of a device as columns, converted to the sensor's unit where its data sheet is known: EDA in µS, EEG in µV, ECG and EMG in
 * mV. Any other sensor comes as volts at the converter; so does the EDA of the first BITalino, whose sensor is another one.
 */
export const deviceColumns = ({ device, channels, sfreq, isConverted }: OpenSignalsDevice): Column[] => {
  const isBitalino = /^bitalino/i.test(device);
  const volt = isBitalino ? 3.3 : 3;
  return channels.map(({ name, sensor, bits }): Column => {
    const type = sensor.toUpperCase().replace(/BITREV$|BIT$/, '');
    const channel = ['EDA', 'ECG', 'EMG', 'EEG'].includes(type) ? type : name;
    if (isConverted) return { name, channel, type, unit: convertedUnits[type] ?? '', sfreq };
    const transfer = /^bitalino$/i.test(device) && type === 'EDA' ? undefined : transfers[type];
    if (Number.isNaN(bits)) return { name, channel, type: 'raw', unit: '', sfreq };
    const full = 2 ** bits;
    if (transfer === undefined)
      return {
        name,
        channel,
        type: type === 'EDA' ? 'raw' : type.toLowerCase(),
        unit: 'V',
        sfreq,
        convert: (code) => (code / full) * volt,
      };
    return { name, channel, type, unit: transfer.unit, sfreq, convert: (code) => transfer.of(code / full, volt, isBitalino) };
  });
};

/** Signals of all devices; columns are counted over all channels in turn. */
export const deviceParts = (devices: readonly OpenSignalsDevice[], declared: Readonly<Record<string, string>> | undefined) =>
  columnSignals(devices.flatMap(deviceColumns), 'n/a', declared);
