/** What a unit is written for. */
export interface UnitOptions {
  /** `serial` reaches cables and the network only; `ble` may open the Bluetooth radio too, which costs two capabilities. */
  readonly variant: 'serial' | 'ble';
  /** `system` runs as a user of its own, made up at start; `user` runs as whoever installs it, without root and with less of a sandbox. */
  readonly scope: 'system' | 'user';
  /** Absolute path of node. */
  readonly node: string;
  /** Absolute path of the program's entry file. */
  readonly program: string;
  /** Absolute path of the configuration. */
  readonly config: string;
  /** Secrets by name, each with the file only root may read; the daemon finds them in `$CREDENTIALS_DIRECTORY`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Folders under /home or /root the program lives in: shown to it read-only while the rest of them is empty. */
  readonly homeFolders: readonly string[];
  /** True where the broker is on this machine or in a private network: the service then reaches nothing else. */
  readonly localNetworkOnly: boolean;
}

export const unitName = 'affect.service';

/** The limit under which memory was measured (docs/reliability.md). */
const heapLimit = '--max-old-space-size=256';

/** Private, link-local and loopback ranges of IPv4 and IPv6. */
const localRanges = 'localhost link-local multicast 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7';

/**
 * The unit of the daemon. Ready when the line is up, killed when it stops advancing (`WatchdogSec`), started again after a failure unless the
 * configuration is at fault (exit code 2), and given up on after ten failures in half an hour.
 */
export const unitFile = (options: UnitOptions): string =>
  `${[...head(options), ...service(options), ...(options.scope === 'system' ? systemSandbox(options) : userSandbox(options)), ...install(options)].join('\n')}\n`;

/** One word of a command line or of a list of paths, as systemd reads it. */
const word = (text: string): string => {
  const safe = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(safe) ? `"${safe.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : safe;
};

const head = ({ scope }: UnitOptions): string[] => [
  '[Unit]',
  'Description=Affect Edge: sensors to estimates over MQTT',
  ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target time-sync.target bluetooth.target'] : []),
  'StartLimitIntervalSec=30min',
  'StartLimitBurst=10',
];

const service = ({ scope, node, program, config, credentials }: UnitOptions): string[] => [
  '',
  '[Service]',
  'Type=notify',
  '# The notices come from systemd-notify, a child process: Node cannot write to a unix datagram socket.',
  'NotifyAccess=all',
  'WatchdogSec=90',
  '# Without a limit Node lets its heap grow to a good part of a small machine before it collects. Long runs were measured with this one.',
  `ExecStart=${[node, heapLimit, program, 'run', '--config', config].map(word).join(' ')}`,
  'ExecReload=/bin/kill -HUP $MAINPID',
  '# Loading models takes longer on a cold SD card than systemd waits by default.',
  'TimeoutStartSec=180',
  'TimeoutStopSec=30',
  'Restart=on-failure',
  'RestartSec=10',
  '# Exit code 2: the configuration asks for something that is not possible. Starting again would not change that.',
  'RestartPreventExitStatus=2',
  ...(scope === 'system' ? ['StateDirectory=affect', 'StateDirectoryMode=0700'] : ['StateDirectory=affect']),
  ...Object.entries(credentials).map(([name, file]) => `LoadCredential=${name}:${file}`),
];

/** Why one line every unit for Node lacks is lacking here too. */
const noMemoryDenyWriteExecute = [
  '# MemoryDenyWriteExecute is off on purpose: V8 and WebAssembly compile to memory that is written, then run. With it Node does not start,',
  '# and node --jitless has no WebAssembly, which the models need.',
];

/** Works without privileges as well: filters of the process itself. */
const processFilters = ({ variant }: UnitOptions): string[] => [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  `RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK${variant === 'ble' ? ' AF_BLUETOOTH' : ''}`,
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged @resources',
  'SystemCallErrorNumber=EPERM',
  'UMask=0077',
  'LimitCORE=0',
  ...noMemoryDenyWriteExecute,
];

const userSandbox = (options: UnitOptions): string[] => ['', ...processFilters(options)];

const systemSandbox = (options: UnitOptions): string[] => [
  '',
  '# A user that exists while the service runs, and owns /var/lib/affect.',
  'DynamicUser=yes',
  'SupplementaryGroups=dialout',
  ...capabilities(options),
  'ProtectSystem=strict',
  ...home(options),
  'PrivateTmp=yes',
  'PrivateMounts=yes',
  'PrivateIPC=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectProc=invisible',
  '# ProcSubset stays at all: the health figures (load, memory) and the number of cores are read from /proc.',
  'KeyringMode=private',
  'RemoveIPC=yes',
  '# PrivateDevices would hide the serial ports: a list of the ones needed instead.',
  'DevicePolicy=closed',
  ...['char-ttyUSB', 'char-ttyACM', 'char-rfcomm', 'char-ttyAMA'].map((device) => `DeviceAllow=${device} rw`),
  ...(options.localNetworkOnly
    ? ['IPAddressDeny=any', `IPAddressAllow=${localRanges}`]
    : ['# The broker is on the internet: any address.']),
  ...processFilters(options),
];

const capabilities = ({ variant }: UnitOptions): string[] =>
  variant === 'serial'
    ? ['CapabilityBoundingSet=', 'AmbientCapabilities=', 'PrivateUsers=yes']
    : [
        '# The radio is opened as a raw HCI socket, which needs these two and does not work in a private user namespace.',
        'CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN',
        'AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN',
      ];

const home = ({ homeFolders }: UnitOptions): string[] =>
  homeFolders.length === 0 ? ['ProtectHome=yes'] : ['ProtectHome=tmpfs', `BindReadOnlyPaths=${homeFolders.map(word).join(' ')}`];

const install = ({ scope }: UnitOptions): string[] => [
  '',
  '[Install]',
  `WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`,
];
