import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { decodeWith, framedDecoder } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import { railing } from '../railing.ts';
import type { AccelerationSignal, EegSignal } from '../signal.ts';
import { cytonFramer, cytonStart, cytonStop, cytonTestCurrent } from './cyton-bytes.ts';
import { channelsPerFrame, gains, int24, microvoltsPerCount, railedCount, readAcceleration } from './cyton-frame.ts';
import { cytonImpedance } from './cyton-impedance.ts';

/**
 * OpenBCI Cyton, 8 channels at 250 Hz over its USB dongle. The frame is drawn in `cyton-frame.ts`.
 *
 * - Electrode names are the board's documented default (OpenBCI's Ultracortex, the same as in its GUI and in BrainFlow): Fp1 Fp2 C3 C4 P7 P8
 *   O1 O2 against SRB2. Where the wires go is for the wearer to say: option `channels`.
 * - Acceleration comes on the same 250 Hz grid, each value held until the accelerometer (25 Hz) measures anew; none is given before the first.
 * - A sample number that jumps is a gap of that many samples; a loss of more than one turn (256 samples, 1.024 s) is counted by arrival time.
 * - With `impedance` the board sends 6 nA at 31.2 Hz through every electrode and each second's impedance is reported. The EEG comes too, with that tone
 *   in it: no use for the beta and gamma bands.
 */
export const openbciCyton: DeviceKind = {
  name: 'openbci-cyton',
  title: 'OpenBCI Cyton (8 channels)',
  schemes: ['serial', 'simulated'],
  options: {
    channels: 'Names of the 8 electrodes in the order of the board’s pins, separated by commas.',
    reference: 'Name of the reference electrode; SRB2 when absent.',
    gain: 'Amplifier gain, one number or eight: 1, 2, 4, 6, 8, 12 or 24 (the board’s default). It is sent to the board.',
    impedance: 'Measure electrode impedance beside the EEG (false when absent); told by impedance reports.',
  },
  create: (given) => {
    const options = optionReader('openbci-cyton', openbciCyton.options, given);
    const gain = options.numbers('gain', channelsPerFrame, gains, 24);
    const eeg: EegSignal = {
      id: 'eeg',
      kind: 'eeg',
      unit: 'µV',
      sfreq: 250,
      montage: { channels: options.channels('channels', defaultChannels), reference: options.text('reference', 'SRB2') },
    };
    const scale = gain.map(microvoltsPerCount);
    const impedance = options.flag('impedance', false);
    return {
      name: 'openbci-cyton',
      signals: [eeg, acceleration],
      wire: {
        endpoints: [''],
        start: cytonStart('c', gain, impedance ? cytonTestCurrent(true) : []),
        stop: impedance ? [...cytonStop, ...cytonTestCurrent(false)] : cytonStop,
        baudRate: 115200,
      },
      decode: decodeWith((emit, report) => {
        const clock = sampleClock({ signal: eeg.id, sfreq: eeg.sfreq, modulus: 256, report });
        const samples = blockWriter([eeg, acceleration], clock, { modulus: 256 });
        const row = new Float64Array(channelsPerFrame + 3).fill(Number.NaN);
        const held = row.subarray(channelsPerFrame);
        const railed = railing(eeg, report);
        const measure = impedance ? cytonImpedance(eeg, report) : undefined;

        const frames = cytonFramer('openbci-cyton', report, (bytes, start) => {
          for (let c = 0; c < channelsPerFrame; c++) {
            const count = int24(bytes, start + 2 + 3 * c);
            railed.look(c, Math.abs(count) >= railedCount);
            row[c] = count * scale[c]!;
          }
          measure?.(bytes[start + 1]!, row);
          readAcceleration(bytes, start, held);
          samples.add(row, bytes[start + 1]!);
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

const defaultChannels = ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2'];

const acceleration: AccelerationSignal = {
  id: 'acceleration',
  kind: 'acceleration',
  unit: 'g',
  sfreq: 250,
  montage: { channels: ['x', 'y', 'z'], reference: 'n/a' },
};
