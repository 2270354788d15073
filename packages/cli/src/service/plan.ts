import { ownershipOf, stamped } from './stamp.ts';
import { udevRules } from './udev-rules.ts';
import { type UnitOptions, unitFile, unitName } from './unit-file.ts';

/** One thing done to the machine, with the reason a person is told. */
export type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string; readonly why: string }
  | { readonly kind: 'remove'; readonly path: string; readonly why: string }
  | { readonly kind: 'run'; readonly argv: readonly string[]; readonly why: string; readonly mayFail?: boolean };

/** What would be done, and what would not and why. */
export interface Plan {
  readonly steps: readonly Step[];
  /** What is left as it is although one might expect otherwise, one line each. */
  readonly left: readonly string[];
  /** Why nothing is done at all; empty where the plan can be carried out. */
  readonly refused: readonly string[];
}

/** Where the files of a service lie. */
export interface ServicePaths {
  readonly unit: string;
  /** Only root can give udev rules. */
  readonly rules?: string;
}

/** The places of a scope; `configFolder` is the user's, usually `~/.config`. */
export const servicePaths = (scope: UnitOptions['scope'], configFolder: string): ServicePaths =>
  scope === 'system'
    ? { unit: `/etc/systemd/system/${unitName}`, rules: '/etc/udev/rules.d/70-affect.rules' }
    : { unit: `${configFolder}/systemd/user/${unitName}` };

/** The text of a file, `undefined` where there is none. */
type Look = (path: string) => string | undefined;

/** How systemctl is called for a scope. */
export const systemctl = (scope: UnitOptions['scope'], ...words: readonly string[]): readonly string[] =>
  scope === 'user' ? ['systemctl', '--user', ...words] : ['systemctl', ...words];

/** Writes unit and rules, then starts the service and has it started at every boot. A file somebody else wrote, or edited, stops it. */
export const installPlan = (options: UnitOptions, paths: ServicePaths, look: Look): Plan => {
  const { scope } = options;
  const writes = [
    { kind: 'write', path: paths.unit, text: stamped(unitFile(options)), why: 'the service: how it starts, and what it may touch' },
    ...(paths.rules === undefined
      ? []
      : [
          {
            kind: 'write',
            path: paths.rules,
            text: stamped(udevRules()),
            why: 'USB serial adapters: permission, a name that stays, no 16 ms bunches',
          } as const,
        ]),
  ] as const satisfies readonly Step[];
  const rulesChange: Step[] =
    paths.rules === undefined
      ? []
      : [
          { kind: 'run', argv: ['udevadm', 'control', '--reload'], why: 'reads the rules' },
          {
            kind: 'run',
            argv: ['udevadm', 'trigger', '--action=add', '--subsystem-match=tty', '--subsystem-match=usb-serial'],
            why: 'applies them to what is plugged in',
          },
        ];
  const refused = writes.flatMap(({ path }) => {
    const whose = ownershipOf(look(path));
    if (whose === 'foreign') return [`${path} was written by somebody else. Move it away first.`];
    if (whose === 'edited')
      return [
        `${path} was changed by hand since it was written. Put the change into a drop-in ('systemctl edit affect') and delete the file first.`,
      ];
    return [];
  });
  return {
    refused,
    left: scope === 'user' ? ['Without root there are no udev rules, and the service ends when you log out unless lingering is on.'] : [],
    steps: [
      ...writes,
      { kind: 'run', argv: systemctl(scope, 'daemon-reload'), why: 'reads the unit' },
      ...rulesChange,
      ...(scope === 'user'
        ? [
            {
              kind: 'run',
              argv: ['loginctl', 'enable-linger'],
              why: 'lets the service run while nobody is logged in',
              mayFail: true,
            } as const,
          ]
        : []),
      { kind: 'run', argv: systemctl(scope, 'enable', unitName), why: 'starts it at every boot' },
      { kind: 'run', argv: systemctl(scope, 'restart', unitName), why: 'starts it now' },
    ],
  };
};

/** Stops the service and removes what `installPlan` wrote and nobody has changed; configuration, secrets and state stay. */
export const uninstallPlan = (scope: UnitOptions['scope'], paths: ServicePaths, look: Look): Plan => {
  const files = [paths.unit, ...(paths.rules === undefined ? [] : [paths.rules])].map((path) => ({ path, whose: ownershipOf(look(path)) }));
  const ours = files.filter(({ whose }) => whose === 'ours');
  const isOurs = (path: string | undefined): boolean => ours.some((file) => file.path === path);
  return {
    refused: files.every(({ whose }) => whose === 'absent') ? ['There is no service to uninstall.'] : [],
    left: [
      ...files
        .filter(({ whose }) => whose === 'foreign' || whose === 'edited')
        .map(
          ({ path, whose }) =>
            `${path} stays: it was ${whose === 'edited' ? 'changed by hand' : 'written by somebody else'}. Remove it with 'sudo rm ${path}'.`,
        ),
      ...(scope === 'system'
        ? ['/etc/affect and /var/lib/affect stay: settings, secrets, recordings. Remove them with ‘sudo rm -r’ when nobody needs them.']
        : []),
    ],
    steps: [
      ...(isOurs(paths.unit)
        ? [
            {
              kind: 'run',
              argv: systemctl(scope, 'disable', '--now', unitName),
              why: 'stops the service, now and at boot',
              mayFail: true,
            } as const,
            { kind: 'remove', path: paths.unit, why: 'the service' } as const,
            { kind: 'run', argv: systemctl(scope, 'daemon-reload'), why: 'forgets the unit' } as const,
          ]
        : []),
      ...(isOurs(paths.rules)
        ? [
            { kind: 'remove', path: paths.rules!, why: 'the rules for USB serial adapters' } as const,
            { kind: 'run', argv: ['udevadm', 'control', '--reload'], why: 'forgets the rules', mayFail: true } as const,
          ]
        : []),
    ],
  };
};
