/**
 * NeuroSky headsets with the ThinkGear module (MindWave, MindWave Mobile), over their USB dongle or Bluetooth serial port.
 *
 *   0    1    2     3                  3 + n
 *   ┌────┬────┬─────┬─ ─ ─ ─ ─ ─ ─ ─ ─┬─────┐
 *   │ AA │ AA │  n  │ payload          │ sum │   n ≤ 169; sum = ~(payload bytes added up) & FF
 *   └────┴────┴─────┴─ ─ ─ ─ ─ ─ ─ ─ ─┴─────┘
 *   payload: rows of [55 …] code [length] value: codes below 80 have one byte of value and no length
 *     02 poor signal, 0 good - 200 off the head        80 raw sample, s16 big endian, 512 Hz
 *     04 attention, 05 meditation, 1-100 %, 1 Hz       83 band powers in units nobody knows: left out
 *     D0 connected  D1 not found  D2 disconnected  D3 denied  D4 standby (of the dongle)
 *
 * (NeuroSky, ThinkGear Serial Stream Guide.) µV = raw · 1.8 V / 4096 / 2000, the guide's example gain. Baud rates contradict each other in the
 * wild (dongle 115,200, Bluetooth 57,600, or the other way round): an option. Samples are not counted by the headset: what the checksum refuses
 * is counted as lost by its length (a raw packet is 8 bytes), a pause by time.
 */
import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { decodeWith, framedDecoder } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import { framer, needMore, noFrame } from '../framing.ts';
import type { AuxiliarySignal, EegSignal } from '../signal.ts';

const microvoltPerStep = (1.8 / 4096 / 2000) * 1e6;
const maxPayload = 169;
const rawPacketBytes = 8;
const autoConnect = 0xc2;
const disconnect = 0xc1;

const dongleStates: ReadonlyMap<number, string> = new Map([
  [0xd0, 'headset connected'],
  [0xd1, 'headset not found'],
  [0xd2, 'headset disconnected'],
  [0xd3, 'connection denied'],
  [0xd4, 'dongle waits for a headset'],
]);

const options = {
  baud: 'Serial speed: 115200 (the USB dongle, the default) or 57600 (Bluetooth serial port of a MindWave Mobile).',
  dongle: 'Whether to tell a USB dongle to look for its headset (true, the default).',
};

const eeg: EegSignal = { kind: 'eeg', unit: 'µV', id: 'eeg', sfreq: 512, montage: { channels: ['Fp1'], reference: 'A1' } };
const esense: AuxiliarySignal = {
  kind: 'auxiliary',
  unit: '%',
  id: 'esense',
  sfreq: 0,
  montage: { channels: ['attention', 'meditation'], reference: 'n/a' },
};

/** NeuroSky MindWave. */
export const neuroskyThinkgear: DeviceKind = {
  name: 'neurosky-thinkgear',
  title: 'NeuroSky MindWave (ThinkGear)',
  schemes: ['serial'],
  options,
  create: (given) => {
    const read = optionReader('neurosky-thinkgear', options, given);
    const dongle = read.flag('dongle', true);
    const command = (byte: number) => (dongle ? [{ endpoint: '', bytes: Uint8Array.of(byte) }] : []);
    return {
      name: 'neurosky-thinkgear',
      signals: [eeg, esense],
      wire: {
        endpoints: [''],
        start: command(autoConnect),
        stop: command(disconnect),
        baudRate: read.number('baud', { min: 1200, max: 921_600, fallback: 115_200 }),
      },
      decode: decodeWith((emit, report) => {
        const samples = blockWriter([eeg], sampleClock({ signal: eeg.id, sfreq: eeg.sfreq, report }));
        const row = new Float64Array(1);
        const minds: Float64Array[] = [];
        let nMinds = 0;
        let contact: string | undefined;
        let streaming = false;
        const say = (text: string) => report({ kind: 'device-text', device: 'neurosky-thinkgear', text });

        const payload = (bytes: Uint8Array, start: number, end: number) => {
          const levels = Float64Array.of(0, 0);
          for (let at = start; at < end; ) {
            while (at < end && bytes[at] === 0x55) at++; // extended codes: none is known
            const code = bytes[at]!;
            const length = code < 0x80 ? 1 : bytes[at + 1]!;
            at += code < 0x80 ? 1 : 2;
            if (!(at + length <= end))
              return report({ kind: 'bad-frame', device: 'neurosky-thinkgear', reason: 'syntax', bytes: end - start });
            if (code === 0x80 && length === 2) {
              row[0] = (((bytes[at]! << 24) | (bytes[at + 1]! << 16)) >> 16) * microvoltPerStep;
              samples.add(row);
              streaming = true;
            } else if (code === 0x02) {
              const now = bytes[at]! >= 200 ? 'electrode off the head' : bytes[at]! > 50 ? 'poor signal' : 'good signal';
              if (now !== contact) say(now);
              contact = now;
            } else if (code === 0x04 || code === 0x05) levels[code - 4] = Math.min(100, bytes[at]!);
            else if (dongleStates.has(code)) say(dongleStates.get(code)!);
            at += length;
          }
          if (levels[0]! > 0 && levels[1]! > 0) minds.push(levels);
        };

        const frames = framer({
          maxLength: maxPayload + 4,
          measure: (bytes, start, end) => {
            if (bytes[start] !== 0xaa) return noFrame;
            if (end - start < 3) return end - start === 2 && bytes[start + 1] !== 0xaa ? noFrame : needMore;
            const length = bytes[start + 2]!;
            if (bytes[start + 1] !== 0xaa || length > maxPayload || length === 0) return noFrame;
            if (end - start < length + 4) return needMore;
            let sum = 0;
            for (let i = 0; i <= length; i++) sum += bytes[start + 3 + i]!;
            return (sum & 0xff) === 0xff ? length + 4 : noFrame; // payload plus its complement
          },
          frame: (bytes, start, length) => payload(bytes, start + 3, start + length - 1),
          skipped: (garbage) => {
            report({ kind: 'bad-frame', device: 'neurosky-thinkgear', reason: 'checksum', bytes: garbage.length });
            if (!streaming) return;
            const lost = Math.round(garbage.length / rawPacketBytes);
            if (lost > 0) samples.lose(lost, false);
          },
        });
        const flush = (arrivedAt: number) => {
          samples.flush(arrivedAt, emit);
          for (const data of minds) emit({ signal: esense, firstSample: nMinds++, tmin: arrivedAt, arrivedAt, data });
          minds.length = 0;
        };
        return framedDecoder(frames, flush);
      }),
    };
  },
};
