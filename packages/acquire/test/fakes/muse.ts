import { random } from '../../src/wearer/random.ts';
import { bitString, type Fake, type Frame, type Unit, u16be, u24be } from './fake.ts';

const characteristic = (digits: string) => `273e${digits}-4c4d-454d-96be-f03bac821358`;

/** An EEG notification: packet number, twelve 12-bit numbers. */
export const museEeg = (digits: string, index: number, raw: readonly number[]): Frame => {
  const bits = bitString('msb');
  for (const value of raw) bits.put(value, 12);
  return { endpoint: characteristic(digits), bytes: Uint8Array.from([...u16be(index & 0xffff), ...bits.bytes()]) };
};

/** A control reply: how many characters count, the characters, and what was left in the buffer. */
export const museReply = (text: string): Frame => ({
  endpoint: characteristic('0001'),
  bytes: Uint8Array.from([text.length, ...Buffer.from(text), ...new Array(19 - text.length).fill(0x2c)]),
});

const eegDigits = ['0003', '0004', '0005', '0006', '0007'];
const ppgDigits = ['000f', '0010', '0011'];

/**
 * Notifications of a Muse 2, one EEG packet a unit: each electrode's twelve samples, and whatever accelerometer, gyroscope, PPG and telemetry
 * packets fall due meanwhile. `firstIndex` lets the packet number wrap.
 */
export const museNotifications = (preset: 'p21' | 'p50', firstIndex = 65_500): Fake => ({
  device: 'muse-2',
  variant: preset,
  options: { preset },
  link: 'packets',
  preface: [museReply('{"hn":"Muse-1324",'), museReply('"bp":82,"rc":0}')],
  unitSec: 12 / 256,
  counted: true,
  tolerance: { eeg: 1e-9, acceleration: 1e-9, gyroscope: 1e-9, ppg: 0 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'muse');
    const integer = (below: number) => Math.floor(uniform() * below);
    const electrodes = eegDigits.slice(0, preset === 'p50' ? 5 : 4);
    let motions = 0;
    let pulses = 0;
    return Array.from({ length: count }, (_, k): Unit => {
      const raw = electrodes.map(() => Array.from({ length: 12 }, () => integer(4096)));
      const frames = electrodes.map((digits, c) => museEeg(digits, firstIndex + k, raw[c]!));
      const samples: Record<string, number[][]> = {
        eeg: Array.from({ length: 12 }, (_, t) => raw.map((row) => (row[t]! - 2048) * 0.48828125)),
        acceleration: [],
        gyroscope: [],
        ppg: [],
      };
      for (; motions * 3 < ((k * 12) / 256) * 52; motions++) {
        for (const [digits, id, scale] of [
          ['000a', 'acceleration', 1 / 16384],
          ['0009', 'gyroscope', 0.0074768],
        ] as const) {
          const rows = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => integer(65536) - 32768));
          const bytes = [...u16be((firstIndex + motions) & 0xffff), ...rows.flat().flatMap((n) => u16be(n & 0xffff))];
          frames.push({ endpoint: characteristic(digits), bytes: Uint8Array.from(bytes) });
          samples[id]!.push(...rows.map((row) => row.map((n) => n * scale)));
        }
      }
      for (; preset === 'p50' && pulses * 6 < ((k * 12) / 256) * 64; pulses++) {
        const light = ppgDigits.map(() => Array.from({ length: 6 }, () => integer(2 ** 24)));
        ppgDigits.forEach((digits, c) => {
          frames.push({
            endpoint: characteristic(digits),
            bytes: Uint8Array.from([...u16be((firstIndex + pulses) & 0xffff), ...light[c]!.flatMap(u24be)]),
          });
        });
        samples.ppg!.push(...Array.from({ length: 6 }, (_, t) => light.map((row) => row[t]!)));
      }
      return { frames, samples };
    });
  },
});
