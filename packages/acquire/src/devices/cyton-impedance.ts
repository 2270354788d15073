import type { Reporter } from '../report.ts';
import type { EegSignal } from '../signal.ts';
import { channelsPerFrame } from './cyton-frame.ts';

/** The test current's frequency, 31.2 Hz, is an eighth of the sampling frequency to within 0.2 %: eight samples a turn. */
const samplesPerTurn = 8;
/** One measurement a second, in whole turns. */
const window = 31 * samplesPerTurn;
/** Lead-off current of the ADS1299 as the board sets it, A. */
const testCurrent = 6e-9;
/** The board's own resistor in series with every electrode, Ω. */
const seriesOhm = 2200;

const cosine = Float64Array.from({ length: samplesPerTurn }, (_, i) => Math.cos((2 * Math.PI * i) / samplesPerTurn));
const sine = Float64Array.from({ length: samplesPerTurn }, (_, i) => Math.sin((2 * Math.PI * i) / samplesPerTurn));

/** Impedance of an electrode, kΩ, from the amplitude of the test tone in µV; 0 where it is below the series resistor. As in OpenBCI's GUI. */
export const kiloohmOf = (amplitudeMicrovolts: number): number =>
  Math.max(0, (amplitudeMicrovolts * 1e-6) / testCurrent - seriesOhm) / 1000;

/**
 * Measures impedance while the board drives its test current: amplitude of the 31.2 Hz tone in each second of samples, reported for every channel. Samples
 * are placed by their number modulo 256, a multiple of a turn, so a lost one costs its weight and no more.
 */
export const cytonImpedance = ({ id, montage }: EegSignal, report: Reporter) => {
  const inPhase = new Float64Array(channelsPerFrame);
  const quadrature = new Float64Array(channelsPerFrame);
  let count = 0;
  return (number: number, microvolts: Float64Array): void => {
    const at = number % samplesPerTurn;
    for (let c = 0; c < channelsPerFrame; c++) {
      inPhase[c]! += microvolts[c]! * cosine[at]!;
      quadrature[c]! += microvolts[c]! * sine[at]!;
    }
    if (++count < window) return;
    for (let c = 0; c < channelsPerFrame; c++) {
      const kiloohm = kiloohmOf((2 * Math.hypot(inPhase[c]!, quadrature[c]!)) / window);
      report({ kind: 'impedance', signal: id, channel: montage.channels[c]!, kiloohm });
    }
    inPhase.fill(0);
    quadrature.fill(0);
    count = 0;
  };
};
