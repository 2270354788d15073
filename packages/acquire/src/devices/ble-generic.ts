/**
 * Any Bluetooth sensor whose notifications are packed numbers, described by the configuration instead of a driver: service, characteristic, and
 * a format as Python's `struct` writes it.
 *
 *   format <hhf, one record a sample:
 *     0        2        4                 8
 *     ┌────────┬────────┬─────────────────┐
 *     │ int16  │ int16  │ float32         │  again as often as the notification has room
 *     └────────┴────────┴─────────────────┘
 *
 * A value given out is number · scale + offset, in the unit given. Nothing counts the records, so a loss shows only as a pause of more than
 * half a second (`exact: false`). With `sfreq` 0 each record is a block of its own at the time it arrived.
 */
import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { structFormat } from '../codecs/struct-format.ts';
import { decodeWith } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { type OptionReader, optionReader } from '../device-options.ts';
import type { Signal } from '../signal.ts';

const units = {
  µV: 'eeg',
  uV: 'eeg',
  µS: 'eda',
  uS: 'eda',
  g: 'acceleration',
  '°/s': 'gyroscope',
  '°C': 'temperature',
  bpm: 'heart-rate',
  V: 'auxiliary',
  mV: 'auxiliary',
  'a.u.': 'auxiliary',
  '%': 'auxiliary',
} as const;
type Unit = keyof typeof units;

const options = {
  service: 'UUID of the service, 4 or 32 digits (dashes allowed). Needed.',
  characteristic: 'UUID of the characteristic that notifies. Needed.',
  format: 'The numbers of one sample: < or >, then letters of bBhHiIlLqQfd? and x to skip a byte, as in <hhf. Needed.',
  channels: 'A name for each number, separated by commas; 1,2,… when absent.',
  unit: `Unit of the scaled numbers: ${Object.keys(units).join(', ')}. It decides what kind of signal this is. Needed.`,
  sfreq: 'Samples a second, Hz; 0 for irregular. Needed.',
  scale: 'What to multiply each number with; 1 when absent.',
  offset: 'What to add after that; 0 when absent.',
  reference: 'Name of the reference electrode; n/a when absent.',
  id: 'Name of the signal; its kind when absent.',
};

/** A Bluetooth sensor described by its configuration. */
export const bleGeneric: DeviceKind = {
  name: 'ble-generic',
  title: 'Any Bluetooth sensor, described by options',
  schemes: ['ble'],
  options,
  create: (given) => {
    const read = optionReader('ble-generic', options, given);
    const characteristic = uuid(read, 'characteristic');
    const format = structFormat(read.text('format'));
    if (format === undefined) throw read.wrong('format', 'a format such as <hhf');
    const names = Array.from({ length: format.count }, (_, i) => String(i + 1));
    const unit = read.choice('unit', Object.keys(units) as Unit[]);
    const limits = { min: -1e12, max: 1e12 };
    const scale = read.number('scale', { ...limits, fallback: 1 });
    const offset = read.number('offset', { ...limits, fallback: 0 });
    const signal = {
      kind: units[unit],
      unit: unit.replace(/^u(?=[VS])/, 'µ'),
      id: read.text('id', units[unit]),
      sfreq: read.number('sfreq', { min: 0, max: 16_000 }),
      montage: { channels: read.channels('channels', names), reference: read.text('reference', 'n/a') },
    } as Signal; // `units` pairs each unit with its kind

    return {
      name: 'ble-generic',
      signals: [signal],
      wire: { endpoints: [characteristic], start: [], stop: [], advertised: { services: [uuid(read, 'service')], namePrefixes: [] } },
      decode: decodeWith((emit, report) => {
        const row = new Float64Array(format.count);
        const bad = (reason: 'length' | 'range', bytes: number) => report({ kind: 'bad-frame', device: 'ble-generic', reason, bytes });
        const samples =
          signal.sfreq > 0 && blockWriter([signal], sampleClock({ signal: signal.id, sfreq: signal.sfreq, rateTolerance: 0.05, report }));
        let nSamples = 0;
        let lastTime = Number.NEGATIVE_INFINITY;

        return {
          push: ({ endpoint, bytes, arrivedAt }) => {
            if (endpoint !== characteristic) return;
            if (bytes.length === 0 || bytes.length % format.length !== 0) return bad('length', bytes.length);
            const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
            for (let at = 0; at < bytes.length; at += format.length) {
              format.read(view, at, row);
              for (let c = 0; c < row.length; c++) row[c] = row[c]! * scale + offset;
              const usable = row.every(Number.isFinite);
              if (!usable) bad('range', format.length);
              if (samples !== false) {
                if (usable) samples.add(row);
                else samples.lose();
              } else if (usable) {
                lastTime = Math.max(arrivedAt, lastTime + 1e-6);
                emit({ signal, firstSample: nSamples++, tmin: lastTime, arrivedAt, data: row.slice() });
              }
            }
            if (samples !== false) samples.flush(arrivedAt, emit);
          },
        };
      }),
    };
  },
};

/** A UUID as links know it: lower case, 4 digits or 36 characters. */
const uuid = (read: OptionReader, name: 'service' | 'characteristic'): string => {
  const digits = read.text(name).toLowerCase().replace(/^0x/, '').replaceAll('-', '');
  if (/^[0-9a-f]{4}$/.test(digits)) return digits;
  const groups = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(digits);
  if (groups === null) throw read.wrong(name, 'a UUID of 4 or 32 hexadecimal digits');
  return groups[4] !== undefined && digits.endsWith('00001000800000805f9b34fb') && digits.startsWith('0000')
    ? digits.slice(4, 8)
    : groups.slice(1).join('-');
};
