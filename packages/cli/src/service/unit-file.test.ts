import { expect, test } from 'vitest';
import { ruledVendors, udevRules } from './udev-rules.ts';
import { type UnitOptions, unitFile } from './unit-file.ts';

const options: UnitOptions = {
  variant: 'serial',
  scope: 'system',
  node: '/usr/bin/node',
  program: '/opt/affect/bin/affect.js',
  config: '/etc/affect/affect.yaml',
  credentials: {},
  homeFolders: [],
  localNetworkOnly: true,
};
const lines = (some: Partial<UnitOptions> = {}): string[] => unitFile({ ...options, ...some }).split('\n');

test('a fault in the configuration stops the service, anything else starts it again, ten failures in half an hour end it', () => {
  const unit = lines();
  expect(unit).toEqual(
    expect.arrayContaining([
      'RestartPreventExitStatus=2',
      'Restart=on-failure',
      'StartLimitIntervalSec=30min',
      'StartLimitBurst=10',
      'RestartSec=10',
    ]),
  );
  // ten starts, ten seconds apart, must fit into the interval or the limit would never be reached
  expect(10 * 10).toBeLessThan(30 * 60);
});

test('no group is asked for that a machine without BlueZ lacks', () => {
  expect(lines({ variant: 'ble' })).toContain('SupplementaryGroups=dialout'); // a group that is not there keeps a service from starting
});

test('only the radio variant has capabilities and Bluetooth sockets', () => {
  expect(lines()).toContain('CapabilityBoundingSet=');
  expect(unitFile(options)).not.toContain('AF_BLUETOOTH');
  const ble = lines({ variant: 'ble' });
  expect(ble).toContain('AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN');
  expect(ble.some((line) => line.startsWith('RestrictAddressFamilies=') && line.endsWith('AF_BLUETOOTH'))).toBe(true);
  expect(ble).not.toContain('PrivateUsers=yes'); // capabilities in a private namespace do not count for the radio
});

test('secrets are handed over by systemd, by name', () => {
  expect(lines({ credentials: { 'mqtt-password': '/etc/affect/credentials/mqtt-password' } })).toContain(
    'LoadCredential=mqtt-password:/etc/affect/credentials/mqtt-password',
  );
});

test('a program in a home folder sees that folder and no other', () => {
  const unit = lines({ homeFolders: ['/home/pi/.nvm', '/home/pi/affect edge'] });
  expect(unit).toContain('ProtectHome=tmpfs');
  expect(unit).toContain('BindReadOnlyPaths=/home/pi/.nvm "/home/pi/affect edge"');
  expect(lines()).toContain('ProtectHome=yes');
});

test('nothing in a path can add an argument or a variable', () => {
  const unit = lines({ config: '/etc/a b/100% "$HOME".yaml' });
  expect(unit).toContain(
    'ExecStart=/usr/bin/node --max-old-space-size=256 /opt/affect/bin/affect.js run --config "/etc/a b/100%% \\"$$HOME\\".yaml"',
  );
});

test('the heap has the limit it was measured under, and the unit says why', () => {
  const unit = lines();
  const at = unit.findIndex((line) => line.startsWith('ExecStart='));
  expect(unit[at]).toContain('/node --max-old-space-size=256 /');
  expect(unit[at - 1]).toMatch(/^# Without a limit Node/);
});

test('a broker in the own network closes the service off from the internet', () => {
  expect(lines()).toContain('IPAddressDeny=any');
  expect(unitFile({ ...options, localNetworkOnly: false })).not.toContain('IPAddressDeny');
});

test('MemoryDenyWriteExecute is off, and the unit says why', () => {
  const unit = unitFile(options);
  expect(unit).not.toMatch(/^MemoryDenyWriteExecute/m);
  expect(unit).toMatch(/^# MemoryDenyWriteExecute is off on purpose: V8/m);
});

test('without root only what needs no privilege is asked for', () => {
  const unit = unitFile({ ...options, scope: 'user' });
  for (const word of ['DynamicUser', 'ProtectSystem', 'CapabilityBoundingSet', 'IPAddressDeny', 'network-online'])
    expect(unit).not.toContain(word);
  expect(unit).toContain('WantedBy=default.target');
  expect(unit).toContain('NoNewPrivileges=yes');
});

test('the rules give every adapter a group and keep modem probing away, and end where they should', () => {
  const rules = udevRules();
  const perAdapter = rules.split('\n').filter((line) => line.startsWith('ATTRS{idVendor}'));
  expect(new Set(perAdapter.map((line) => line.slice(18, 22)))).toEqual(new Set(ruledVendors));
  for (const line of perAdapter)
    expect(line).toMatch(/MODE="0660", GROUP="dialout", ENV\{ID_MM_PORT_IGNORE\}="1", ENV\{ID_MM_DEVICE_IGNORE\}="1"/);
  expect(rules.match(/GOTO="affect_end"/g)).toHaveLength(2);
  expect(rules.match(/LABEL="affect_end"/g)).toHaveLength(1);
  expect(rules).toContain('ATTR{latency_timer}="1"');
});

test('every rule is a list of comparisons and assignments udev knows', () => {
  const part =
    /^(?:(?:ACTION|SUBSYSTEM|KERNEL|DRIVER|ATTRS\{\w+\}|ENV\{\w+\})[!=]="[^"]*"|(?:ATTR\{\w+\}|ENV\{\w+\}|MODE|GROUP|GOTO|LABEL)="[^"]*"|SYMLINK\+="[^"]*")$/;
  const rules = udevRules()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(rules.length).toBeGreaterThan(10);
  for (const rule of rules) for (const piece of rule.split(', ')) expect(piece).toMatch(part);
});
