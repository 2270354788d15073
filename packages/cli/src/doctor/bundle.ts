import { isIPv6 } from 'node:net';
import { stringify } from 'yaml';
import type { LoadedSettings } from '../config/load-settings.ts';
import { redactedSettings, scrubber } from '../config/redact.ts';
import { readSecret } from '../config/secret.ts';
import { ConfigError } from '../errors.ts';
import type { Finding } from './finding.ts';
import type { Machine } from './machine.ts';

/** What goes into a bundle before it is cleaned. */
export interface BundleFacts {
  readonly version: string;
  readonly findings: readonly Finding[];
  readonly loaded: LoadedSettings | undefined;
  readonly machine: Machine;
  /** Name of this machine on the network. */
  readonly hostname: string;
  /** Secrets in the environment, a bundle must not hold them either. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const readme = `What 'affect doctor' found, for a bug report.

Taken out: secrets, device addresses and serial numbers, subject ids, consents, names of users and of this machine, home folders, mail and IP
addresses. Read it before you send it all the same: nobody knows every name.

findings.json  what was looked at and how it stands
versions.json  program, Node, system
config.yaml    the settings, as 'affect config print' shows them
log.txt        the last lines of the service's log
`;
const logLines = '500';

/** The files of a bundle, cleaned of everything that leads to a person or a device. */
export const bundle = async (facts: BundleFacts): Promise<Readonly<Record<string, string>>> => {
  const { version, findings, loaded, machine } = facts;
  const clean = cleaner({ ...facts, serials: await usbSerials(machine) });
  const log = await machine.run(
    'journalctl',
    '--unit=affect.service',
    `--lines=${logLines}`,
    '--no-pager',
    '--quiet',
    '--output=short-iso',
    '--no-hostname',
  );
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(await machine.text('/etc/os-release'))?.[1];
  const versions = {
    affect: version,
    node: machine.nodeVersion,
    platform: machine.platform,
    arch: machine.arch,
    cores: machine.cores,
    system,
    kernel: (await machine.text('/proc/sys/kernel/osrelease')).trim(),
    board: (await machine.text('/proc/device-tree/model')).replaceAll('\0', '').trim(),
  };
  return {
    'README.txt': readme,
    'findings.json': clean(JSON.stringify(findings, null, 2)),
    'versions.json': clean(JSON.stringify(versions, null, 2)),
    'config.yaml':
      loaded === undefined ? '# no configuration could be read\n' : clean(stringify(withoutPeople(redactedSettings(loaded.settings)))),
    'log.txt': clean(log?.out || 'no log of the service\n'),
  };
};

/** Everything `scrubber` takes out, and what only a bug report must not have: subject, user, machine, serial numbers, IP addresses. */
export const cleaner = ({
  loaded,
  machine,
  hostname,
  env,
  serials,
}: Pick<BundleFacts, 'loaded' | 'machine' | 'hostname' | 'env'> & { readonly serials: readonly string[] }): ((text: string) => string) => {
  const { settings } = loaded ?? {};
  const scrub = scrubber({ secrets: [...secretsOf(loaded), ...secretsIn(env)], links: (settings?.sensors ?? []).map(({ link }) => link) });
  const names = [
    [settings?.subject?.id, '[subject]'],
    [settings?.subject?.consent, '[consent]'],
    [settings?.exception, '[exception]'],
    [settings?.mqtt?.username, '[user]'],
    [settings?.mqtt && new URL(settings.mqtt.url).hostname, '[broker]'],
    [settings?.mqtt?.tls?.servername, '[broker]'],
    [machine.user.name, '[user]'],
    [hostname, '[host]'],
    // a full name (`annas-laptop.home`) is written without its domain too
    [hostname.split('.', 1)[0], '[host]'],
    ...(settings?.page.names ?? []).map((name) => [name, '[host]'] as const),
    ...serials.map((serial) => [serial, '[serial]'] as const),
  ] as const;
  const literal = names
    .flatMap(([name, stand]) => (name === undefined || ordinary.has(name) || name.length < 2 ? [] : [[name, stand] as const]))
    .sort(([a], [b]) => b.length - a.length)
    .map(([name, stand]) => [new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, 'giu'), stand] as const);
  const { home } = machine.user;
  return (text) => {
    // '/' in a container without users, nothing where $HOME is empty: both stand everywhere in a text
    let cleanText = scrub(home.length > 1 ? text.replaceAll(home, '~') : text);
    for (const [pattern, stand] of literal) cleanText = cleanText.replace(pattern, stand);
    return cleanText
      .replace(byIdPattern, '$1[serial]$2')
      .replace(devAddressPattern, 'dev_[address]')
      .replace(ipV4Pattern, (address) => (/^(127\.|0\.0\.0\.0)/.test(address) ? address : '[ip address]'))
      .replace(ipV6Candidate, (word) => (isIPv6(word) && word !== '::1' ? '[ip address]' : word));
  };
};

/** Serial numbers of the USB devices that are plugged in; what is shorter than four letters tells nobody apart. */
const usbSerials = async ({ list, text }: Machine): Promise<readonly string[]> => {
  const folder = '/sys/bus/usb/devices';
  const serials = await Promise.all((await list(folder)).map(async (device) => (await text(`${folder}/${device}/serial`)).trim()));
  return serials.filter((serial) => serial.length >= 4);
};

/** Words that are no names although somebody may be called so. */
const ordinary = new Set(['root', 'pi', 'localhost', '127.0.0.1', '::1', 'affect', 'node', 'run', 'user']);
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** `usb-FTDI_FT231X_USB_UART_DM03GQ3Q-if00-port0`: the last part before the interface is the adapter's own number. */
const byIdPattern = /(usb-[\w.-]+?_)[0-9A-Za-z]{4,}(-if\d|\b(?=["'\s)]))/g;
/** As BlueZ writes an address into paths. */
const devAddressPattern = /dev(?:_[0-9a-f]{2}){6}/gi;
const ipV4Pattern = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
const ipV6Candidate = /(?<![\w:])[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*(?![\w:])/gi;

/** The secrets that can be read; those that cannot are in no log either. */
const secretsOf = (loaded: LoadedSettings | undefined): string[] => {
  const password = loaded?.settings.mqtt?.password;
  if (password === undefined) return [];
  try {
    return [readSecret('mqtt.password', password)];
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
};

const secretsIn = (env: BundleFacts['env']): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    /pass|secret|token|key$/i.test(name) && value !== undefined && value.length >= 6 ? [value] : [],
  );

/** Settings without who wears the sensors. */
const withoutPeople = ({ subject, ...rest }: { readonly subject?: object }): object => ({ ...rest, ...(subject && { subject: '(set)' }) });
