/**
 * EmotiBit over WiFi: lines of text, many to a UDP datagram (EmotiBit_XPlat_Utils, EmotiBit_Docs, MIT):
 *
 *   ms since start, line number u16, values, tag, version, reliability 100, value, value, …\n
 *   47076,4106,2,EA,1,100,1.791457,1.791457
 *
 *   EA skin conductance µS 15 Hz · PI PR PG pulse 25 Hz · AX AY AZ g 25 Hz · GX GY GZ °/s 25 Hz · T0 T1 TH °C 7.5 Hz
 *   HR bpm · BI ms between beats · B% battery · DC clipped values · DO values the device dropped: tag, how many
 *
 * Conversation: the host says HE (hello) to everybody on UDP port 3131, the device answers HH; the host says EC with the port of its TCP server
 * for control (CP) and of its UDP socket for data (DP); the device connects, and sends as long as a PN (ping) with DP comes about once a second.
 * So the link is `udp:3133?to=255.255.255.255:3131`. RD asks for the time; recordings on the card need the answer, live streams do not.
 *
 * Line numbers count all tags together, so a jump says that lines are missing, not of which kind: for each signal the device's own time before
 * and after tells how many samples, to within one or two (`exact: false`). Lines that come late (UDP does not keep order) are left out.
 */
import { blockWriter } from '../block-writer.ts';
import { type SampleClock, sampleClock } from '../clock.ts';
import { emotibitCommand, emotibitLine } from '../codecs/emotibit-line.ts';
import { decodeWith } from '../decode-with.ts';
import type { DeviceKind } from '../device.ts';
import { optionReader } from '../device-options.ts';
import { lineFramer } from '../framing.ts';
import type { Wire } from '../link.ts';
import type { HeartRateSignal, InterBeatSignal, Signal } from '../signal.ts';
import { type EmotibitStreams, emotibitStreams } from './emotibit-streams.ts';

const numberModulus = 65536;
/** A line this far behind the newest is late; farther, and the device has started anew. */
const lateLines = 1000;
const maxLine = 4096;
/** What is said outside the numbered stream of data. */
const conversation = new Set(['HE', 'HH', 'EC', 'PN', 'PO', 'ED']);
const maxDropped = 10_000;
/** True rates in the recording of ofxEmotiBit: 15.23, 25.27 and 7.61 Hz. */
const rateTolerance = 0.02;

const options = {
  temperature: 'Which thermometer: T1 (when absent), T0 or TH (the thermopile of an EmotiBit MD).',
  ppgRate: 'Samples of the pulse sensor a second: 25 (when absent) or 100 (special firmware).',
  port: 'UDP port of the link, 3133 when absent; the port before it is told to the device for its control connection.',
};

/** EmotiBit. */
export const emotibit: DeviceKind = {
  name: 'emotibit',
  title: 'EmotiBit',
  schemes: ['udp', 'serial'],
  options,
  create: (given) => {
    const read = optionReader('emotibit', options, given);
    const thermometer = read.choice('temperature', ['T1', 'T0', 'TH'], 'T1');
    const streams = emotibitStreams(thermometer, read.numbers('ppgRate', 1, [25, 100], 25)[0]!);
    const beats = { sfreq: 0, montage: { channels: ['heart'], reference: 'n/a' } };
    const rate: HeartRateSignal = { kind: 'heart-rate', unit: 'bpm', id: 'heart-rate', ...beats };
    const interval: InterBeatSignal = { kind: 'inter-beat', unit: 's', id: 'inter-beat', ...beats };

    return {
      name: 'emotibit',
      signals: [...streams.map((stream) => stream.signal), rate, interval],
      wire: wireOf(read.number('port', { min: 1024, max: 65535, fallback: 3133 })),
      decode: decodeWith((emit, report) => {
        const groups = new Map<string, Group>();
        for (const stream of streams) {
          const clock = sampleClock({ signal: stream.signal.id, sfreq: stream.signal.sfreq, rateTolerance, report });
          const group = tagGroup(stream, clock);
          for (const tag of stream.tags) groups.set(tag, group);
        }
        const irregular = { HR: { signal: rate, scale: 1, n: 0 }, BI: { signal: interval, scale: 1e-3, n: 0 } };
        let number = -1; // of the newest line
        let jumps = 0;
        let arrivedAt = 0;
        const bad = (bytes: number) => report({ kind: 'bad-frame', device: 'emotibit', reason: 'syntax', bytes });
        const say = (text: string) => report({ kind: 'device-text', device: 'emotibit', text });

        /** Whether the line is not too late, and counts jumps. */
        const isNew = (now: number): boolean => {
          const ahead = (now - number + numberModulus) % numberModulus;
          if (number >= 0 && ahead >= numberModulus - lateLines) {
            report({ kind: 'dropped', stage: 'emotibit', what: 'late lines', count: 1 });
            return false;
          }
          if (number >= 0 && ahead > 1) jumps++; // 0: remarks of the device to itself (DN) repeat a number
          number = now;
          return true;
        };

        const lines = lineFramer({
          maxLength: maxLine,
          tooLong: (length) => report({ kind: 'bad-frame', device: 'emotibit', reason: 'length', bytes: length }),
          line: (text) => {
            const line = emotibitLine(text);
            if (line === undefined) return bad(text.length);
            const { tag, stamp, payload } = line;
            if (conversation.has(tag) || !isNew(line.number)) return;
            const group = groups.get(tag);
            const beat = tag === 'HR' || tag === 'BI' ? irregular[tag] : undefined;
            if (group !== undefined) {
              const values = payload.map(Number);
              if (!values.every(Number.isFinite) || payload.includes('')) return bad(text.length);
              group.take(tag, stamp, values, jumps);
            } else if (beat !== undefined) {
              for (const value of payload.map(Number)) {
                if (!(value > 0 && value < 1e5)) bad(text.length);
                else
                  emit({
                    signal: beat.signal,
                    firstSample: beat.n++,
                    tmin: arrivedAt,
                    arrivedAt,
                    data: Float64Array.of(value * beat.scale),
                  });
              }
            } else if (tag === 'B%') {
              const percent = Number(payload[0]);
              if (percent >= 0 && percent <= 100) report({ kind: 'battery', device: 'emotibit', fraction: percent / 100 });
            } else if (tag === 'DO') {
              for (let i = 0; i + 1 < payload.length; i += 2) groups.get(payload[i]!)?.lose(payload[i]!, Number(payload[i + 1]));
            } else if (tag === 'DC') {
              const clipped = groups.get(payload[0] ?? '');
              if (clipped !== undefined) report({ kind: 'saturation', signal: clipped.signal.id, channel: payload[0]!, atSec: arrivedAt });
            } else if (tag === 'EM' || tag === 'EI') say(`${tag} ${payload.join(' ')}`);
          },
        });
        const flush = () => {
          for (const group of new Set(groups.values())) group.flush(arrivedAt, emit);
        };
        return {
          push: (chunk) => {
            arrivedAt = chunk.arrivedAt;
            lines.push(chunk.bytes);
            flush();
          },
          end: () => {
            lines.end();
            flush();
          },
        };
      }),
    };
  },
};

interface Group {
  readonly signal: Signal;
  /** The values of one line; `jumps` counts the jumps of the line number so far. */
  readonly take: (tag: string, stamp: number, values: readonly number[], jumps: number) => void;
  /** The device itself dropped `count` values of `tag`. */
  readonly lose: (tag: string, count: number) => void;
  readonly flush: ReturnType<typeof blockWriter>['flush'];
}

/** Puts lines of the tags that make one signal together: those of one stamp. */
const tagGroup = ({ signal, tags }: EmotibitStreams[number], clock: SampleClock): Group => {
  const { add, lose, flush } = blockWriter([signal], clock);
  const row = new Float64Array(tags.length);
  const lines: (readonly number[] | undefined)[] = new Array(tags.length).fill(undefined);
  let n = 0; // samples of the open group, 0 where none is open
  let stamp = -1;
  let jumpsSeen = 0;

  const give = () => {
    const whole = lines.every((values) => values?.length === n);
    if (!whole && n > 0) lose(n);
    for (let t = 0; whole && t < n; t++) {
      for (let c = 0; c < row.length; c++) row[c] = lines[c]![t]!;
      add(row);
    }
    lines.fill(undefined);
    n = 0;
  };

  return {
    signal,
    flush,
    lose: (tag, count) => {
      if (tag !== tags[0] || !(count > 0)) return;
      lose(Math.min(Math.round(count), maxDropped));
    },
    take: (tag, at, values, jumps) => {
      if (values.length === 0) return;
      if (at !== stamp || lines[tags.indexOf(tag)] !== undefined) {
        give(); // what the group before still lacks will not come
        if (jumps !== jumpsSeen && stamp >= 0) {
          const missing = Math.round(((at - stamp) * signal.sfreq) / 1000) - values.length;
          if (missing > 0) lose(missing, false);
        }
        jumpsSeen = jumps;
        stamp = at;
        n = values.length;
      }
      lines[tags.indexOf(tag)] = values;
      if (lines.every((have) => have !== undefined)) give();
    },
  };
};

const wireOf = (port: number): Wire => {
  const dataPort = ['DP', String(port)];
  const say = (tag: string, payload: readonly string[] = []) => ({ endpoint: '', bytes: emotibitCommand(tag, 0, payload) });
  return {
    endpoints: [''],
    start: [say('HE'), { ...say('EC', ['CP', String(port - 1), ...dataPort]), afterSec: 1 }],
    stop: [],
    keepAlive: { everySec: 1, commands: [say('PN', dataPort)] },
  };
};
