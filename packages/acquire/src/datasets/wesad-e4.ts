import { join } from 'node:path';
import { AcquireError } from '../errors.ts';
import { openEmpaticaE4 } from '../files/empatica-e4.ts';
import { ignoreReports } from '../report.ts';
import type { HeartRateSignal, InterBeatSignal, SampleBlock } from '../signal.ts';
import { namesIn, possible } from './checked.ts';

/** What the wristband computed itself, on the time of the pickle: its heart rate and the intervals between beats. */
export interface WesadBeats {
  /** In [fromSec, toSec) of the pickle's time. */
  readonly between: (fromSec: number, toSec: number) => SampleBlock[];
}

const heartRate: HeartRateSignal = {
  id: 'wrist-heart-rate',
  kind: 'heart-rate',
  unit: 'bpm',
  sfreq: 1,
  montage: { channels: ['HR'], reference: 'n/a' },
};
const interBeat: InterBeatSignal = {
  id: 'wrist-inter-beat',
  kind: 'inter-beat',
  unit: 's',
  sfreq: 0,
  montage: { channels: ['IBI'], reference: 'n/a' },
};

/**
 * How many values of skin conductance must be found again to be sure of the place, and how near they must be (the CSV has six decimals).
 */
export const wesadWitnesses = 240;
const sameWithin = 1e-6;
const maxValues = 10_000_000;

/**
 * Reads `<subject>_E4_Data.zip`, the wristband's own export, which the pickle was cut from. Nothing says where; the pickle's first values
 * of skin conductance (`witnesses`) are found again in it, and must be there exactly once. Undefined, with a note, where the archive is
 * damaged or the values are not found.
 */
export const readWesadE4 = async (
  folder: string,
  subject: string,
  witnesses: Float64Array,
  note: (oddity: string) => void,
): Promise<WesadBeats | undefined> => {
  const name = `${subject}_E4_Data.zip`;
  if (!(await namesIn(folder)).includes(name)) return undefined;
  const path = join(folder, name);
  try {
    const recording = await openEmpaticaE4(path);
    const eda: number[] = [];
    const rates: { atSec: number; value: number }[] = [];
    const beats: { atSec: number; value: number }[] = [];
    let edaSec = Number.NaN;
    for await (const { signal, tmin, data } of recording.blocks(ignoreReports)) {
      if (eda.length + rates.length + beats.length > maxValues)
        throw new AcquireError('bad-file', `'${path}' holds more than a person's session.`);
      if (signal.id === 'eda') {
        if (eda.length === 0) edaSec = tmin;
        for (const value of data) eda.push(value);
      }
      if (signal.id === 'heart-rate') for (let i = 0; i < data.length; i++) rates.push({ atSec: tmin + i, value: data[i]! });
      if (signal.id === 'inter-beat') beats.push({ atSec: tmin, value: data[0]! });
    }
    const places = placesOf(witnesses, eda);
    if (places.length !== 1) {
      note(`${name} cannot be laid beside the pickle: its skin conductance begins there ${places.length} times`);
      return undefined;
    }
    const zeroSec = edaSec + places[0]! / 4;
    return {
      between: (fromSec, toSec) => {
        const within = ({ atSec }: { atSec: number }) => atSec - zeroSec >= fromSec && atSec - zeroSec < toSec;
        const heart = rates.filter(within);
        const blocks: SampleBlock[] = [];
        if (heart.length > 0) {
          const tmin = heart[0]!.atSec - zeroSec;
          const data = possible(
            path,
            heartRate.id,
            Float64Array.from(heart, ({ value }) => value),
          );
          blocks.push({ signal: heartRate, firstSample: Math.round(tmin), tmin, arrivedAt: tmin + heart.length, data });
        }
        beats.forEach((beat, i) => {
          if (!within(beat)) return;
          const tmin = beat.atSec - zeroSec;
          blocks.push({
            signal: interBeat,
            firstSample: i,
            tmin,
            arrivedAt: tmin,
            data: possible(path, interBeat.id, Float64Array.of(beat.value)),
          });
        });
        return blocks;
      },
    };
  } catch (error) {
    if (!(error instanceof AcquireError)) throw error;
    note(`${name} cannot be read: ${error.message}`);
    return undefined;
  }
};

/** Where the witnesses stand in a row of values. A stretch without any change is no witness. */
const placesOf = (witnesses: Float64Array, values: readonly number[]): number[] => {
  const places: number[] = [];
  for (let at = 0; at + witnesses.length <= values.length && witnesses.length > 0; at++) {
    let n = 0;
    while (n < witnesses.length && Math.abs(values[at + n]! - witnesses[n]!) < sameWithin) n++;
    if (n === witnesses.length) places.push(at);
  }
  return places;
};
