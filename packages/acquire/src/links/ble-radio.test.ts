import { expect, test } from 'vitest';
import { type RadioFacts, radioTrouble } from './ble-radio.ts';

const facts = (files: Readonly<Record<string, string>>, platform = 'linux'): RadioFacts => ({
  platform,
  list: async (folder) => [
    ...new Set(
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split('/')[0]!),
    ),
  ],
  text: async (path) => files[path] ?? '',
});
const hci0 = { '/sys/class/bluetooth/hci0/address': '', '/sys/class/bluetooth/hci0:11/x': '' };
const allowed = { '/proc/self/status': 'Name:\tnode\nCapEff:\t0000000000002000\n' };
const forbidden = { '/proc/self/status': 'CapEff:\t0000000000000000\n' };
const rfkill = (soft: string, type = 'bluetooth') => ({
  '/sys/class/rfkill/rfkill1/type': `${type}\n`,
  '/sys/class/rfkill/rfkill1/soft': `${soft}\n`,
});

test.each([
  ['no adapter', facts({ ...allowed }), undefined, 'not-found', /dtoverlay/],
  ['another adapter than the one asked for', facts({ ...hci0, ...allowed }), 1, 'not-found', /There is hci0:/],
  ['a blocked radio', facts({ ...hci0, ...allowed, ...rfkill('1') }), 0, 'not-found', /rfkill unblock/],
  ['no right', facts({ ...hci0, ...forbidden }), undefined, 'no-permission', /AmbientCapabilities=CAP_NET_RAW.*setcap/],
  [
    'an adapter that is off',
    facts({ ...hci0, ...allowed, ...rfkill('0'), ...rfkill('0', 'wlan') }),
    undefined,
    'not-found',
    /bluetoothctl power on/,
  ],
  ['another system', facts({}, 'darwin'), undefined, 'not-found', /system settings/],
] as const)('%s is told from the rest', async (_name, machine, adapter, code, message) => {
  const error = await radioTrouble(adapter, machine);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test('a blocked Wi-Fi radio is not taken for a blocked Bluetooth radio', async () => {
  const error = await radioTrouble(undefined, facts({ ...hci0, ...allowed, ...rfkill('1', 'wlan') }));
  expect(error.message).not.toContain('rfkill');
});
