import { type SimulatedConfiguration, simulatedFrame } from '../devices/simulated.ts';
import { AcquireError } from '../errors.ts';
import { random } from '../wearer/random.ts';
import type { BoardOptions, SimulatedBoard } from './simulated-board.ts';

/** The far end of the device `simulated` (its frames are drawn there): silent until a line of JSON tells it what to measure. */
export const wearerBoard = ({ wearer, loss }: BoardOptions): SimulatedBoard => {
  const { uniform } = random(wearer.person.seed, 'wearer board');
  let streams: ((sec: number) => Uint8Array[])[] = [];
  let now = 0;

  /** One kind of frame: the samples up to a time, less what is lost. What lies before the start command is past. */
  const stream = (kind: 'eeg' | 'eda', source: (nTimes: number) => Float64Array, width: number, sfreq: number) => {
    const samplesUntil = (sec: number) => Math.floor(sec * sfreq + 1e-6);
    let nSent = samplesUntil(now);
    if (nSent > 0) source(nSent);
    let counter = 0;
    return (sec: number): Uint8Array[] => {
      const nTimes = Math.max(0, samplesUntil(sec) - nSent);
      const data = source(nTimes);
      nSent += nTimes;
      const frames: Uint8Array[] = [];
      for (let t = 0; t < nTimes; t++, counter++) {
        const values = Float64Array.from({ length: width }, (_, c) => data[c * nTimes + t]!);
        if (uniform() >= loss) frames.push(simulatedFrame(kind, counter, values));
      }
      return frames;
    };
  };

  return {
    command: (bytes) => {
      const { channels, sfreq, edaSfreq } = configurationIn(bytes);
      streams = [
        stream('eeg', wearer.eeg({ channels, sfreq }), channels.length, sfreq),
        stream('eda', wearer.eda({ sfreq: edaSfreq }), 1, edaSfreq),
      ];
      return new Uint8Array(0);
    },
    sendUntil: (sec) => {
      now = sec;
      return Buffer.concat(streams.flatMap((sendUntil) => sendUntil(sec)));
    },
  };
};

const configurationIn = (bytes: Uint8Array): SimulatedConfiguration => {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith('{')) throw new AcquireError('bad-option', "'simulated:wearer' understands the device 'simulated' only.");
  return JSON.parse(text);
};
