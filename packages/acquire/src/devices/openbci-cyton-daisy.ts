import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { decodeWith, framedDecoder } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import { railing } from '../railing.ts';
import type { AccelerationSignal, EegSignal } from '../signal.ts';
import { cytonFramer, cytonStart, cytonStop } from './cyton-bytes.ts';
import { channelsPerFrame, gains, int24, microvoltsPerCount, railedCount, readAcceleration } from './cyton-frame.ts';

/**
 * OpenBCI Cyton with Daisy, 16 channels at 125 Hz. The frames are the Cyton's (`cyton-frame.ts`), still 250 a second, in turns:
 *
 *     odd sample number    channels 1-8, mean of the last two raw samples
 *     even sample number   channels 9-16, the same, one raw sample (4 ms) later
 *
 * Which two belong together the references answer differently: BrainFlow joins (even, next odd), OpenBCI's own parser (odd, next even). Either
 * way the halves lie 4 ms apart. Here it is the latter, because the frame numbered 0 after a start holds no valid Daisy sample: so it is
 * without a partner and falls away. A half whose partner was lost is dropped, and the pair counts as one lost sample.
 */
export const openbciCytonDaisy: DeviceKind = {
  name: 'openbci-cyton-daisy',
  title: 'OpenBCI Cyton + Daisy (16 channels)',
  schemes: ['serial'],
  options: {
    channels: 'Names of the 16 electrodes, the board’s eight and then the Daisy’s, separated by commas.',
    reference: 'Name of the reference electrode; SRB2 when absent.',
    gain: 'Amplifier gain, one number or sixteen: 1, 2, 4, 6, 8, 12 or 24 (the board’s default). It is sent to the board.',
  },
  create: (given) => {
    const options = optionReader('openbci-cyton-daisy', openbciCytonDaisy.options, given);
    const gain = options.numbers('gain', 2 * channelsPerFrame, gains, 24);
    const eeg: EegSignal = {
      id: 'eeg',
      kind: 'eeg',
      unit: 'µV',
      sfreq: 125,
      montage: { channels: options.channels('channels', defaultChannels), reference: options.text('reference', 'SRB2') },
    };
    const scale = gain.map(microvoltsPerCount);
    return {
      name: 'openbci-cyton-daisy',
      signals: [eeg, acceleration],
      wire: { endpoints: [''], start: cytonStart('C', gain), stop: cytonStop, baudRate: 115200 },
      decode: decodeWith((emit, report) => {
        const pairs = { modulus: 128 }; // a pair is counted by half its odd number
        const clock = sampleClock({ signal: eeg.id, sfreq: eeg.sfreq, ...pairs, report });
        const samples = blockWriter([eeg, acceleration], clock, pairs);
        const row = new Float64Array(2 * channelsPerFrame + 3).fill(Number.NaN);
        const held = row.subarray(2 * channelsPerFrame);
        const railed = railing(eeg, report);
        let awaited = -1; // number of the Daisy frame that completes the pair

        const frames = cytonFramer('openbci-cyton-daisy', report, (bytes, start) => {
          const number = bytes[start + 1]!;
          const first = number % 2 === 1 ? 0 : channelsPerFrame;
          for (let c = 0; c < channelsPerFrame; c++) {
            const count = int24(bytes, start + 2 + 3 * c);
            railed.look(first + c, Math.abs(count) >= railedCount);
            row[first + c] = count * scale[first + c]!;
          }
          readAcceleration(bytes, start, held);
          if (number === awaited) samples.add(row, ((number + 255) % 256) >> 1);
          awaited = first === 0 ? (number + 1) % 256 : -1;
        });
        const flush = (arrivedAt: number) => {
          samples.flush(arrivedAt, emit);
          railed.tell(arrivedAt);
        };
        return framedDecoder(frames, flush);
      }),
    };
  },
};

/** OpenBCI's Ultracortex, the boards' documented default. */
const defaultChannels = ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2', 'F7', 'F8', 'F3', 'F4', 'T7', 'T8', 'P3', 'P4'];

const acceleration: AccelerationSignal = {
  id: 'acceleration',
  kind: 'acceleration',
  unit: 'g',
  sfreq: 125,
  montage: { channels: ['x', 'y', 'z'], reference: 'n/a' },
};
