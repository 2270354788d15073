/**
 * Shimmer3 GSR+ (and Shimmer3R): skin conductance, and the optical pulse on its second input. The messages are drawn in `shimmer3-layout.ts`.
 *
 * - µS by the vendor's amplifier equation, with automatic ranges (`codecs/shimmer-gsr.ts`).
 * - The sample clock is 32768 Hz over a whole divider: the rate nearest to the one asked for is set, and is what the signal says.
 * - Samples are not numbered: a loss shows in the 24-bit tick counter (a turn lasts 512 s), in steps of the divider.
 * - What the channels are and in which order they come is what the inquiry answers; data before it are skipped. A unit left streaming goes on
 *   after a crash of the host: it is stopped first.
 * - Without a CRC a data packet is believed if it follows on the last one in place and time, or if the next follows on it; with one, by the CRC.
 * - Firmware older than 2014 has 16-bit ticks; it is not supported.
 */
import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { shimmerCrc16 } from '../codecs/crc.ts';
import { shimmerMicrosiemens, shimmerSaturated } from '../codecs/shimmer-gsr.ts';
import { decodeWith, framedDecoder } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import { framer, needMore, noFrame } from '../framing.ts';
import type { Command, Wire } from '../link.ts';
import type { EdaSignal, PpgSignal, Signal } from '../signal.ts';
import { acknowledged, battery, chargeOf, dataPacket, inquiry, inStream, type Layout, readInquiry, replyBytes } from './shimmer3-layout.ts';

const clockHz = 32768;
const tickModulus = 2 ** 24;
const commandGapSec = 0.15;
const ranges = ['8-63', '63-220', '220-680', '680-4700', 'auto'] as const;
const maxMessage = 160;
/** Samples that may be missing before a data packet without CRC that is believed at once. */
const maxSteps = 4;

const radios = {
  classic: { write: '', notify: '', service: '' },
  ble: {
    service: '49535343-fe7d-4ae5-8fa9-9fafd205e455',
    write: '49535343-8841-43f4-a8d4-ecbe34729bb3',
    notify: '49535343-1e4d-4bd9-ba61-23c647249616',
  },
  'ble-3r': {
    service: '65333333-a115-11e2-9e9a-0800200ca100',
    write: '65333333-a115-11e2-9e9a-0800200ca102',
    notify: '65333333-a115-11e2-9e9a-0800200ca101',
  },
} as const;
type Radio = keyof typeof radios;

const options = {
  sfreq: 'Samples a second, Hz, 1-512; 51.2 when absent. The nearest 32768/n is set.',
  range: `Resistance range, kΩ: ${ranges.join(', ')}. auto when absent.`,
  ppg: 'Whether an optical pulse probe is on the second input (false when absent).',
  crc: 'Bytes of checksum to ask for: 0 (older firmware), 1 or 2. 0 when absent; newer firmware (LogAndStream 0.16) has it.',
  radio: `How the unit is connected: ${Object.keys(radios).join(', ')}. classic (Bluetooth serial port) when absent.`,
};

/** Shimmer3 GSR+. */
export const shimmer3Gsr: DeviceKind = {
  name: 'shimmer3-gsr',
  title: 'Shimmer3 GSR+',
  schemes: ['serial', 'ble'],
  options,
  create: (given) => {
    const read = optionReader('shimmer3-gsr', options, given);
    const divider = Math.round(clockHz / read.number('sfreq', { min: 1, max: 512, fallback: 51.2 }));
    const range = ranges.indexOf(read.choice('range', ranges, 'auto'));
    const withPpg = read.flag('ppg', false);
    const crcBytes = read.numbers('crc', 1, [0, 1, 2], 0)[0]!;
    const radio = read.choice('radio', Object.keys(radios) as Radio[], 'classic');
    const sfreq = clockHz / divider;
    const eda: EdaSignal = { kind: 'eda', unit: 'µS', id: 'eda', sfreq, montage: { channels: ['GSR'], reference: 'n/a' } };
    const ppg: PpgSignal = { kind: 'ppg', unit: 'a.u.', id: 'ppg', sfreq, montage: { channels: ['PPG'], reference: 'n/a' } };
    const signals: readonly Signal[] = withPpg ? [eda, ppg] : [eda];

    return {
      name: 'shimmer3-gsr',
      signals,
      wire: wireOf(radio, divider, range, withPpg, crcBytes),
      decode: decodeWith((emit, report) => {
        const counting = { modulus: tickModulus, countsPerSample: divider };
        const samples = blockWriter(signals, sampleClock({ signal: eda.id, sfreq, ...counting, report }), counting);
        const row = new Float64Array(signals.length);
        let layout: Layout | undefined;
        let ticks = -1; // of the last sample, on the grid of the divider
        let saturated = false;
        let newlySaturated = false;
        const say = (text: string) => report({ kind: 'device-text', device: 'shimmer3-gsr', text });

        const crcFits = (bytes: Uint8Array, start: number, length: number): boolean => {
          const crc = shimmerCrc16(bytes, start, length);
          return bytes[start + length] === (crc & 0xff) && (crcBytes === 1 || bytes[start + length + 1] === crc >> 8);
        };
        /** Length of a message of `length` bytes with its CRC. */
        const closed = (bytes: Uint8Array, start: number, end: number, length: number): number => {
          if (crcBytes === 0) return length;
          if (end - start < length + crcBytes) return needMore;
          return crcFits(bytes, start, length) ? length + crcBytes : noFrame;
        };
        const ticksAt = (bytes: Uint8Array, start: number) => bytes[start + 1]! | (bytes[start + 2]! << 8) | (bytes[start + 3]! << 16);
        /** How many samples `to` lies after `from`, NaN where it is none of the divider's steps. */
        const stepsTo = (from: number, to: number): number => {
          const steps = ((to - from + tickModulus) % tickModulus) / divider;
          return Math.abs(steps - Math.round(steps)) * divider <= Math.max(2, 0.1 * divider) && steps > 0.5
            ? Math.round(steps)
            : Number.NaN;
        };

        const measureData = (bytes: Uint8Array, start: number, end: number, locked: boolean): number => {
          if (layout === undefined) return noFrame;
          const next = start + layout.length;
          if (end < next) return needMore;
          const now = ticksAt(bytes, start);
          const steps = ticks < 0 ? 1 : stepsTo(ticks, now);
          if (crcBytes > 0) return locked || !Number.isNaN(steps) ? closed(bytes, start, end, layout.length) : noFrame;
          if (locked && ticks >= 0 && steps <= maxSteps) return layout.length;
          if (end - next < 4) return needMore;
          return bytes[next] === dataPacket && stepsTo(now, ticksAt(bytes, next)) <= maxSteps ? layout.length : noFrame;
        };
        /** Answers to commands. In the middle of garbage only the long ones are believed; their first byte alone says nothing. */
        const measureReply = (bytes: Uint8Array, start: number, end: number, believe: boolean): number => {
          const from = bytes[start] === acknowledged ? start + 1 : start;
          if (from === end) return needMore;
          const reply = replyBytes(bytes, from, end);
          if (reply < 0) return needMore;
          if (reply === 0 && (from === start || !believe)) return noFrame;
          if (reply === 0) return crcBytes === 0 ? 1 : closed(bytes, start, end, 1) || 1; // an acknowledgement, the CRC on or not yet
          if (end - from < reply) return needMore;
          if (bytes[from] === inquiry) {
            if (from === start || readInquiry(bytes, from) === undefined) return noFrame;
          } else if (!believe && bytes[from] !== inStream) return noFrame;
          return closed(bytes, start, end, from - start + reply);
        };

        const frames = framer({
          maxLength: maxMessage,
          measure: (bytes, start, end, locked) =>
            bytes[start] === dataPacket
              ? measureData(bytes, start, end, locked)
              : measureReply(bytes, start, end, locked || layout === undefined),
          frame: (bytes, start) => {
            if (bytes[start] === dataPacket) return sample(bytes, start);
            const from = bytes[start] === acknowledged ? start + 1 : start;
            if (bytes[from] === inquiry) configure(readInquiry(bytes, from));
            else if (bytes[from] === inStream && bytes[from + 1] === battery) {
              report({ kind: 'battery', device: 'shimmer3-gsr', fraction: chargeOf(bytes[from + 2]! | (bytes[from + 3]! << 8)) });
            } else if (bytes[from] === 0x2f) say(`firmware ${bytes[from + 3]}.${bytes[from + 5]}.${bytes[from + 6]}`);
          },
          skipped: (garbage) => {
            const reason = crcBytes > 0 ? 'checksum' : 'sync';
            report({ kind: 'bad-frame', device: 'shimmer3-gsr', reason, bytes: garbage.length });
          },
        });

        const configure = (told: Layout | undefined) => {
          layout = told;
          ticks = -1;
          if (told === undefined) return;
          const wrong =
            told.divider !== divider ? `samples at ${clockHz / told.divider} Hz` : told.gsrAt === undefined ? 'does not measure GSR' : '';
          const noPpg = withPpg && told.ppgAt === undefined ? 'does not measure PPG' : '';
          if (wrong === '' && noPpg === '') return;
          say(`the unit ${wrong || noPpg}, against what was asked for; its samples are left out`);
          layout = undefined;
        };

        const sample = (bytes: Uint8Array, start: number) => {
          const { gsrAt, ppgAt, gsrRange } = layout!;
          const word = bytes[start + gsrAt!]! | (bytes[start + gsrAt! + 1]! << 8);
          const range = Math.min(gsrRange, 4);
          row[0] = shimmerMicrosiemens(word, range);
          if (withPpg) row[1] = bytes[start + ppgAt!]! | (bytes[start + ppgAt! + 1]! << 8);
          const now = ticksAt(bytes, start);
          const steps = ticks < 0 ? Number.NaN : stepsTo(ticks, now);
          ticks = Number.isNaN(steps) ? now : (ticks + steps * divider) % tickModulus;
          samples.add(row, ticks);
          const isSaturated = shimmerSaturated(word, range);
          newlySaturated ||= !saturated && isSaturated;
          saturated = isSaturated;
        };

        const flush = (arrivedAt: number) => {
          samples.flush(arrivedAt, emit);
          if (newlySaturated) report({ kind: 'saturation', signal: eda.id, channel: 'GSR', atSec: arrivedAt });
          newlySaturated = false;
        };
        return framedDecoder(frames, flush);
      }),
    };
  },
};

const wireOf = (radio: Radio, divider: number, range: number, ppg: boolean, crcBytes: number): Wire => {
  const { write, notify, service } = radios[radio];
  const command = (bytes: readonly number[], afterSec = commandGapSec): Command => ({
    endpoint: write,
    bytes: Uint8Array.from(bytes),
    afterSec,
  });
  const sensors = 0x000004 | (ppg ? 0x000100 : 0);
  return {
    endpoints: [notify],
    start: [
      command([0x20], 0), // stop, then let what is still under way arrive
      ...(crcBytes > 0 ? [command([0x8b, crcBytes], 0.5)] : []),
      command([0x2e], crcBytes > 0 ? commandGapSec : 0.5),
      command([0x08, sensors & 0xff, (sensors >> 8) & 0xff, sensors >> 16]),
      command([0x05, divider & 0xff, divider >> 8]),
      command([0x21, range]),
      command([0x01]),
      command([0x07], 0.3),
    ],
    stop: [command([0x20], 0)],
    keepAlive: { everySec: 60, commands: [command([0x95], 0)] },
    ...(radio === 'classic' ? { baudRate: 115_200 } : { advertised: { services: [service], namePrefixes: ['Shimmer'] } }),
  };
};
