import { blockWriter } from '../../src/block-writer.ts';
import { sampleClock } from '../../src/clock.ts';
import { decodeWith } from '../../src/decode-with.ts';
import type { Device } from '../../src/device.ts';
import { framer, needMore, noFrame } from '../../src/framing.ts';
import type { AuxiliarySignal } from '../../src/signal.ts';

export const nWideChannels = 16;
const frameLength = 3 + 3 * nWideChannels + 1;
const command = (text: string) => ({ endpoint: '', bytes: new TextEncoder().encode(text) });

const signal: AuxiliarySignal = {
  id: 'wide',
  kind: 'auxiliary',
  unit: 'a.u.',
  sfreq: 1000,
  montage: { channels: Array.from({ length: nWideChannels }, (_, c) => `c${c}`), reference: 'n/a' },
};

/** Sixteen channels at 1,000 Hz, in counts, made of the parts every device file is made of: no board we know sends that much over a cable. */
export const wideBoard: Device = {
  name: 'wide-board',
  signals: [signal],
  wire: { endpoints: [''], start: [command('s'), command('b')], stop: [command('s')], baudRate: 921_600 },
  decode: decodeWith((emit, report) => {
    const samples = blockWriter([signal], sampleClock({ signal: signal.id, sfreq: 1000, modulus: 65536, report }), { modulus: 65536 });
    const row = new Float64Array(nWideChannels);
    const frames = framer({
      maxLength: frameLength,
      measure: (bytes, start, end) => {
        if (bytes[start] !== 0xa0) return noFrame;
        if (end - start < frameLength) return needMore;
        return bytes[start + frameLength - 1] === 0xc0 ? frameLength : noFrame;
      },
      frame: (bytes, start) => {
        for (let c = 0; c < nWideChannels; c++) {
          const at = start + 3 + 3 * c;
          row[c] = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;
        }
        samples.add(row, (bytes[start + 1]! << 8) | bytes[start + 2]!);
      },
      skipped: (garbage) => report({ kind: 'bad-frame', device: 'wide-board', reason: 'sync', bytes: garbage.length }),
    });
    return {
      push: ({ bytes, arrivedAt }) => {
        frames.push(bytes);
        samples.flush(arrivedAt, emit);
      },
    };
  }),
};
