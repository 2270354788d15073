import { expect, test } from 'vitest';
import { type MachineText, settingsFor, surroundings, told } from '../../test/doctor-machine.ts';
import { bluetooth } from './bluetooth.ts';

const radio = settingsFor('ble:AA:BB:CC:DD:EE:FF');
const rfkill = (soft: number, hard: number) => ({
  '/sys/class/rfkill/rfkill0/type': 'wlan\n',
  '/sys/class/rfkill/rfkill0/soft': '1\n',
  '/sys/class/rfkill/rfkill1/type': 'bluetooth\n',
  '/sys/class/rfkill/rfkill1/soft': `${soft}\n`,
  '/sys/class/rfkill/rfkill1/hard': `${hard}\n`,
});
/** `bluetoothctl show` of BlueZ 5.66. */
const shown = (powered: string): string =>
  `Controller B8:27:EB:00:00:00 (public)\n\tName: raspberrypi\n\tAlias: raspberrypi\n\tClass: 0x00000000\n\tPowered: ${powered}\n\tDiscoverable: no\n`;
const adapter = { '/sys/class/bluetooth/hci0/address': '' };
const capable = { '/proc/self/status': 'CapInh:\t0000000000000000\nCapEff:\t0000000000003000\n' };
const pi = { '/proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0' };
const well: MachineText = { files: { ...adapter, ...capable, ...rfkill(0, 0) }, programs: { bluetoothctl: shown('yes') } };

test.each<readonly [string, MachineText, string]>([
  ['all is well', well, 'ok rfkill: the radio is not blocked\nok bluez: hci0 is on\nok bluetooth-rights: this process may use the radio'],
  ['blocked', { ...well, files: { ...well.files, ...rfkill(1, 0) } }, 'fail rfkill: the radio is blocked → sudo rfkill unblock bluetooth'],
  [
    'blocked by a switch',
    { ...well, files: { ...well.files, ...rfkill(0, 1) } },
    'fail rfkill: the radio is off by its switch → Use the switch',
  ],
  ['off', { ...well, programs: { bluetoothctl: shown('no') } }, 'fail bluez: hci0 is off → bluetoothctl power on'],
  [
    'no daemon',
    { ...well, programs: { bluetoothctl: 'No default controller available\n' } },
    'fail bluez: the Bluetooth service does not answer → sudo systemctl enable --now bluetooth',
  ],
  ['no BlueZ', { ...well, programs: {} }, 'unknown bluez: hci0 is there; whether it is on is not known → sudo apt-get install -y bluez'],
  [
    'no rights',
    { ...well, files: { ...adapter, '/proc/self/status': 'CapEff:\t0000000000000000\n' } },
    'warn bluetooth-rights: this process may not use the radio (CAP_NET_RAW and CAP_NET_ADMIN are missing) → sudo setcap',
  ],
  [
    'rights of the service',
    {
      files: adapter,
      programs: {
        bluetoothctl: shown('yes'),
        'systemctl show affect.service --property=AmbientCapabilities': 'AmbientCapabilities=cap_net_admin cap_net_raw\n',
      },
    },
    'ok bluetooth-rights: the affect service may use the radio',
  ],
  ['no adapter', {}, 'fail bluetooth: there is no Bluetooth adapter → Plug a USB Bluetooth adapter in.'],
  [
    'switched off in config.txt',
    { files: { ...pi, '/boot/firmware/config.txt': 'arm_64bit=1\ndtoverlay=disable-bt\n' } },
    'fail bluetooth: the radio is switched off in /boot/firmware/config.txt → sudo sed -i',
  ],
  [
    'hciuart failed',
    { files: pi, programs: { 'systemctl is-active hciuart': 'failed\n' } },
    'fail hciuart: the service that starts the radio is failed → sudo systemctl restart hciuart',
  ],
])('%s', async (_, text, expected) => {
  expect((await bluetooth(surroundings(text, radio))).map(told).join('\n')).toContain(expected);
});

test('where no sensor needs the radio it is not looked at', async () => {
  expect(await bluetooth(surroundings({}, settingsFor('simulated:cyton')))).toEqual([]);
});

test('a sensor on the serial pins is told that hciuart uses them', async () => {
  const uart = settingsFor('serial:/dev/ttyAMA0');
  const findings = await bluetooth(surroundings({ programs: { 'systemctl is-active hciuart': 'active\n' } }, uart));
  expect(findings.map(told)).toEqual([
    'warn hciuart: hciuart uses the serial pins that openbci-cyton is on → sudo systemctl disable --now hciuart',
  ]);
  expect(await bluetooth(surroundings({ programs: { 'systemctl is-active hciuart': 'inactive\n' } }, uart))).toEqual([]);
});

test('without a configuration a radio in trouble is only a warning', async () => {
  const findings = await bluetooth(surroundings({ files: { ...adapter, ...rfkill(1, 0) }, programs: { bluetoothctl: shown('no') } }));
  expect(findings.map(({ state }) => state)).toEqual(['warn', 'warn']);
});
