import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { decodeWith } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { type OptionReader, optionReader } from '../device-options.ts';
import { lineFramer } from '../framing.ts';
import type { EdaSignal } from '../signal.ts';
import { lineFormats, readLine } from './line-formats.ts';

/**
 * A skin conductance sensor that prints one measurement a line: an Arduino with a Grove GSR, an ESP32, anything with a serial monitor.
 *
 *     integer   512            json      {"eda": 3.21, "t": 12}
 *     csv       0.5, 3.21      label     EDA:3.21 temp:33.1
 *
 * Lines end in `\\n`, `\\r\\n` or `\\r`. The first is dropped, it may be the tail of one. The numbers mean nothing until the options say what
 * they are: rate and unit have no default, and a calibration is never guessed. Lines carry no counter, so a pause of more than half a second
 * counts as a loss (`exact: false`); a damaged line leaves a hole of one sample; a line
 * that never came goes unseen.
 *
 * Grove GSR (Seeed Studio, product 101020052): Ω = (range + 2·adc) · 10,000 / (calibration − adc), where `range` is 1024 for a 10-bit
 * converter and `calibration` what the sketch prints with no finger on the sensor. At or above it the sensor is not worn: no sample, told once a second.
 */
export const gsrLines: DeviceKind = {
  name: 'gsr-lines',
  title: 'Skin conductance as lines of text (Arduino, Grove GSR)',
  schemes: ['serial', 'simulated', 'udp'],
  options: {
    sfreq: 'Lines a second, Hz. Needed.',
    unit: 'What the number is: microsiemens, ohm, kiloohm or grove (raw Grove GSR reading). Needed.',
    calibration: 'Grove: the reading with no finger on the sensor. Needed for grove.',
    bits: 'Grove: resolution of the converter, 10 (Arduino Uno, the default) or 12 (ESP32).',
    format: `How a line is written: ${lineFormats.join(', ')}. Needed.`,
    column: 'Which number: column from 1 (csv; 1 when absent), label (label) or field (json; both EDA when absent).',
    baud: 'Serial speed; 9600 when absent.',
  },
  create: (given) => {
    const options = optionReader('gsr-lines', gsrLines.options, given);
    const signal: EdaSignal = {
      id: 'eda',
      kind: 'eda',
      unit: 'µS',
      sfreq: options.number('sfreq', { min: 0.1, max: 2000 }),
      montage: { channels: ['EDA'], reference: 'n/a' },
    };
    const microsiemens = conversion(options);
    const format = options.choice('format', lineFormats);
    const column = format === 'csv' ? options.number('column', { min: 1, max: 100, fallback: 1 }) : options.text('column', 'EDA');

    return {
      name: 'gsr-lines',
      signals: [signal],
      wire: { endpoints: [''], start: [], stop: [], baudRate: options.number('baud', { min: 300, max: 4_000_000, fallback: 9600 }) },
      decode: decodeWith((emit, report) => {
        const clock = sampleClock({ signal: signal.id, sfreq: signal.sfreq, rateTolerance: 0.05, report });
        const samples = blockWriter([signal], clock);
        const row = new Float64Array(1);
        const perSec = Math.ceil(signal.sfreq);
        let outOfRange = 0; // lines in a row
        const bad = (reason: 'syntax' | 'range' | 'length', bytes: number) =>
          report({ kind: 'bad-frame', device: 'gsr-lines', reason, bytes });

        const lines = lineFramer({
          dropFirst: true,
          tooLong: (length) => {
            bad('length', length);
            samples.lose();
          },
          line: (text) => {
            const value = readLine(format, column, text);
            row[0] = value === undefined ? Number.NaN : microsiemens(value);
            if (value === undefined) bad('syntax', text.length);
            else if (Number.isNaN(row[0]) && outOfRange % perSec === 0) bad('range', text.length);
            outOfRange = value !== undefined && Number.isNaN(row[0]) ? outOfRange + 1 : 0;
            if (Number.isNaN(row[0])) samples.lose();
            else samples.add(row);
          },
        });
        return {
          push: (chunk) => {
            lines.push(chunk.bytes);
            samples.flush(chunk.arrivedAt, emit);
          },
        };
      }),
    };
  },
};

/** Reading → µS; NaN where the reading lies outside what the sensor can measure. */
const conversion = (options: OptionReader): ((value: number) => number) => {
  const unit = options.choice('unit', ['microsiemens', 'ohm', 'kiloohm', 'grove']);
  if (unit === 'microsiemens') return (value) => (value >= 0 && value <= 1e4 ? value : Number.NaN);
  if (unit === 'grove') {
    const bits = options.number('bits', { min: 8, max: 16, fallback: 10 });
    const calibration = options.number('calibration', { min: 1, max: 2 ** bits });
    return (adc) => (adc >= 0 && adc < calibration ? (1e6 * (calibration - adc)) / ((2 ** bits + 2 * adc) * 10_000) : Number.NaN);
  }
  const microohm = unit === 'ohm' ? 1e6 : 1e3;
  return (value) => (value >= microohm / 1e4 ? microohm / value : Number.NaN);
};
