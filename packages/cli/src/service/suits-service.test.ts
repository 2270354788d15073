import { describe, expect, test } from 'vitest';
import type { LoadedSettings } from '../config/load-settings.ts';
import { settingsSchema } from '../config/settings.ts';
import { homeFoldersOf, isLocalHost, serviceAdvice, unitNeeds, unsuitable } from './suits-service.ts';

const loaded = (some: object = {}, file = '/etc/affect/affect.yaml'): LoadedSettings => {
  const settings = settingsSchema.parse({
    version: 1,
    intended_use: 'research',
    sensors: [{ device: 'openbci-cyton', link: 'simulated:cyton' }],
    ...some,
  });
  const stateFolder = settings.state?.folder ?? '/var/lib/affect';
  return {
    file,
    settings: { ...settings, outbox: { ...settings.outbox, folder: settings.outbox.folder ?? `${stateFolder}/outbox` } },
    stateFolder,
    advice: [],
  };
};
const mqtt = (url: string, password?: object) => ({ mqtt: { url, ...(password && { username: 'affect', password }) } });

describe('what the unit needs', () => {
  test('a radio link asks for the radio variant', () => {
    expect(unitNeeds(loaded()).variant).toBe('serial');
    const sensors = [{ device: 'muse-2', link: 'ble:AA:BB:CC:DD:EE:FF' }];
    expect(unitNeeds(loaded({ sensors })).variant).toBe('ble');
  });

  test('a credential is loaded from the folder of credentials; a file or a variable is not', () => {
    expect(unitNeeds(loaded(mqtt('mqtt://localhost', { credential: 'mqtt-password' }))).credentials).toEqual({
      'mqtt-password': '/etc/affect/credentials/mqtt-password',
    });
    expect(unitNeeds(loaded(mqtt('mqtt://localhost', { env: 'X' }))).credentials).toEqual({});
  });

  test('without a configuration it is the closed one', () => {
    expect(unitNeeds(undefined)).toEqual({ variant: 'serial', credentials: {}, localNetworkOnly: true });
  });

  test.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['192.168.1.4', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['8.8.8.8', false],
    ['[::1]', true],
    ['[fd00::1]', true],
    ['[2001:db8::1]', false],
    ['homeassistant.local', true],
    ['nas', true],
    ['broker.example', false],
  ])('%s is in the own network: %s', (host, expected) => {
    expect(isLocalHost(host)).toBe(expected);
  });
});

describe('what cannot work as a service is refused', () => {
  test('settings that fit are not', () => expect(unsuitable(loaded(), true)).toEqual([]));

  test.each([
    [loaded({}, '/home/pi/affect.yaml'), 'sudo install -D -m 644 /home/pi/affect.yaml /etc/affect/affect.yaml'],
    [
      loaded({ record: { folder: '/srv/recordings' } }),
      'record.folder: the service can write below /var/lib/affect only, not /srv/recordings',
    ],
    [loaded({ state: { folder: '/var/lib/affected' } }), 'state.folder'],
    [loaded({ outbox: { folder: '/tmp/outbox' } }), 'outbox.folder'],
    [loaded(mqtt('mqtt://localhost', { file: '/home/pi/secret' })), 'mqtt.password: /home/pi/secret is in a home folder'],
  ])('%#', (settings, expected) => {
    expect(unsuitable(settings, true)).toEqual([expect.stringContaining(expected)]);
  });
});

test('a password in a file or in a variable is better handed over by systemd', () => {
  expect(serviceAdvice(loaded(mqtt('mqtt://localhost', { file: '/etc/affect/pw' })))[0]).toContain('{ credential: mqtt-password }');
  expect(serviceAdvice(loaded(mqtt('mqtt://localhost', { env: 'PW' })))[0]).toContain('does not see the variable PW');
  expect(serviceAdvice(loaded(mqtt('mqtt://localhost', { credential: 'x' })))).toEqual([]);
});

test('of a home only the folders the program is in are shown', () => {
  expect(
    homeFoldersOf(['/home/pi/.nvm/versions/node/v22/bin/node', '/home/pi/affect-edge/packages/cli/bin/affect.js', '/usr/bin/node']),
  ).toEqual(['/home/pi/.nvm', '/home/pi/affect-edge']);
  const homeOfRoot = '/root';
  expect(homeFoldersOf([`${homeOfRoot}/x/y`, `${homeOfRoot}/x/z`])).toEqual([`${homeOfRoot}/x`]);
});
