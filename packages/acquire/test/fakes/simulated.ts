import { simulatedFrame } from '../../src/devices/simulated.ts';
import { random } from '../../src/wearer/random.ts';
import type { Fake, Unit } from './fake.ts';

/** The simulated sensor with two electrodes: an EEG frame a unit, a skin frame with every 64th. */
export const simulatedSensor = (): Fake => ({
  device: 'simulated',
  variant: 'two electrodes',
  options: { channels: 'Fz,Cz', sfreq: 256, edaSfreq: 4 },
  link: 'stream',
  preface: [],
  unitSec: 1 / 256,
  counted: true,
  tolerance: { eeg: 0, eda: 0 },
  units: (count, seed) => {
    const { normal, uniform } = random(seed, 'sensor');
    return Array.from({ length: count }, (_, k): Unit => {
      const eeg = [normal(), normal()].map((value) => Math.fround(1e4 * value));
      const eda = k % 64 === 0 ? [Math.fround(10 * uniform())] : undefined;
      return {
        frames: [
          { endpoint: '', bytes: simulatedFrame('eeg', k, eeg) },
          ...(eda ? [{ endpoint: '', bytes: simulatedFrame('eda', k / 64, eda) }] : []),
        ],
        samples: { eeg: [eeg], ...(eda ? { eda: [eda] } : {}) },
      };
    });
  },
});
