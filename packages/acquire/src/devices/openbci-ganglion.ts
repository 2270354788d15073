/**
 * OpenBCI Ganglion, 4 channels at 200 Hz over Bluetooth. The packets are drawn in `ganglion-packets.ts`.
 *
 * Decided:
 * - Which firmware speaks is read from characteristic 2A28 (`3.0.2`). Should that fail, an id 0 with its A…G padding tells firmware 2; a whole
 *   ring without one, firmware 3. Nothing is given out before.
 * - Sign: OpenBCI's JavaScript extends the lowest bit, BrainFlow the highest. The firmware puts the sign there, so a difference may use all
 *   other bits: the lowest.
 * - After a lost packet firmware 2's differences rest on nothing: all samples up to the next id 0 are a hole (at most one second).
 * - Acceleration axis in byte 19: ids ending in 1, 2, 3 are x, y, z (both firmwares and OpenBCI's JavaScript); BrainFlow has 0 = −z, 1 = y, 2 = x.
 * - Firmware 3 never sends one of every 201 samples (its counter restarts at 201): a hole a second would leave no epoch at all, so the 200 it
 *   sends count as consecutive and the clock finds their true rate, 199.0 Hz. Its first packet after a start has a stale half: dropped.
 */
import { blockWriter } from '../block-writer.ts';
import { sampleClock } from '../clock.ts';
import { decodeWith } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import type { Command } from '../link.ts';
import { railing } from '../railing.ts';
import type { Reporter } from '../report.ts';
import type { AccelerationSignal, EegSignal } from '../signal.ts';
import { accelerometer, differences, type GiveSample, type Ring, railedMicrovolt, topBits, versionByPackets } from './ganglion-packets.ts';

const uuid = (number: string) => `2d30c08${number}-f39f-4ce6-923f-3484ea480596`;
const notify = uuid('2');
const write = uuid('3');
const softwareRevision = '2a28';

const packetBytes = 20;
const maxText = 4096;
/** A pause in which a whole ring of packets (one second) may have gone unseen. */
const suspiciousPauseSec = 0.5;
/** Firmware 3's rate differs from 200 Hz by 0.5 %. */
const rateTolerance = 0.01;

const options = {
  channels: 'Names of the 4 electrodes, separated by commas; 1,2,3,4 when absent.',
  reference: 'Name of the reference electrode; REF when absent.',
  accelerometer: 'Whether to measure acceleration too (true, the default); without it EEG has one bit more.',
  impedance: 'Measure electrode impedance instead of EEG (false when absent); told by impedance reports.',
  firmware: 'auto (read from the board, the default), 2 or 3.',
};

/** The firmware reads one character of each write. */
const key = (character: string, afterSec = 0): Command => ({
  endpoint: write,
  bytes: Uint8Array.of(character.charCodeAt(0)),
  ...(afterSec > 0 && { afterSec }),
});

/** OpenBCI Ganglion. */
export const openbciGanglion: DeviceKind = {
  name: 'openbci-ganglion',
  title: 'OpenBCI Ganglion (4 channels)',
  schemes: ['ble'],
  options,
  create: (given) => {
    const read = optionReader('openbci-ganglion', options, given);
    const channels = read.channels('channels', ['1', '2', '3', '4']);
    const eeg: EegSignal = {
      kind: 'eeg',
      unit: 'µV',
      id: 'eeg',
      sfreq: 200,
      montage: { channels, reference: read.text('reference', 'REF') },
    };
    const axes = { channels: ['x', 'y', 'z'], reference: 'n/a' };
    const acceleration: AccelerationSignal = { kind: 'acceleration', unit: 'g', id: 'acceleration', sfreq: 10, montage: axes };
    const withAcceleration = read.flag('accelerometer', true);
    const impedance = read.flag('impedance', false);
    const firmware = read.choice('firmware', ['auto', '2', '3'], 'auto');

    return {
      name: 'openbci-ganglion',
      signals: withAcceleration ? [eeg, acceleration] : [eeg],
      wire: {
        endpoints: [notify],
        reads: firmware === 'auto' ? [softwareRevision] : [],
        start: [key('s'), key(withAcceleration ? 'n' : 'N', 0.2), key(impedance ? 'z' : 'b', 0.2)],
        stop: [key(impedance ? 'Z' : 's')],
        advertised: { services: ['fe84'], namePrefixes: ['Ganglion', 'Simblee'] },
      },
      decode: decodeWith((emit, report) => {
        let version = firmware === 'auto' ? undefined : Number(firmware);
        let ring: Ring | undefined;
        const samplesOf = (modulus: number) =>
          blockWriter([eeg], sampleClock({ signal: eeg.id, sfreq: eeg.sfreq, modulus, rateTolerance, report }), { modulus });
        let samples = samplesOf(200);
        const railed = railing(eeg, report);
        const give: GiveSample = (row, counter) => {
          for (let c = 0; c < row.length; c++) {
            railed.look(c, Math.abs(row[c]!) >= railedMicrovolt);
          }
          samples.add(row, counter);
        };
        const motionClock = sampleClock({ signal: acceleration.id, sfreq: acceleration.sfreq, modulus: 10, rateTolerance, report });
        const motion = accelerometer(blockWriter([acceleration], motionClock, { modulus: 10 }));
        const say = texts(channels, report);
        const guess = versionByPackets();
        let lastArrival = Number.NEGATIVE_INFINITY;

        return {
          push: ({ endpoint, bytes, arrivedAt }) => {
            if (endpoint === softwareRevision) {
              const text = Buffer.from(bytes).toString('latin1');
              report({ kind: 'device-text', device: 'openbci-ganglion', text: `firmware ${text}` });
              if (firmware === 'auto' && ring === undefined && (text[0] === '2' || text[0] === '3')) version = Number(text[0]);
              return;
            }
            if (endpoint !== notify) return;
            if (bytes.length < 2 || (bytes[0]! <= 200 && bytes.length !== packetBytes)) {
              return report({ kind: 'bad-frame', device: 'openbci-ganglion', reason: 'length', bytes: bytes.length });
            }
            if (bytes[0]! > 200) return say(bytes);
            version ??= guess(bytes);
            if (version === undefined) return;
            if (ring === undefined) {
              samples = samplesOf(version === 2 ? 201 : 200);
              ring = version === 2 ? differences(give) : topBits(give);
            }
            ring.packet(bytes, arrivedAt - lastArrival > suspiciousPauseSec);
            samples.flush(arrivedAt, emit);
            railed.tell(arrivedAt);
            if (withAcceleration && bytes[0]! <= 100) {
              motion.packet(bytes);
              motion.flush(arrivedAt, emit);
            }
            lastArrival = arrivedAt;
          },
        };
      }),
    };
  },
};

/** Impedances and texts. */
const texts = (channels: readonly string[], report: Reporter) => {
  let text = '';
  return (bytes: Uint8Array) => {
    const id = bytes[0]!;
    const said = Buffer.from(bytes.subarray(1)).toString('latin1');
    if (id <= 205) {
      const digits = /^\s*(\d{1,6})\s*Z/.exec(said)?.[1];
      if (digits === undefined) return report({ kind: 'bad-frame', device: 'openbci-ganglion', reason: 'syntax', bytes: bytes.length });
      return report({ kind: 'impedance', signal: 'eeg', channel: channels[id - 201] ?? 'reference', kiloohm: Number(digits) });
    }
    if (id > 207) return; // 255 is firmware 3's first packet after a start, stale
    text = (text + said).slice(0, maxText);
    if (id === 206) return;
    report({ kind: 'device-text', device: 'openbci-ganglion', text: text.replaceAll('\0', '').trim() });
    text = '';
  };
};
