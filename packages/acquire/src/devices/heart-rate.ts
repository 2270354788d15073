/**
 * Any heart-rate sensor of the Bluetooth Heart Rate profile (Polar, Garmin, Wahoo … chest straps and arm bands): context for EDA and EEG.
 *
 *   Heart Rate Measurement, characteristic 2A37 (Bluetooth SIG, GATT Specification Supplement 3.116):
 *
 *     0       1              1 or 2 more   2             2 each
 *     ┌───────┬──────────────┬─────────────┬─────────────┐
 *     │ flags │ rate u8/u16  │ energy u16  │ RR u16 …    │      little endian; RR in 1/1024 s, oldest first
 *     └───────┴──────────────┴─────────────┴─────────────┘
 *     flags: bit 0 rate is u16 · bits 1-2 skin contact (10 none, 11 there) · bit 3 energy present · bit 4 RR intervals present
 *
 * Notifications come about once a second and say nothing of time. The last beat of one is put where the interval before it ends, as long as
 * that lies within 1.5 s of its arrival, and drawn 5 % of the way towards the arrival; otherwise beats were missed: an inexact gap.
 */
import { decodeWith } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import type { Report } from '../report.ts';
import type { HeartRateSignal, InterBeatSignal } from '../signal.ts';

const service = '180d';
const measurement = '2a37';
const batteryLevel = '2a19';
const secondsPerStep = 1 / 1024;
/** Above what a heart can do. 0 says that the sensor has no rate to tell. */
const maxBeatsPerMinute = 300;
const maxAstraySec = 1.5;
const pull = 0.05;

const irregular = { sfreq: 0, montage: { channels: ['heart'], reference: 'n/a' } };
const rate: HeartRateSignal = { kind: 'heart-rate', unit: 'bpm', id: 'heart-rate', ...irregular };
const interval: InterBeatSignal = { kind: 'inter-beat', unit: 's', id: 'inter-beat', ...irregular };

/** Standard Bluetooth heart-rate sensor. */
export const heartRate: DeviceKind = {
  name: 'heart-rate',
  title: 'Bluetooth heart-rate sensor (standard profile)',
  schemes: ['ble'],
  options: {},
  create: (given) => {
    optionReader('heart-rate', {}, given);
    return {
      name: 'heart-rate',
      signals: [rate, interval],
      wire: {
        endpoints: [measurement],
        optionalEndpoints: [batteryLevel],
        reads: [batteryLevel],
        start: [],
        stop: [],
        advertised: { services: [service], namePrefixes: [] },
      },
      decode: decodeWith((emit, report) => {
        let nRates = 0;
        let contact: boolean | undefined;
        const beats = beatTimes(report);
        const bad = (reason: 'length' | 'range', bytes: number) => report({ kind: 'bad-frame', device: 'heart-rate', reason, bytes });

        return {
          push: ({ endpoint, bytes, arrivedAt }) => {
            if (endpoint === batteryLevel) {
              if (bytes.length === 1 && bytes[0]! <= 100) report({ kind: 'battery', device: 'heart-rate', fraction: bytes[0]! / 100 });
              return;
            }
            if (endpoint !== measurement) return;
            const flags = bytes[0] ?? 0;
            const wide = flags & 1;
            const firstInterval = 2 + wide + (flags & 8 ? 2 : 0);
            const nIntervals = flags & 16 ? (bytes.length - firstInterval) >> 1 : 0;
            if (bytes.length < firstInterval || (flags & 16 && (bytes.length - firstInterval) % 2 === 1))
              return bad('length', bytes.length);

            const now = flags & 4 ? (flags & 2) > 0 : undefined;
            if (now !== contact && now !== undefined) {
              report({ kind: 'device-text', device: 'heart-rate', text: now ? 'skin contact' : 'no skin contact' });
            }
            contact = now;

            const beatsPerMinute = bytes[1]! | (wide ? bytes[2]! << 8 : 0);
            if (beatsPerMinute > maxBeatsPerMinute) return bad('range', bytes.length);
            if (beatsPerMinute > 0) {
              emit({ signal: rate, firstSample: nRates++, tmin: arrivedAt, arrivedAt, data: Float64Array.of(beatsPerMinute) });
            }
            const intervals = Array.from({ length: nIntervals }, (_, i) => {
              const at = firstInterval + 2 * i;
              return (bytes[at]! | (bytes[at + 1]! << 8)) * secondsPerStep;
            });
            if (intervals.includes(0)) return bad('range', bytes.length);
            for (const beat of beats(intervals, arrivedAt)) emit({ signal: interval, arrivedAt, ...beat });
          },
        };
      }),
    };
  },
};

/** Places the beats that end `intervals` (s), the last of which was heard of at `arrivedAt`. */
const beatTimes = (report: (report: Report) => void) => {
  let nBeats = 0;
  let last = Number.NaN; // time of the last beat, s
  return (intervals: readonly number[], arrivedAt: number) => {
    const span = intervals.reduce((sum, seconds) => sum + seconds, 0);
    const astray = arrivedAt - (last + span);
    if (intervals.length > 0 && Math.abs(astray) > maxAstraySec) {
      const lost = Math.max(1, Math.round((astray / span) * intervals.length));
      nBeats += lost;
      report({ kind: 'gap', signal: interval.id, lost, exact: false, beforeSample: nBeats, atSec: arrivedAt });
    }
    const follows = Math.abs(astray) <= maxAstraySec;
    let time = follows
      ? last + Math.max(pull * astray, -0.5 * (intervals[0] ?? 0))
      : Math.max(arrivedAt - span, Number.isNaN(last) ? -Infinity : last);
    return intervals.map((seconds) => {
      time += seconds;
      last = time;
      return { firstSample: nBeats++, tmin: time, data: Float64Array.of(seconds) };
    });
  };
};
