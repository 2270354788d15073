import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { fakeMachine, settingsFor } from '../../test/doctor-machine.ts';
import { bundle, cleaner } from './bundle.ts';
import { warn } from './finding.ts';
import { zip } from './zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What must not be found anywhere, by what it is. */
const canaries = {
  'a password': 'hunter2-canary',
  'a password in a URL': 'urlpass-canary',
  'a token in the environment': 'token-canary-123',
  'an address': 'AA:BB:CC:DD:EE:FF',
  'an address in small letters': 'aa:bb:cc:dd:ee:ff',
  'an address of BlueZ': 'dev_AA_BB_CC_DD_EE_FF',
  'an address nobody configured': '12:34:56:78:9a:bc',
  'a serial number': 'DM03GQ3Q',
  'the serial number of what is plugged in': 'SN-PLUGGED-7',
  'a subject': 'sub-0042',
  'a consent': 'form 3, signed by Bert Canary',
  'a user of this machine': 'anna',
  'a home folder': '/home/anna',
  'another home folder': '/home/bert-canary',
  'this machine': 'annas-laptop',
  'this machine with its domain': 'annas-laptop.canary.lan',
  'a name of the page': 'lab-canary.example',
  'a broker': 'broker.canary.example',
  'a name in the certificate of the broker': 'cert-canary.example',
  'a user of the broker': 'mqttuser-canary',
  'a mail address': 'bert@canary.example',
  'an address on the network': '192.168.17.23',
  'an address on the network, the long way': 'fe80::1ff:fe23:4567:890a',
};

/** These two are known by what stands around them, not by themselves. */
const bare = Object.values(canaries).filter((canary) => canary !== 'DM03GQ3Q' && canary !== 'urlpass-canary');

const facts = () => {
  const file = join(folder, 'password');
  writeFileSync(file, 'hunter2-canary\n', { mode: 0o600 });
  const loaded = settingsFor('ble:AA:BB:CC:DD:EE:FF', {
    subject: { id: 'sub-0042', consent: 'form 3, signed by Bert Canary' },
    mqtt: {
      url: 'mqtts://broker.canary.example',
      username: 'mqttuser-canary',
      password: { file },
      tls: { servername: 'cert-canary.example' },
    },
    page: { names: ['lab-canary.example'] },
  });
  const log = `2026-11-23 affect[1]: mqtt://x:urlpass-canary@broker ${bare.join(' ; ')}\n/dev/serial/by-id/usb-FTDI_FT231X_USB_UART_DM03GQ3Q-if00-port0 is lost\n`;
  return {
    version: '0.1.0',
    loaded,
    machine: fakeMachine({
      programs: { journalctl: log },
      files: {
        '/sys/bus/usb/devices/1-1/serial': 'SN-PLUGGED-7\n',
        '/sys/bus/usb/devices/1-2/serial': '1\n', // too short to be anybody's
        '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
        '/proc/sys/kernel/osrelease': '6.6.31+rpt-rpi-v8\n',
      },
    }),
    hostname: 'annas-laptop.canary.lan',
    env: { MQTT_TOKEN: 'token-canary-123' },
    findings: [
      warn('serial-name', bare.join(' and '), {
        command: 'ls /dev/serial/by-id/usb-FTDI_FT231X_USB_UART_DM03GQ3Q-if00-port0',
      }),
    ],
  };
};

describe('a bundle', () => {
  test('holds what a bug report needs', async () => {
    const files = await bundle(facts());
    expect(Object.keys(files)).toEqual(['README.txt', 'findings.json', 'versions.json', 'config.yaml', 'log.txt']);
    expect(JSON.parse(files['versions.json']!)).toMatchObject({
      affect: '0.1.0',
      node: '20.19.2',
      system: 'Debian GNU/Linux 12 (bookworm)',
    });
    expect(JSON.parse(files['findings.json']!)).toMatchObject([{ check: 'serial-name', state: 'warn' }]);
    expect(files['config.yaml']).toContain('device: muse-2');
    expect(files['log.txt']).toContain('2026-11-23 affect[1]: mqtt://[secret]@');
  });

  test.each(Object.entries(canaries))('holds nothing of %s', async (_, canary) => {
    const text = Object.values(await bundle(facts())).join('\n');
    expect(text).not.toMatch(new RegExp(canary.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'));
  });

  test('says where nothing could be read', async () => {
    const files = await bundle({ ...facts(), loaded: undefined, machine: fakeMachine() });
    expect(files['config.yaml']).toBe('# no configuration could be read\n');
    expect(files['log.txt']).toBe('no log of the service\n');
  });
});

test('ordinary words are not taken for names', () => {
  const clean = cleaner({ loaded: undefined, machine: fakeMachine(), hostname: 'affect', env: {}, serials: [] });
  expect(clean('affect run: Banana 127.0.0.1:1883 at 12:34:56, version 20.19.2')).toBe(
    'affect run: Banana 127.0.0.1:1883 at 12:34:56, version 20.19.2',
  );
});

test.each(['/', ''])('a user without a home folder (%j) costs no path', (home) => {
  const machine = { ...fakeMachine(), user: { name: 'node', home, uid: 1000 } };
  const clean = cleaner({ loaded: undefined, machine, hostname: 'affect', env: {}, serials: [] });
  expect(clean('/dev/ttyUSB0 is lost')).toBe('/dev/ttyUSB0 is lost');
});

/** Reads an archive the way the directory at its end says. */
const unzip = (bytes: Buffer): Record<string, string> => {
  const end = bytes.length - 22;
  expect(bytes.readUInt32LE(end)).toBe(0x06054b50);
  const files: Record<string, string> = {};
  let at = bytes.readUInt32LE(end + 16);
  for (let entry = 0; entry < bytes.readUInt16LE(end + 10); entry++) {
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50);
    const [packed, size, nameLength, offset] = [
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 24),
      bytes.readUInt16LE(at + 28),
      bytes.readUInt32LE(at + 42),
    ];
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString();
    const start = offset + 30 + bytes.readUInt16LE(offset + 26);
    const text = inflateRawSync(bytes.subarray(start, start + packed));
    expect(text.length).toBe(size);
    files[name] = text.toString();
    at += 46 + nameLength;
  }
  return files;
};

test('an archive gives back its files, and the same files the same bytes', () => {
  const files = { 'a.txt': 'one', 'ordner/ä.txt': 'µV '.repeat(10_000), 'empty.txt': '' };
  expect(unzip(zip(files))).toEqual(files);
  expect(zip(files).equals(zip(files))).toBe(true);
});
