/**
 * Muse 2, and Muse 2016 and Muse S (generations 1 and 2), over Bluetooth: one characteristic a sensor line, 20 bytes a notification.
 *
 *   273eNNNN-4c4d-454d-96be-f03bac821358 of service fe8d; all numbers big endian, the first two bytes count packets (u16):
 *
 *   0003 TP9  0004 AF7  0005 AF8  0006 TP10  0007 right AUX
 *     0       2                                        20
 *     ┌───────┬────────┬────────┬───┬────────┐
 *     │ index │ 12 bit │ 12 bit │ … │ 12 bit │         12 samples, most significant bit first, 256 Hz
 *     └───────┴────────┴────────┴───┴────────┘         µV = (raw − 2048) · 0.48828125
 *   000f ambient  0010 infrared  0011 red              index, 6 × u24, 64 Hz
 *   0009 gyroscope  000a accelerometer                 index, 3 × (x, y, z) s16, 52 Hz
 *   000b telemetry                                     index, battery/512 %, fuel gauge 2.2 mV, ADC mV, temperature °C, all u16
 *   0001 control                                       [n][n characters of JSON][stale bytes]; commands are [length][text][\n]
 *
 * Scales and layout: muse-js `muse-parse.ts` (MIT), muse-lsl `muse.py` (BSD-3). A µV step of 0.48828125 is 2000 µV / 4096.
 *
 * The channels of one instant come one notification after the other and are joined by packet number. A channel that lacks a packet the others
 * have makes a hole of 12 samples, told as a gap. A channel that is silent for 22 packets of the others (one second) is dead: a `device-text`
 * report says so, its row is a flat 0 µV until it comes back, and the others go on without waiting. muse-lsl adds two packets to each gap; here
 * a gap is the difference of the numbers.
 */
import { type BlockWriter, blockWriter } from '../block-writer.ts';
import { channelJoin } from '../channel-join.ts';
import { sampleClock } from '../clock.ts';
import { bitsMsbFirst } from '../codecs/bits.ts';
import { museCharacteristic, museCommand, museControl } from '../codecs/muse-control.ts';
import { decodeWith } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import type { Wire } from '../link.ts';
import { railing } from '../railing.ts';
import type { Reporter } from '../report.ts';
import type { AccelerationSignal, EegSignal, GyroscopeSignal, PpgSignal, Signal } from '../signal.ts';

const microvoltPerStep = 2000 / 4096;
const midScale = 2048;
const lowestMicrovolt = -midScale * microvoltPerStep;
const highestMicrovolt = (midScale - 1) * microvoltPerStep;
/** ±2 g over 16 bits (muse-js, muse-lsl: 0.0000610352). */
const gPerStep = 1 / 16384;
/** ±245 °/s over 16 bits (muse-js, muse-lsl: 0.0074768). */
const degreesPerSecondPerStep = 0.0074768;
const batteryStepsPerPercent = 512;

const indexModulus = 65536;
const packetBytes = 20;
/** Packets to wait for a late channel: 4 of 12 samples are 190 ms; Bluetooth bursts are shorter. */
const patience = 4;
/** A second of EEG: 256 / 12 packets, rounded up. */
const deadAfter = 22;

const control = museCharacteristic(0x0001);
const telemetry = museCharacteristic(0x000b);
const gyroscope = museCharacteristic(0x0009);
const accelerometer = museCharacteristic(0x000a);
const eegEndpoints = [0x0003, 0x0004, 0x0005, 0x0006, 0x0007].map(museCharacteristic);
const ppgEndpoints = [0x000f, 0x0010, 0x0011].map(museCharacteristic);

const presets = ['p20', 'p21', 'p50', 'p51', 'p60', 'p61'] as const;
const withAux: readonly string[] = ['p20', 'p50'];
const withPpg: readonly string[] = ['p50', 'p51', 'p60', 'p61'];

const options = {
  preset:
    'What to send: p21 EEG; p20 EEG with the AUX electrode; p51 EEG and PPG, p50 also AUX (Muse 2, S); p60, p61 EEG and PPG (Muse S). Default p21.',
};

/** What to do with a whole notification of one characteristic. */
type PacketReader = (bytes: Uint8Array, arrivedAt: number) => void;

/** Muse 2, Muse 2016 and Muse S (generations 1 and 2). */
export const muse2: DeviceKind = {
  name: 'muse-2',
  title: 'Muse 2, Muse 2016, Muse S (generation 1-2)',
  schemes: ['ble'],
  options,
  create: (given) => {
    const preset = optionReader('muse-2', options, given).choice('preset', presets, 'p21');
    const electrodes = ['TP9', 'AF7', 'AF8', 'TP10', ...(withAux.includes(preset) ? ['AUX'] : [])];
    const eeg: EegSignal = { kind: 'eeg', unit: 'µV', id: 'eeg', sfreq: 256, montage: { channels: electrodes, reference: 'Fpz' } };
    const axes = { channels: ['x', 'y', 'z'], reference: 'n/a' };
    const acceleration: AccelerationSignal = { kind: 'acceleration', unit: 'g', id: 'acceleration', sfreq: 52, montage: axes };
    const rotation: GyroscopeSignal = { kind: 'gyroscope', unit: '°/s', id: 'gyroscope', sfreq: 52, montage: axes };
    const lights = { channels: ['ambient', 'infrared', 'red'], reference: 'n/a' };
    const ppg: PpgSignal = { kind: 'ppg', unit: 'a.u.', id: 'ppg', sfreq: 64, montage: lights };
    const hasPpg = withPpg.includes(preset);
    const signals: readonly Signal[] = [eeg, acceleration, rotation, ...(hasPpg ? [ppg] : [])];

    const sensors = [
      ...eegEndpoints.slice(0, electrodes.length),
      ...(hasPpg ? ppgEndpoints : []),
      ...[telemetry, gyroscope, accelerometer],
    ];
    const wire: Wire = {
      endpoints: [control, ...sensors],
      optionalEndpoints: sensors, // one that is missing must not keep the others from being heard
      start: ['h', preset, 's', 'd'].map((text, i) => museCommand(text, i === 0 ? 0 : 0.1)),
      stop: [museCommand('h')],
      keepAlive: { everySec: 10, commands: [museCommand('k')] },
      advertised: { services: ['fe8d'], namePrefixes: ['Muse'] },
    };

    return {
      name: 'muse-2',
      signals,
      wire,
      decode: decodeWith((emit, report) => {
        const readers = new Map<string, PacketReader>();
        const addJoined = (signal: EegSignal | PpgSignal, endpoints: readonly string[], nTimes: number, value: SampleReader) => {
          const { writer, railed, place, settle } = joinedWriter(signal, nTimes, report);
          endpoints.forEach((endpoint, channel) => {
            readers.set(endpoint, (bytes, arrivedAt) => {
              const slot = place(channel, u16(bytes, 0));
              if (slot === undefined) return;
              for (let t = 0; t < nTimes; t++) slot.data[slot.offset + t] = value(bytes, t);
              settle();
              writer.flush(arrivedAt, emit);
              railed?.tell(arrivedAt);
            });
          });
        };
        addJoined(eeg, eegEndpoints.slice(0, electrodes.length), 12, microvolts);
        if (hasPpg) addJoined(ppg, ppgEndpoints, 6, counts);
        readers.set(accelerometer, motionReader(acceleration, gPerStep, report, emit));
        readers.set(gyroscope, motionReader(rotation, degreesPerSecondPerStep, report, emit));
        readers.set(telemetry, (bytes) => {
          const percent = u16(bytes, 2) / batteryStepsPerPercent;
          if (percent <= 100) report({ kind: 'battery', device: 'muse-2', fraction: percent / 100 });
        });
        const said = museControl('muse-2', report);
        return {
          push: ({ endpoint, bytes, arrivedAt }) => {
            if (endpoint === control) return said(bytes);
            const read = readers.get(endpoint);
            if (read === undefined) return;
            if (bytes.length === packetBytes) read(bytes, arrivedAt);
            else report({ kind: 'bad-frame', device: 'muse-2', reason: 'length', bytes: bytes.length });
          },
        };
      }),
    };
  },
};

type SampleReader = (bytes: Uint8Array, t: number) => number;

const microvolts: SampleReader = (bytes, t) => (bitsMsbFirst(bytes, 16 + 12 * t, 12) - midScale) * microvoltPerStep;
const counts: SampleReader = (bytes, t) => bitsMsbFirst(bytes, 16 + 24 * t, 24);

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
const s16 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) << 16) >> 16;

/** A writer whose rows come from channels joined by packet number. */
const joinedWriter = (signal: EegSignal | PpgSignal, nTimes: number, report: Reporter) => {
  const nChannels = signal.montage.channels.length;
  const writer = packetWriter(signal, nTimes, report);
  const railed = signal.kind === 'eeg' ? railing(signal, report) : undefined;
  const row = new Float64Array(nChannels);
  const join = channelJoin({
    nChannels,
    nTimes,
    modulus: indexModulus,
    patience,
    deadAfter,
    joined: (number, data) => {
      for (let t = 0; t < nTimes; t++) {
        for (let c = 0; c < nChannels; c++) {
          row[c] = data[c * nTimes + t]!;
          railed?.look(c, row[c] === lowestMicrovolt || row[c] === highestMicrovolt);
        }
        writer.add(row, number * nTimes + t);
      }
    },
    changed: (channel, alive) => {
      const state = alive ? 'delivers again' : 'is silent; its row is 0 until it delivers again';
      report({ kind: 'device-text', device: 'muse-2', text: `${signal.id} channel ${signal.montage.channels[channel]} ${state}` });
    },
  });
  return { writer, railed, ...join };
};

/** A writer that counts samples by packet number: number · nTimes + t. */
const packetWriter = (signal: Signal, nTimes: number, report: Reporter): BlockWriter => {
  const counting = { modulus: indexModulus * nTimes };
  return blockWriter([signal], sampleClock({ signal: signal.id, sfreq: signal.sfreq, ...counting, report }), counting);
};

const motionReader = (
  signal: AccelerationSignal | GyroscopeSignal,
  scale: number,
  report: Reporter,
  emit: Parameters<BlockWriter['flush']>[1],
): PacketReader => {
  const writer = packetWriter(signal, 3, report);
  const row = new Float64Array(3);
  return (bytes, arrivedAt) => {
    for (let t = 0; t < 3; t++) {
      for (let axis = 0; axis < 3; axis++) row[axis] = s16(bytes, 2 + 6 * t + 2 * axis) * scale;
      writer.add(row, u16(bytes, 0) * 3 + t);
    }
    writer.flush(arrivedAt, emit);
  };
};
