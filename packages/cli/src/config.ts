import type { EngineName } from '@affect-edge/models';
import { isPseudonym, pseudonymExpected } from './config/pseudonym.ts';
import { ConfigError } from './errors.ts';

/** What a person typed, read into what the program needs. Every reader throws `ConfigError('bad-option')` with one line for that person. */

const wrong = (option: string, expected: string, got: string): ConfigError =>
  new ConfigError('bad-option', `Option ${option}: expected ${expected}, got '${got}'.`);

const durationUnits: Readonly<Record<string, number>> = { ms: 0.001, s: 1, '': 1, m: 60, min: 60, h: 3600 };

/** A duration in seconds from `30s`, `500ms`, `2m`, `1h`; a bare number is seconds. */
export const durationSec =
  (option: string) =>
  (text: string): number => {
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim());
    const unit = durationUnits[match?.[2] ?? 'none'];
    const seconds = Number(match?.[1]) * (unit ?? Number.NaN);
    if (!(seconds > 0)) throw wrong(option, "a duration above 0 such as '30s', '2m' or '1h'", text);
    return seconds;
  };

/** How fast a recording is played: as fast as it goes, at its own pace, or so many times faster. */
export type Speed = 'max' | number;

/** `max`, `real` (1) or a number above 0. */
export const speed = (text: string): Speed => {
  if (text === 'max') return 'max';
  const times = text === 'real' ? 1 : text.trim() === '' ? Number.NaN : Number(text);
  if (!(times > 0) || !Number.isFinite(times)) throw wrong('--speed', "'max', 'real' or a number above 0", text);
  return times;
};

/** A whole number from 0 to 2³² - 1. */
export const seed = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value >= 2 ** 32)
    throw wrong('--seed', 'a whole number from 0 to 4294967295', text);
  return value;
};

/** The hop, s: a time above 0 and at most 10 s. */
export const hopSec = (text: string): number => {
  const value = durationSec('--hop')(text);
  if (value > 10) throw wrong('--hop', 'at most 10 s', text);
  return value;
};

const brokerSchemes = ['mqtt:', 'mqtts:', 'tcp:', 'ssl:', 'ws:', 'wss:'];

/** The URL of an MQTT broker. */
export const brokerUrl = (text: string): string => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !brokerSchemes.includes(parsed.protocol) || parsed.hostname === '') {
    throw wrong('--mqtt', "a broker's URL such as 'mqtt://localhost:1883'", text);
  }
  return text;
};

/** A name for one level of the topic tree. */
export const stationName = (text: string): string => {
  if (!/^[\p{L}\p{N}_.-]{1,64}$/u.test(text)) throw wrong('--name', "letters, digits, '-', '_' or '.' (at most 64)", text);
  return text;
};

/** A subject's pseudonym; what was typed instead is not repeated, as it may be a name. */
export const pseudonym = (text: string): string => {
  if (!isPseudonym(text)) throw new ConfigError('bad-option', `Option --subject: expected ${pseudonymExpected}.`);
  return text;
};

/** What may compute the models. Listed here because the help must not load them. */
export const servingEngines = ['onnx', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu'] as const satisfies readonly EngineName[];

/** Where samples come from: a device, its options, and the link it is reached by. */
export interface SourceSpec {
  readonly device: string;
  readonly options: Readonly<Record<string, string>>;
  readonly uri: string;
}

/** `<device>[?option=value&…]@<link-uri>`, as in `openbci-cyton?gain=12@serial:/dev/ttyUSB0`. */
export const sourceSpec = (text: string): SourceSpec => {
  const match = /^([^?@]+)(?:\?([^@]*))?@(.+)$/.exec(text);
  if (match === null) throw wrong('--source', "'<device>@<link>' such as 'openbci-cyton@serial:/dev/ttyUSB0'", text);
  const [, device, query = '', uri] = match;
  return { device, options: Object.fromEntries(new URLSearchParams(query)), uri };
};

/** Collects an option that may be given several times. */
export const several =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] = []): readonly T[] => [...before, read(text)];

/** One word out of a few. */
export const choice =
  <T extends string>(option: string, choices: readonly T[]) =>
  (text: string): T => {
    const found = choices.find((word) => word === text);
    if (found === undefined) throw wrong(option, choices.length === 1 ? `'${choices[0]}'` : `one of ${choices.join(', ')}`, text);
    return found;
  };

/** What estimates of people may be for without an exception being written down; the others need a configuration. */
export const uses = ['research', 'personal', 'medical-supervised', 'safety'] as const;
