/**
 * Muse S Athena (MS-03, 2025) over Bluetooth: service fe8d, control on 273e0001 as with older Muses, all sensors together on 273e0013 (and, on
 * some firmware, 0014 and 0015). The notification is drawn in `athena-packet.ts`.
 *
 *   EEG       µV = (raw − 8192) · 1450 / 16383, 14 bit, sample by sample     TP9 AF7 AF8 TP10 AUX1-AUX4
 *   optics    raw counts, 20 bit, sample by sample                           outer and inner, left and right; 730 nm, 850 nm, red, ambient
 *   motion    g = raw / 16384, °/s = −0.0074768 · raw, s16                   three samples of x y z, x y z
 *   battery   first u16 / 256 = %
 *
 * Conflicts, decided:
 * - EEG scale: BrainFlow had 0.4029 µV until August 2026, uncentred; since then 1450/16383 as OpenMuse, centred on 8192. The latter.
 * - Battery: OpenMuse's captures say their charge in their names and agree with /256, not with BrainFlow's /512.
 * - Optics: OpenMuse divides by 32768, BrainFlow does not. The unit is arbitrary either way; raw counts lose nothing.
 * - Four optics lines are the inner sensors (OpenMuse, muse-lsl), not the outer ones (BrainFlow).
 * - Packet clocks tell when a block was queued, in bursts and 5 % of the time backwards: no sample clock. Samples are counted by their block
 *   counters, which were contiguous in every capture, and timed by arrival like those of any device.
 * - Lines by preset are those of OpenMuse and BrainFlow; amused-py's recording has 4 of EEG with 8 of optics, which no preset listed has: options
 *   `eeg` and `optics` say so where a headband does that.
 * - 0x53 (driven right leg and reference) has no known scale: understood, but not given out.
 */
import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { bitsLsbFirst } from '../codecs/bits.ts';
import { museCharacteristic, museCommand, museControl } from '../codecs/muse-control.ts';
import { decodeWith } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import type { Wire } from '../link.ts';
import { railing } from '../railing.ts';
import type { Reporter } from '../report.ts';
import type { AccelerationSignal, EegSignal, GyroscopeSignal, PpgSignal, Signal } from '../signal.ts';
import { visitAthena } from './athena-packet.ts';

const microvoltPerStep = 1450 / 16383;
const midScale = 8192;
const gPerStep = 1 / 16384;
/** The sign turns the axes into those of the accelerometer (OpenMuse, BrainFlow). */
const degreesPerSecondPerStep = -0.0074768;
const batteryStepsPerPercent = 256;
const counterModulus = 256;

const electrodes = ['TP9', 'AF7', 'AF8', 'TP10', 'AUX1', 'AUX2', 'AUX3', 'AUX4'];
const lights = [
  ...['LO-730', 'RO-730', 'LO-850', 'RO-850', 'LI-730', 'RI-730', 'LI-850', 'RI-850'],
  ...['LO-red', 'RO-red', 'LO-ambient', 'RO-ambient', 'LI-red', 'RI-red', 'LI-ambient', 'RI-ambient'],
];

/** Lines of EEG and of optics by preset (OpenMuse, BrainFlow). All have motion and battery. */
const presets = {
  p20: [4, 0],
  p21: [4, 0],
  p50: [4, 0],
  p51: [4, 0],
  p60: [4, 0],
  p61: [4, 0],
  p1034: [8, 8],
  p1035: [4, 4],
  p1041: [8, 16],
  p1042: [8, 16],
  p1043: [8, 8],
  p1044: [8, 8],
  p1045: [8, 4],
  p1046: [8, 4],
  p4129: [8, 4],
} as const;
type Preset = keyof typeof presets;

const control = museCharacteristic(0x0001);
const data = [0x0013, 0x0014, 0x0015].map(museCharacteristic);

const startWith = (preset: string): Wire['start'] => [
  ...['v6', 's', 'h'].map((text, i) => museCommand(text, i === 0 ? 0 : 0.2)),
  museCommand(preset, 0.2),
  museCommand('s', 0.2),
  museCommand('dc001', 0.2),
  museCommand('dc001', 0.05), // said twice, or it does not start (OpenMuse, BrainFlow, amused-py)
  museCommand('L1', 0.1),
  museCommand('s', 0.3),
];

const options = {
  preset: `What to send. EEG of 4 or 8 lines, optics of 0, 4, 8 or 16: ${Object.entries(presets)
    .map(([name, [eeg, optics]]) => `${name} ${eeg}+${optics}`)
    .join(', ')}. Default p1041.`,
  eeg: 'Lines of EEG, 4 or 8, where the firmware gives the preset another number than listed.',
  optics: 'Lines of optics, 0, 4, 8 or 16, likewise.',
};

/** Muse S Athena. */
export const museAthena: DeviceKind = {
  name: 'muse-athena',
  title: 'Muse S Athena',
  schemes: ['ble'],
  options,
  create: (given) => {
    const read = optionReader('muse-athena', options, given);
    const preset = read.choice('preset', Object.keys(presets) as Preset[], 'p1041');
    const nEeg = read.numbers('eeg', 1, [4, 8], presets[preset][0])[0]!;
    const nOptics = read.numbers('optics', 1, [0, 4, 8, 16], presets[preset][1])[0]!;
    const eeg: EegSignal = {
      kind: 'eeg',
      unit: 'µV',
      id: 'eeg',
      sfreq: 256,
      montage: { channels: electrodes.slice(0, nEeg), reference: 'Fpz' },
    };
    const optics: PpgSignal = {
      kind: 'ppg',
      unit: 'a.u.',
      id: 'optics',
      sfreq: 64,
      montage: { channels: nOptics === 4 ? lights.slice(4, 8) : lights.slice(0, nOptics), reference: 'n/a' },
    };
    const axes = { channels: ['x', 'y', 'z'], reference: 'n/a' };
    const acceleration: AccelerationSignal = { kind: 'acceleration', unit: 'g', id: 'acceleration', sfreq: 52, montage: axes };
    const rotation: GyroscopeSignal = { kind: 'gyroscope', unit: '°/s', id: 'gyroscope', sfreq: 52, montage: axes };

    return {
      name: 'muse-athena',
      signals: [eeg, ...(nOptics > 0 ? [optics] : []), acceleration, rotation],
      wire: {
        endpoints: [control, ...data],
        optionalEndpoints: data.slice(1),
        start: startWith(preset),
        stop: [museCommand('h')],
        advertised: { services: ['fe8d'], namePrefixes: ['Muse'] },
      },
      decode: decodeWith((emit, report) => {
        const sensors = new Map<number, Sensor>([
          [nEeg === 4 ? 0x11 : 0x12, packed(eeg, nEeg === 4 ? 4 : 2, 14, midScale, microvoltPerStep, report)],
          [0x47, motion([acceleration, rotation], report)],
        ]);
        if (nOptics === 4) sensors.set(0x34, packed(optics, 3, 20, 0, 1, report));
        if (nOptics === 8) sensors.set(0x35, packed(optics, 2, 20, 0, 1, report));
        if (nOptics === 16) sensors.set(0x36, packed(optics, 1, 20, 0, 1, report));
        const foreign = new Set<number>();
        const said = museControl('muse-athena', report);

        const visitor = {
          block: (tag: number, counter: number, bytes: Uint8Array, at: number) => {
            const sensor = sensors.get(tag);
            if (sensor !== undefined) sensor.read(bytes, at, counter);
            else if (tag === 0x88 || tag === 0x98) {
              const percent = (bytes[at]! | (bytes[at + 1]! << 8)) / batteryStepsPerPercent;
              if (percent <= 100) report({ kind: 'battery', device: 'muse-athena', fraction: percent / 100 });
            } else if (tag !== 0x53 && !foreign.has(tag)) {
              foreign.add(tag);
              const text = `sends blocks 0x${tag.toString(16)}, which preset ${preset} should not have: they are left out (options eeg, optics)`;
              report({ kind: 'device-text', device: 'muse-athena', text });
            }
          },
          unexplained: (reason: 'length' | 'syntax', bytes: number) => report({ kind: 'bad-frame', device: 'muse-athena', reason, bytes }),
        };
        return {
          push: ({ endpoint, bytes, arrivedAt }) => {
            if (endpoint === control) return said(bytes);
            if (!data.includes(endpoint)) return;
            visitAthena(bytes, visitor);
            for (const sensor of sensors.values()) sensor.flush(arrivedAt, emit);
          },
        };
      }),
    };
  },
};

interface Sensor {
  readonly read: (bytes: Uint8Array, start: number, counter: number) => void;
  readonly flush: ReturnType<typeof blockWriter>['flush'];
}

/** A sensor of fields of `width` bits, all channels of a sample together, `nTimes` samples a block. */
const packed = (signal: EegSignal | PpgSignal, nTimes: number, width: number, middle: number, scale: number, report: Reporter): Sensor => {
  const nChannels = signal.montage.channels.length;
  const { add, flush } = writer([signal], nTimes, report);
  const railed = signal.kind === 'eeg' ? railing(signal, report) : undefined;
  const row = new Float64Array(nChannels);
  return {
    flush: (arrivedAt, emit) => {
      flush(arrivedAt, emit);
      railed?.tell(arrivedAt);
    },
    read: (bytes, start, counter) => {
      for (let t = 0; t < nTimes; t++) {
        for (let c = 0; c < nChannels; c++) {
          const raw = bitsLsbFirst(bytes, 8 * start + (t * nChannels + c) * width, width);
          railed?.look(c, raw === 0 || raw === 2 ** width - 1);
          row[c] = (raw - middle) * scale;
        }
        add(row, counter * nTimes + t);
      }
    },
  };
};

const motion = (signals: readonly Signal[], report: Reporter): Sensor => {
  const { add, flush } = writer(signals, 3, report);
  const row = new Float64Array(6);
  return {
    flush,
    read: (bytes, start, counter) => {
      for (let t = 0; t < 3; t++) {
        for (let i = 0; i < 6; i++) {
          const at = start + 12 * t + 2 * i;
          const raw = ((bytes[at]! << 16) | (bytes[at + 1]! << 24)) >> 16;
          row[i] = raw * (i < 3 ? gPerStep : degreesPerSecondPerStep);
        }
        add(row, counter * 3 + t);
      }
    },
  };
};

const writer = (signals: readonly Signal[], nTimes: number, report: Reporter) => {
  const counting = { modulus: counterModulus * nTimes };
  return blockWriter(signals, sampleClock({ signal: signals[0]!.id, sfreq: signals[0]!.sfreq, ...counting, report }), counting);
};
