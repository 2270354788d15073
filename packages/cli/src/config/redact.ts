import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import type { Settings } from './settings.ts';

/** What others may see of what this machine knows: no secrets, no addresses of devices, no names. */

/** Four hexadecimal digits that tell two addresses apart and lead back to neither: 65,536 values for 2⁴⁸ addresses. */
const short = (text: string): string => createHash('sha256').update(text.toLowerCase()).digest('hex').slice(0, 4);

/** A link without what identifies the device or its owner: `ble:#3f2a`, `serial:ttyUSB0`; simulated links and ports stay as they are. */
export const publicLink = (uri: string): string => {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(uri) ?? [];
  switch (scheme) {
    case 'simulated':
      return uri;
    case 'udp':
      return `udp:${/^\d+/.exec(rest)?.[0] ?? `#${short(rest)}`}`;
    case 'serial': {
      const path = rest.split('?', 1)[0];
      return /^\/dev\/(tty[A-Za-z]+\d+|rfcomm\d+)$/.test(path) ? `serial:${path.slice(5)}` : `serial:#${short(path)}`;
    }
    default:
      return rest === '' ? `${scheme}:` : `${scheme}:#${short(rest)}`;
  }
};

/** What a text must not hold, and what stands there instead. */
export interface Hidden {
  /** Values of secrets. */
  readonly secrets?: readonly string[];
  /** Links as configured. */
  readonly links?: readonly string[];
}

const addressPattern = /\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi;
const mailPattern = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu;
const userInfoPattern = /(\w:\/\/)[^/\s"']+@/g;
const homePattern = /\/(home|Users)\/[^/\s"':]+/g;

/**
 * Takes out of a text what must not leave this machine or stand in a log: the given secrets, links (replaced by `publicLink`) with the addresses and
 * names in them, every Bluetooth address, e-mail address, name and password in a URL, and the folder of a user.
 */
export const scrubber = ({ secrets = [], links = [] }: Hidden = {}): ((text: string) => string) => {
  const pairs: (readonly [string, string])[] = [
    ...secrets.filter((secret) => secret.length >= 3).flatMap((secret) => forms(secret).map((form) => [form, '[secret]'] as const)),
    ...links.flatMap((link) => [[link, publicLink(link)] as const, ...identifying(link).map((part) => [part, publicLink(link)] as const)]),
    [homedir(), '~'] as const,
  ];
  const literal = pairs
    .filter(([before, after]) => before.length >= 3 && before !== after && before !== '/')
    .sort(([a], [b]) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const [before, after] of literal) clean = clean.replaceAll(before, after);
    return clean
      .replace(userInfoPattern, '$1[secret]@')
      .replace(addressPattern, (address) => `[address ${short(address)}]`)
      .replace(mailPattern, '[mail address]')
      .replace(homePattern, '/$1/[user]');
  };
};

const deviceAddress = '(?:(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f]{12}|[0-9a-f]{32})';
const titlePattern = new RegExp(String.raw`^.*\(${deviceAddress}\)`, 'is');
const neighboursPattern = /,? ?nearest .* dBm\)/s;

/**
 * One sentence of a Bluetooth link without the names devices give themselves: its own (`Anna’s Muse (aa:bb:…) refused …`) and those of whatever else was
 * heard near by. For a message, not for a line of a log: what stands before a device's address goes with it.
 */
export const withoutDeviceNames = (message: string): string =>
  message.replace(neighboursPattern, '; their names are left out').replace(titlePattern, 'The device');

/** A secret as it is, in a URL, in JSON and in base64: the ways it could slip into a message. */
const forms = (secret: string): string[] => [
  ...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64')]),
];

/** What in a link names a device or a person: an address with and without colons, a name as it is and as it is written in a URI, a port's path. */
const identifying = (link: string): string[] => {
  const [, scheme = '', target = ''] = /^(ble|serial):([^?]*)/.exec(link) ?? [];
  if (scheme === 'serial') return publicLink(link).includes('#') ? [target] : [];
  if (target.startsWith('name=')) return [target.slice(5), decoded(target.slice(5))];
  const bare = target.replaceAll(/[:-]/g, '');
  return target === '' ? [] : [target, target.toLowerCase(), target.toUpperCase(), bare.toLowerCase(), bare.toUpperCase()];
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The same value with every text in it scrubbed, keys included. Texts stay texts and lists lists, which the compiler cannot see. */
export const scrubbed = <T>(value: T, scrub: (text: string) => string): T => {
  if (typeof value === 'string') return scrub(value) as T;
  if (Array.isArray(value)) return value.map((entry) => scrubbed(entry, scrub)) as T;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [scrub(key), scrubbed(entry, scrub)])) as T;
};

/** The settings for showing: links made public, user names, consents and reasons only said to be there. */
export const redactedSettings = (settings: Settings): object => {
  const { mqtt, subject, exception, sensors } = settings;
  const shown = {
    ...settings,
    ...(subject && { subject: { ...subject, ...(subject.consent !== undefined && { consent: '(written down)' }) } }),
    ...(exception !== undefined && { exception: '(written down)' }),
    sensors: sensors.map((sensor) => ({ ...sensor, link: publicLink(sensor.link) })),
    ...(mqtt && { mqtt: { ...mqtt, ...(mqtt.username !== undefined && { username: '(set)' }) } }),
  };
  return groupAsWritten(scrubbed(shown, scrubber({ links: sensors.map(({ link }) => link) })));
};

const durations = ['hop', 'keep_alive', 'interval', 'max_age', 'sync', 'split', 'keep'];

/** Seconds, bytes and rates with their units again, as the file wants them. */
const asWritten = (value: unknown, key = ''): unknown => {
  if (typeof value === 'number' && durations.includes(key)) return durationText(value);
  if (typeof value === 'number' && key === 'max_bytes') return value % 1e6 === 0 ? `${value / 1e6}MB` : `${value / 1e3}kB`;
  if (typeof value === 'number' && key === 'max_rate') return value >= 1 ? `${value}/s` : `${value * 60}/min`;
  if (Array.isArray(value)) return value.map((entry) => asWritten(entry));
  if (typeof value !== 'object' || value === null) return value;
  return groupAsWritten(value);
};

const groupAsWritten = (group: object): object =>
  Object.fromEntries(Object.entries(group).map(([name, entry]) => [name, asWritten(entry, name)]));

const durationText = (seconds: number): string => {
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    if (seconds >= length && seconds % length === 0) return `${seconds / length}${unit}`;
  }
  return `${Math.round(seconds * 1000)}ms`;
};
