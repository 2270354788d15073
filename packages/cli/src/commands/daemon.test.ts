import { AcquireError } from '@affect-edge/acquire';
import { describe, expect, test } from 'vitest';
import { settingsSchema } from '../config/settings.ts';
import { checkYaml } from '../config/yaml-file.ts';
import { ConfigError } from '../errors.ts';
import { changedKeys, mayPass, type Plan } from './daemon.ts';

describe('what a daemon waits for', () => {
  test.each([
    ['a port that is taken', new ConfigError('no-port', 'x'), true],
    ['a sensor that is away', new AcquireError('not-found', 'x'), true],
    ['a port another program has', new AcquireError('busy', 'x'), true],
    ['a right that udev has not given yet', new AcquireError('no-permission', 'x'), true],
    ['a radio that is not up', new AcquireError('no-driver', 'x'), true],
    ['a disk that is full', Object.assign(new Error('x'), { code: 'ENOSPC' }), true],
    ['a network that is not up', Object.assign(new Error('x'), { code: 'EADDRNOTAVAIL' }), true],
    ['a wrong word', new ConfigError('bad-config', 'x'), false],
    ['a model there is not', new ConfigError('unknown-model', 'x'), false],
    ['a secret that is not there', new ConfigError('bad-secret', 'x'), false],
    ['a device there is not', new AcquireError('unknown-device', 'x'), false],
    ['an address nobody can read', new AcquireError('bad-uri', 'x'), false],
    ['a mistake in the program', new TypeError('x'), false],
    ['Node complaining about itself', Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }), false],
    ['no error at all', 'x', false],
  ])('%s', (_, error, waits) => expect(mayPass(error)).toBe(waits));
});

test('a reload tells which sections changed, a secret among them', () => {
  const plan = (more: string, mqttPassword?: string): Plan => ({
    loaded: {
      file: 'x',
      settings: checkYaml(`version: 1\nsensors: [ { device: openbci-cyton, link: simulated:cyton } ]\n${more}`, 'x', settingsSchema),
      stateFolder: '/x',
      advice: [],
    },
    secrets: mqttPassword === undefined ? {} : { mqttPassword },
  });
  expect(changedKeys(plan(''), plan('# a comment\npage: { port: 8080 }\n'))).toEqual([]);
  expect(changedKeys(plan(''), plan('line: { hop: 1s }\nlog: { level: warn }\n'))).toEqual(['line', 'log']);
  expect(changedKeys(plan('record: { folder: a }'), plan(''))).toEqual(['record']);
  expect(changedKeys(plan('', 'one'), plan('', 'two'))).toEqual(['a secret']);
});
