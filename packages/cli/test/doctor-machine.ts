import type { LoadedSettings } from '../src/config/load-settings.ts';
import { settingsSchema } from '../src/config/settings.ts';
import type { Finding, Surroundings } from '../src/doctor/finding.ts';
import type { Machine, Ran } from '../src/doctor/machine.ts';
import type { Probes } from '../src/doctor/probes.ts';

/** A machine made of text: what files hold, where links lead, what programs print. */
export interface MachineText {
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Paths this user may not read and write. */
  readonly forbidden?: readonly string[];
  /** Command line → what it prints; a number is an exit code without words. Programs that are not named are not there. */
  readonly programs?: Readonly<Record<string, string | number>>;
  readonly uid?: number;
  readonly groups?: readonly number[];
  readonly freeBytes?: number;
  readonly nowMs?: number;
  readonly nodeVersion?: string;
  readonly arch?: string;
  readonly platform?: string;
}

/** Groups as Raspberry Pi OS has them, with nobody in them. */
export const etcGroup = 'root:x:0:\ntty:x:5:\ndialout:x:20:\nbluetooth:x:112:\nanna:x:1000:\n';

export const fakeMachine = (text: MachineText = {}): Machine => {
  const files: Record<string, string> = { '/etc/group': etcGroup, ...text.files };
  const links = text.links ?? {};
  const paths = [...Object.keys(files), ...Object.keys(links)];
  return {
    platform: text.platform ?? 'linux',
    arch: text.arch ?? 'arm64',
    nodeVersion: text.nodeVersion ?? '20.19.2',
    cores: 4,
    user: { name: 'anna', home: '/home/anna', uid: text.uid ?? 1000 },
    groups: text.groups ?? [20, 1000],
    nowMs: () => text.nowMs ?? Date.UTC(2026, 10, 23),
    list: async (folder) => [
      ...new Set(paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1).split('/')[0]!)),
    ],
    text: async (path) => files[path] ?? '',
    real: async (path) => links[path] ?? (paths.some((known) => known === path || known.startsWith(`${path}/`)) ? path : undefined),
    link: async (path) => links[path],
    allowed: async (path) => !(text.forbidden ?? []).includes(path),
    group: async () => 20,
    run: async (program, ...args) => {
      const said = text.programs?.[[program, ...args].join(' ')] ?? text.programs?.[program];
      if (said === undefined) return undefined;
      return (typeof said === 'number' ? { code: said, out: '', err: '' } : { code: 0, out: said, err: '' }) satisfies Ran;
    },
    room: async () => ({ freeBytes: text.freeBytes ?? 20e9, totalBytes: 32e9 }),
  };
};

/** A machine on which all is well, seen by the probes. */
export const wellProbes: Probes = {
  broker: async () => ({ kind: 'connected', roundTripMs: 3, maximumPacketSize: 268_435_455 }),
  certificate: async () => ({ kind: 'shown', subject: 'broker.local', validTo: 'Nov 23 00:00:00 2027 GMT', protocol: 'TLSv1.3' }),
  line: async () => ({
    engine: 'onnx 1.30.0 (onnxruntime)',
    loadMs: 900,
    models: [{ name: 'm', estimateMs: 0.4 }],
    realTimeFactor: 60,
    nChannels: 8,
    sfreq: 250,
  }),
};

/** Settings as `loadSettings` gives them, with one sensor on this link. */
export const settingsFor = (link: string, some: object = {}): LoadedSettings => {
  const settings = settingsSchema.parse({ version: 1, intended_use: 'research', sensors: [{ device: deviceFor(link), link }], ...some });
  return {
    file: '/etc/affect/affect.yaml',
    settings: { ...settings, outbox: { ...settings.outbox, folder: '/var/lib/affect/outbox' } },
    stateFolder: '/var/lib/affect',
    advice: [],
  };
};
const deviceFor = (link: string): string => (link.startsWith('ble:') ? 'muse-2' : 'openbci-cyton');

export const surroundings = (text: MachineText = {}, loaded?: LoadedSettings, probes: Partial<Probes> = {}): Surroundings => ({
  machine: fakeMachine(text),
  probes: { ...wellProbes, ...probes },
  loaded,
});

/** A finding in one line: `warn serial-name: what it says → the fix`. */
export const told = ({ check, state, says, fix }: Finding): string =>
  `${state} ${check}: ${says}${fix === undefined ? '' : ` → ${'command' in fix ? fix.command : fix.action}`}`;
