import { channelsPerFrame, frameLength, gravityPerCount, microvoltsPerCount, railedCount, startByte } from '../devices/cyton-frame.ts';
import { random } from '../wearer/random.ts';
import type { Wearer } from '../wearer/wearer.ts';

/** A sensor board on a simulated wearer: takes commands, sends the bytes that the real board sends. Time is the wearer's, s from 0. */
export interface SimulatedBoard {
  /** Takes a command; gives the board's reply, often none. */
  readonly command: (bytes: Uint8Array) => Uint8Array;
  /** What the board has sent since the last call, up to `sec`. */
  readonly sendUntil: (sec: number) => Uint8Array;
}

export interface BoardOptions {
  readonly wearer: Wearer;
  /** Share of frames or lines that are lost or damaged on the way, 0-1. */
  readonly loss: number;
}

/** Where the eight electrodes are. */
export const simulatedChannels = ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2'] as const;

const cytonSfreq = 250;
/** The accelerometer measures at 25 Hz; frames in between hold zeros. */
const framesPerAcceleration = 10;

/**
 * A Cyton (frame in `devices/cyton-frame.ts`): silent until `b`, stopped by `s`, answers `d` and `v` in words while it is not streaming.
 * Lost frames come in runs of one to four, and their numbers with them.
 */
export const cytonBoard = ({ wearer, loss }: BoardOptions): SimulatedBoard => {
  const source = wearer.eeg({ channels: simulatedChannels, sfreq: cytonSfreq });
  const { uniform, noise } = random(wearer.person.seed, 'cyton');
  const countsPerMicrovolt = 1 / microvoltsPerCount(24);
  let streaming = false;
  let nSent = 0; // samples of the wearer's that are past
  let number = 0;
  let losing = 0;

  const write = (out: Uint8Array, at: number, eeg: Float64Array, t: number, nTimes: number) => {
    out[at] = startByte;
    out[at + 1] = number;
    for (let c = 0; c < channelsPerFrame; c++) {
      const count = Math.max(-railedCount, Math.min(railedCount, Math.round(eeg[c * nTimes + t]! * countsPerMicrovolt)));
      out[at + 2 + 3 * c] = count >> 16;
      out[at + 3 + 3 * c] = count >> 8;
      out[at + 4 + 3 * c] = count;
    }
    if (number % framesPerAcceleration === 0) {
      const upright = [0.06, 0.2, 0.97];
      for (let axis = 0; axis < 3; axis++) {
        const count = Math.round((upright[axis]! + 0.004 * noise()) / gravityPerCount);
        out[at + 26 + 2 * axis] = count >> 8;
        out[at + 27 + 2 * axis] = count;
      }
    }
    out[at + 32] = 0xc0;
  };

  return {
    command: (bytes) => {
      const key = String.fromCharCode(bytes[0] ?? 0);
      if (key === 'b') {
        streaming = true;
        number = 0;
      }
      if (key === 's') streaming = false;
      const reply = streaming ? undefined : cytonReplies[key];
      return new TextEncoder().encode(reply ?? '');
    },
    sendUntil: (sec) => {
      const nTimes = Math.max(0, Math.floor(sec * cytonSfreq + 1e-6) - nSent);
      if (nTimes === 0) return new Uint8Array(0);
      const eeg = source(nTimes);
      nSent += nTimes;
      if (!streaming) return new Uint8Array(0);
      const out = new Uint8Array(frameLength * nTimes);
      let length = 0;
      for (let t = 0; t < nTimes; t++) {
        if (losing === 0 && loss > 0 && uniform() < loss / 2.5) losing = 1 + Math.floor(4 * uniform());
        if (losing > 0) losing--;
        else {
          write(out, length, eeg, t, nTimes);
          length += frameLength;
        }
        number = (number + 1) % 256;
      }
      return out.subarray(0, length);
    },
  };
};

const cytonReplies: Readonly<Record<string, string>> = {
  d: 'updating channel settings to default$$$',
  v: 'OpenBCI V3 8-16 channel\nOn Board ADS1299 Device ID: 0x3E\nLIS3DH Device ID: 0x33\nFirmware: v3.1.2\n$$$',
};

/** A skin conductance sensor that prints `EDA:3.2145` in µS, `sfreq` lines a second, from the moment it has power. A lost line arrives damaged. */
export const lineBoard = ({ wearer, loss, sfreq }: BoardOptions & { readonly sfreq: number }): SimulatedBoard => {
  const source = wearer.eda({ sfreq });
  const { uniform } = random(wearer.person.seed, 'lines');
  let nSent = 0;
  return {
    command: () => new Uint8Array(0),
    sendUntil: (sec) => {
      const nTimes = Math.max(0, Math.floor(sec * sfreq + 1e-6) - nSent);
      nSent += nTimes;
      const lines = Array.from(source(nTimes), (value) => `EDA:${uniform() < loss ? '#' : ''}${value.toFixed(4)}\r\n`);
      return new TextEncoder().encode(lines.join(''));
    },
  };
};
