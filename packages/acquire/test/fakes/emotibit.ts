import { random } from '../../src/wearer/random.ts';
import type { Fake, Unit } from './fake.ts';

/** A line as the device writes it. */
export const emotibitText = (stamp: number, number: number, tag: string, values: readonly (number | string)[]): string =>
  `${stamp},${number & 0xffff},${values.length},${tag},1,100${values.map((value) => `,${value}`).join('')}\n`;

/** An EmotiBit: a datagram each 0.4 s with all tags, line numbers about to wrap. */
export const emotibitDatagrams = (): Fake => ({
  device: 'emotibit',
  variant: 'version 4',
  options: {},
  link: 'packets',
  preface: [{ endpoint: '', bytes: Uint8Array.from(Buffer.from(emotibitText(900, 0, 'HH', ['EI', 'MD-V5-0000']))) }],
  unitSec: 0.4,
  counted: false,
  tolerance: { eda: 0, ppg: 0, acceleration: 0, gyroscope: 0, temperature: 0 },
  units: (count, seed) => {
    const { uniform } = random(seed, 'emotibit');
    let number = 65_500;
    return Array.from({ length: count }, (_, k): Unit => {
      const stamp = 5000 + 400 * k;
      const values = (n: number, scale: number) => Array.from({ length: n }, () => Number((uniform() * scale).toFixed(3)));
      const shares = {
        eda: ['EA'],
        ppg: ['PI', 'PR', 'PG'],
        acceleration: ['AX', 'AY', 'AZ'],
        gyroscope: ['GX', 'GY', 'GZ'],
        temperature: ['T1'],
      };
      const counts = { eda: 6, ppg: 10, acceleration: 10, gyroscope: 10, temperature: 3 };
      const samples: Record<string, number[][]> = {};
      let text = '';
      for (const [id, tags] of Object.entries(shares)) {
        const n = counts[id as keyof typeof counts];
        const columns = tags.map(() => values(n, id === 'ppg' ? 150_000 : 30));
        tags.forEach((tag, c) => {
          text += emotibitText(stamp, number++, tag, columns[c]!);
        });
        samples[id] = Array.from({ length: n }, (_, t) => columns.map((column) => column[t]!));
      }
      if (k % 25 === 0) text += emotibitText(stamp, number++, 'B%', [91]);
      return { frames: [{ endpoint: '', bytes: Uint8Array.from(Buffer.from(text)) }], samples };
    });
  },
});
