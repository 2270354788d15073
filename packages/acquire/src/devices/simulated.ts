import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { decodeWith } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import { framer, needMore, noFrame } from '../framing.ts';
import type { EdaSignal, EegSignal } from '../signal.ts';

/**
 * A sensor that does not exist: EEG of any montage and skin conductance in one stream, for trying a montage before buying it and for tests. Its
 * far end is `simulated:wearer`. It is told what to measure by its start command, a line of JSON, and sends
 *
 *     0    0xA5
 *     1    'E' (EEG, n electrodes) or 'S' (skin, n = 1)
 *     2-3  counter of its kind, unsigned 16 bit, little-endian, wraps
 *     4-   n × 32-bit float, little-endian, µV or µS
 *     last exclusive or of all bytes before
 */
export const simulated: DeviceKind = {
  name: 'simulated',
  title: 'Simulated EEG and skin conductance',
  schemes: ['simulated'],
  options: {
    channels: 'Names of the electrodes, any number, separated by commas; the eight of a Cyton when absent.',
    sfreq: 'EEG samples a second, Hz; 250 when absent.',
    edaSfreq: 'Skin conductance samples a second, Hz; 4 when absent.',
  },
  create: (given) => {
    const options = optionReader('simulated', simulated.options, given);
    const channels = options.has('channels') ? options.names('channels') : ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2'];
    const eeg: EegSignal = {
      id: 'eeg',
      kind: 'eeg',
      unit: 'µV',
      sfreq: options.number('sfreq', { min: 32, max: 4096, fallback: 250 }),
      montage: { channels, reference: 'n/a' },
    };
    const eda: EdaSignal = {
      id: 'eda',
      kind: 'eda',
      unit: 'µS',
      sfreq: options.number('edaSfreq', { min: 1, max: 256, fallback: 4 }),
      montage: { channels: ['EDA'], reference: 'n/a' },
    };
    const configuration: SimulatedConfiguration = { channels, sfreq: eeg.sfreq, edaSfreq: eda.sfreq };
    return {
      name: 'simulated',
      signals: [eeg, eda],
      wire: { endpoints: [''], start: [{ endpoint: '', bytes: new TextEncoder().encode(JSON.stringify(configuration)) }], stop: [] },
      decode: decodeWith((emit, report) => {
        const counting = { modulus: 65536 };
        const writerOf = (signal: EegSignal | EdaSignal) =>
          blockWriter([signal], sampleClock({ signal: signal.id, sfreq: signal.sfreq, ...counting, report }), counting);
        const scalp = { samples: writerOf(eeg), row: new Float64Array(channels.length) };
        const skin = { samples: writerOf(eda), row: new Float64Array(1) };
        const frames = framer({
          maxLength: frameLength(channels.length),
          measure: (bytes, start, end) => {
            if (bytes[start] !== startByte) return noFrame;
            if (end - start < 2) return needMore;
            const n = bytes[start + 1] === kindByte.eeg ? channels.length : bytes[start + 1] === kindByte.eda ? 1 : 0;
            if (n === 0) return noFrame;
            const length = frameLength(n);
            if (end - start < length) return needMore;
            return exclusiveOr(bytes, start, start + length) === 0 ? length : noFrame;
          },
          frame: (bytes, start, length) => {
            const { samples, row } = bytes[start + 1] === kindByte.eeg ? scalp : skin;
            const view = new DataView(bytes.buffer, bytes.byteOffset + start, length);
            for (let c = 0; c < row.length; c++) row[c] = view.getFloat32(4 + 4 * c, true);
            samples.add(row, view.getUint16(2, true));
          },
          skipped: (garbage) => report({ kind: 'bad-frame', device: 'simulated', reason: 'sync', bytes: garbage.length }),
        });
        return {
          push: (chunk) => {
            frames.push(chunk.bytes);
            scalp.samples.flush(chunk.arrivedAt, emit);
            skin.samples.flush(chunk.arrivedAt, emit);
          },
        };
      }),
    };
  },
};

/** What the start command says. */
export interface SimulatedConfiguration {
  readonly channels: readonly string[];
  readonly sfreq: number;
  readonly edaSfreq: number;
}

const startByte = 0xa5;
const kindByte = { eeg: 0x45, eda: 0x53 } as const;
const frameLength = (n: number) => 4 + 4 * n + 1;

const exclusiveOr = (bytes: Uint8Array, start: number, end: number): number => {
  let sum = 0;
  for (let i = start; i < end; i++) sum ^= bytes[i]!;
  return sum;
};

/** A whole frame of one sample, for the far end. */
export const simulatedFrame = (kind: 'eeg' | 'eda', counter: number, values: ArrayLike<number>): Uint8Array => {
  const frame = new Uint8Array(frameLength(values.length));
  const view = new DataView(frame.buffer);
  frame[0] = startByte;
  frame[1] = kindByte[kind];
  view.setUint16(2, counter % 65536, true);
  for (let c = 0; c < values.length; c++) view.setFloat32(4 + 4 * c, values[c]!, true);
  frame[frame.length - 1] = exclusiveOr(frame, 0, frame.length - 1);
  return frame;
};
