/**
 * BITalino (r)evolution and its elder, over Bluetooth serial port or Bluetooth LE. The frame of n analog inputs, read from its end:
 *
 *   last byte      seq 4 bits │ CRC 4 bits        seq counts frames, 0-15
 *   1 before       D1 D2 D3 D4 │ A1 bits 9-6
 *   2 before       A1 bits 5-0 │ A2 bits 9-8
 *   3 before       A2 bits 7-0
 *   4 before       A3 bits 9-2
 *   5 before       A3 bits 1-0 │ A4 bits 9-4
 *   6 before       A4 bits 3-0 │ A5 bits 5-2      the fifth and sixth input have 6 bits only
 *   7 before       A5 bits 1-0 │ A6 bits 5-0
 *
 *   n        1  2  3  4  5  6        A1 … are the chosen inputs in rising order, whatever their names
 *   bytes    3  4  6  7  8  8
 *
 * EDA: (r)evolution µS = adc / 2ⁿ · 3.3 / 0.132 (EDA sensor data sheet, PLUX 2020); first generation 1 / (1 − adc / 2ⁿ) (data sheet 2013).
 * Other inputs: volt at the converter, adc / 2ⁿ · 3.3.
 *
 * There is no start byte, and 4 bits of CRC accept 1 frame of garbage in 16: a frame that does not follow on the one before (number and place)
 * is believed when two more follow on it. The 4 bits of `seq` turn over every 16 frames (16 ms at 1,000 Hz): how often, arrival time tells.
 */
import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { bitalinoCrc4 } from '../codecs/crc.ts';
import { decodeWith, framedDecoder } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { type OptionReader, optionReader } from '../device-options.ts';
import { framer, needMore, noFrame } from '../framing.ts';
import type { Command, Wire } from '../link.ts';
import type { AuxiliarySignal, EdaSignal, Signal } from '../signal.ts';

const supplyVolt = 3.3;
/** 3.3 V / 0.132 V/µS. */
const microsiemensFullScale = 25;
const seqModulus = 16;
const frameBytes = [0, 3, 4, 6, 7, 8, 8];
const rates = [1, 10, 100, 1000];
/** The vendor's own programs leave this long between commands. */
const commandGapSec = 0.15;
const ble = { write: '4051eb11-bf0a-4c74-8730-a48f4193fcea', notify: '40fdba6b-672e-47c4-808a-e529adff3633' };

const options = {
  sfreq: 'Frames a second: 1, 10, 100 (when absent) or 1000.',
  inputs:
    'Analog inputs to read, 1-6, separated by commas; 3 (A3, where the board has its EDA sensor) when absent. The fifth and sixth have 6 bits.',
  eda: 'Which of them is the EDA sensor; 3 when absent. The others come as volts.',
  generation: 'revolution (when absent) or first: which EDA sensor.',
  radio: 'classic (Bluetooth serial port, when absent) or ble.',
};

/** BITalino. */
export const bitalino: DeviceKind = {
  name: 'bitalino',
  title: 'BITalino',
  schemes: ['serial', 'ble'],
  options,
  create: (given) => {
    const read = optionReader('bitalino', options, given);
    const inputs = chosenInputs(read, given?.inputs);
    const edaAt = inputs.indexOf(read.number('eda', { min: 1, max: 6, fallback: 3 }));
    if (edaAt < 0) throw read.wrong('eda', `one of the inputs ${inputs.join(', ')}`);
    const sfreq = read.numbers('sfreq', 1, rates, 100)[0]!;
    const firstGeneration = read.choice('generation', ['revolution', 'first'], 'revolution') === 'first';
    const others = inputs.filter((_, i) => i !== edaAt);
    const eda: EdaSignal = { kind: 'eda', unit: 'µS', id: 'eda', sfreq, montage: { channels: ['EDA'], reference: 'n/a' } };
    const volts: AuxiliarySignal = {
      kind: 'auxiliary',
      unit: 'V',
      id: 'inputs',
      sfreq,
      montage: { channels: others.map((input) => `A${input}`), reference: 'n/a' },
    };
    const signals: readonly Signal[] = others.length > 0 ? [eda, volts] : [eda];
    const radio = read.choice('radio', ['classic', 'ble'], 'classic');
    const length = frameBytes[inputs.length]!;

    return {
      name: 'bitalino',
      signals,
      wire: wireOf(radio, rates.indexOf(sfreq), inputs),
      decode: decodeWith((emit, report) => {
        const clock = sampleClock({ signal: 'eda', sfreq, modulus: seqModulus, report });
        const samples = blockWriter(signals, clock, { modulus: seqModulus });
        const row = new Float64Array(inputs.length);
        let expected = -1;

        const frames = framer({
          maxLength: 3 * length,
          measure: (bytes, start, end, locked) => {
            for (let k = 0; k < 3; k++) {
              const at = start + k * length;
              if (at + length > end) return needMore;
              if (bitalinoCrc4(bytes, at, length) !== (bytes[at + length - 1]! & 0xf)) return noFrame;
              if (k === 0 && locked && isNext(bytes, start, length, expected)) return length;
              if (k > 0 && !isNext(bytes, at, length, nextOf(bytes, at - length, length))) return noFrame;
            }
            return length;
          },
          frame: (bytes, start) => {
            const seq = bytes[start + length - 1]! >> 4;
            for (let i = 0, other = 1; i < inputs.length; i++) {
              const fraction = analog(bytes, start + length - 1, i) / (i < 4 ? 1024 : 64);
              if (i !== edaAt) row[other++] = fraction * supplyVolt;
              else row[0] = firstGeneration ? 1 / (1 - fraction) : fraction * microsiemensFullScale;
            }
            samples.add(row, seq);
            expected = (seq + 1) % seqModulus;
          },
          skipped: (garbage) => {
            const text = Buffer.from(garbage).toString('latin1').trim();
            if (/^BITalino_[\x20-\x7e]+$/.test(text)) report({ kind: 'device-text', device: 'bitalino', text });
            else report({ kind: 'bad-frame', device: 'bitalino', reason: 'checksum', bytes: garbage.length });
          },
        });
        return framedDecoder(frames, (arrivedAt) => samples.flush(arrivedAt, emit));
      }),
    };
  },
};

const nextOf = (bytes: Uint8Array, start: number, length: number): number => ((bytes[start + length - 1]! >> 4) + 1) % seqModulus;
const isNext = (bytes: Uint8Array, start: number, length: number, expected: number): boolean =>
  bytes[start + length - 1]! >> 4 === expected;

/** Input `i` (from 0) of the frame whose last byte is at `e`. */
const analog = (bytes: Uint8Array, e: number, i: number): number => {
  switch (i) {
    case 0:
      return ((bytes[e - 1]! & 0xf) << 6) | (bytes[e - 2]! >> 2);
    case 1:
      return ((bytes[e - 2]! & 3) << 8) | bytes[e - 3]!;
    case 2:
      return (bytes[e - 4]! << 2) | (bytes[e - 5]! >> 6);
    case 3:
      return ((bytes[e - 5]! & 0x3f) << 4) | (bytes[e - 6]! >> 4);
    case 4:
      return ((bytes[e - 6]! & 0xf) << 2) | (bytes[e - 7]! >> 6);
    default:
      return bytes[e - 7]! & 0x3f;
  }
};

const chosenInputs = (read: OptionReader, given: unknown): readonly number[] => {
  const count = Array.isArray(given) ? given.length : String(given ?? 3).split(',').length;
  if (count > 6) throw read.wrong('inputs', 'at most 6 inputs');
  const inputs = [...read.numbers('inputs', count, [1, 2, 3, 4, 5, 6], 3)];
  if (new Set(inputs).size !== inputs.length) throw read.wrong('inputs', 'different inputs');
  return inputs.sort((a, b) => a - b);
};

const wireOf = (radio: 'classic' | 'ble', rate: number, inputs: readonly number[]): Wire => {
  const endpoint = radio === 'ble' ? ble.write : '';
  const command = (byte: number, afterSec = commandGapSec): Command => ({ endpoint, bytes: Uint8Array.of(byte), afterSec });
  const live = inputs.reduce((mask, input) => mask | (1 << (1 + input)), 1);
  return {
    endpoints: [radio === 'ble' ? ble.notify : ''],
    start: [command(0x00, 0), command(0x07), command((rate << 6) | 3), command(live)],
    stop: [command(0x00, 0)],
    ...(radio === 'ble' ? { advertised: { services: [], namePrefixes: ['BITalino'] } } : { baudRate: 115_200 }),
  };
};
