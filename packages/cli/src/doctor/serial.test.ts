import { describe, expect, test } from 'vitest';
import { etcGroup, type MachineText, settingsFor, surroundings, told } from '../../test/doctor-machine.ts';
import type { Check } from './finding.ts';
import { groups } from './groups.ts';
import { ports } from './ports.ts';
import { portRivals } from './rivals.ts';
import { twins } from './twins.ts';

const look = async (check: Check, text: MachineText = {}, loaded?: ReturnType<typeof settingsFor>): Promise<string> =>
  (await check(surroundings(text, loaded))).map(told).join('\n');

const usb = '/sys/devices/platform/usb1/1-1';
const byId = '/dev/serial/by-id/usb-FTDI_FT231X_USB_UART_DM00-if00-port0';
const dongle: MachineText = {
  files: { [`${usb}/idVendor`]: '0403\n', [`${usb}/idProduct`]: '6015\n', [`${usb}/serial`]: 'DM00\n', '/dev/ttyUSB0': '' },
  links: { '/sys/class/tty/ttyUSB0/device': `${usb}/1-1:1.0/ttyUSB0`, [byId]: '/dev/ttyUSB0' },
};
const heldBy = (pid: number, name: string, cgroup = ''): MachineText => ({
  files: { ...dongle.files, [`/proc/${pid}/comm`]: `${name}\n`, [`/proc/${pid}/cgroup`]: cgroup },
  links: { ...dongle.links, [`/proc/${pid}/fd/9`]: '/dev/ttyUSB0' },
});
const lasting = settingsFor(`serial:${byId}`);

describe('ports', () => {
  test.each([
    ['a port that can be used', dongle, lasting, `ok serial-port: ${byId} is there, open to you, and free as far as you may see`],
    ['a port nobody plugged in', {}, lasting, `fail serial-port: there is no port ${byId} → Plug the sensor`],
    [
      'a port under an old name',
      dongle,
      settingsFor('serial:/dev/ttyUSB3'),
      `fail serial-port: there is no port /dev/ttyUSB3 → sed -i 's|serial:/dev/ttyUSB3|serial:${byId}|' /etc/affect/affect.yaml`,
    ],
    [
      'a port that is closed to us',
      { ...dongle, forbidden: ['/dev/ttyUSB0'] },
      lasting,
      `fail serial-permission: ${byId} is closed to you → sudo usermod -aG dialout anna`,
    ],
    [
      'a port ModemManager has',
      heldBy(812, 'ModemManager'),
      lasting,
      `fail serial-busy: ${byId} is in use by ModemManager (process 812) → sudo systemctl disable --now ModemManager`,
    ],
    [
      'a port somebody else has',
      heldBy(900, 'minicom'),
      lasting,
      `fail serial-busy: ${byId} is in use by minicom (process 900) → sudo kill 900`,
    ],
    [
      'a port our own service has',
      heldBy(901, 'node', '0::/system.slice/affect.service\n'),
      lasting,
      `ok serial-busy: ${byId} is in use by the affect service`,
    ],
    [
      'a kernel name where a lasting one exists',
      dongle,
      settingsFor('serial:/dev/ttyUSB0'),
      `warn serial-name: /dev/ttyUSB0 is given out in the order of plugging in; another adapter may get it tomorrow → sed -i 's|serial:/dev/ttyUSB0|serial:${byId}|' /etc/affect/affect.yaml`,
    ],
    [
      'nothing plugged in and nothing configured',
      {},
      undefined,
      'unknown serial-port: no serial port with a sensor is plugged in → affect devices',
    ],
    [
      'a closed port and nothing configured is only a warning',
      { ...dongle, forbidden: ['/dev/ttyUSB0'] },
      undefined,
      'warn serial-permission',
    ],
  ] as const)('%s', async (_, text, loaded, expected) => {
    expect(await look(ports, text, loaded)).toContain(expected);
  });

  test('settings without a serial sensor need none', async () => {
    expect(await look(ports, {}, settingsFor('simulated:cyton'))).toBe('');
  });
});

describe('groups', () => {
  const withAnna = { '/etc/group': etcGroup.replace('dialout:x:20:', 'dialout:x:20:anna') };
  test.each([
    ['in the group', {}, lasting, 'ok group-dialout: you are in dialout'],
    ['root', { uid: 0, groups: [0] }, lasting, 'ok group-dialout: root may use everything'],
    [
      'in the group after the next login',
      { groups: [1000], files: withAnna },
      lasting,
      'warn group-dialout: you were added to dialout, but not in this login → newgrp dialout',
    ],
    [
      'not in the group',
      { groups: [1000] },
      lasting,
      'fail group-dialout: you are not in dialout, so serial ports may be closed to you → sudo usermod -aG dialout anna',
    ],
    ['not in the group, which may not matter', { groups: [1000] }, undefined, 'warn group-dialout'],
    [
      'there is no such group',
      { groups: [1000], files: { '/etc/group': 'root:x:0:\n' } },
      lasting,
      'warn group-dialout: there is no group dialout → sudo groupadd',
    ],
    ['a radio sensor needs the other one', {}, settingsFor('ble:AA:BB:CC:DD:EE:FF'), 'warn group-bluetooth: you are not in bluetooth'],
  ] as const)('%s', async (_, text, loaded, expected) => {
    expect(await look(groups, text, loaded)).toContain(expected);
  });
});

describe('twins', () => {
  const second = '/sys/devices/platform/usb1/1-2';
  const pair = (serial: string): MachineText => ({
    files: { ...dongle.files, [`${second}/idVendor`]: '0403\n', [`${second}/idProduct`]: '6015\n', [`${second}/serial`]: `${serial}\n` },
    links: { ...dongle.links, '/sys/class/tty/ttyUSB1/device': `${second}/1-2:1.0/ttyUSB1` },
  });

  test('two adapters with one serial number are told, two with their own are not', async () => {
    expect(await look(twins, pair('DM00'))).toMatch(
      /^warn serial-twins: ttyUSB0 and ttyUSB1 cannot be told apart \(0403:6015, DM00\) → ls -l \/dev\/serial\/by-path/,
    );
    expect(await look(twins, pair('DM01'))).toBe('ok serial-twins: no two adapters say the same of themselves');
  });

  test('two ports of one adapter are no twins', async () => {
    const twoPorts = { ...dongle, links: { ...dongle.links, '/sys/class/tty/ttyUSB1/device': `${usb}/1-1:1.1/ttyUSB1` } };
    expect(await look(twins, twoPorts)).toMatch(/^ok/);
  });
});

describe('rivals', () => {
  const running = (name: string, files = {}): MachineText => ({ files: { '/proc/77/comm': `${name}\n`, ...files } });
  test.each([
    [
      running('ModemManager'),
      'warn modem-manager: ModemManager is running and may take serial ports for its own → sudo systemctl disable --now ModemManager',
    ],
    [running('brltty'), 'warn brltty: brltty is running and may take serial ports for its own → sudo apt-get remove -y brltty'],
    [running('bash'), 'ok modem-manager: ModemManager is not running\nok brltty: brltty is not running'],
    [
      running('ModemManager', { '/etc/udev/rules.d/70-affect.rules': 'ENV{ID_MM_DEVICE_IGNORE}="1"' }),
      'ok modem-manager: ModemManager is told to leave known adapters alone',
    ],
  ])('%#', async (text, expected) => {
    expect(await look(portRivals, text)).toContain(expected);
  });
});
