import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { AcquireError } from '@affect-edge/acquire';
import { afterAll, describe, expect, test } from 'vitest';
import { paper } from '../../test/fakes.ts';
import { settingsSchema } from '../config/settings.ts';
import { checkYaml } from '../config/yaml-file.ts';
import { ConfigError } from '../errors.ts';
import { changedKeys, daemon, mayPass, type Plan } from './daemon.ts';

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

describe('a daemon', () => {
  const root = mkdtempSync(join(tmpdir(), 'affect-daemon-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const file = join(root, 'affect.yaml');
  const settings = (more: string): void =>
    writeFileSync(
      file,
      `version: 1\nsensors: [ { device: openbci-cyton, link: 'simulated:cyton' } ]\nmqtt: { url: 'mqtt://127.0.0.1:1' }\n${more}\n`,
    );
  /** Runs it without a page; `on` sees the whole log after each line. */
  const running = (on: (log: string, stop: () => void, reload: () => void) => void) => {
    const stop = new AbortController();
    let reload = (): void => {};
    let log = '';
    const out = new Writable({
      decodeStrings: false,
      write: (line, _, done) => {
        log += line;
        done();
        on(log, () => stop.abort(), reload);
      },
    });
    const onReload = (heard: () => void) => {
      reload = heard;
      return () => {};
    };
    return daemon(file, { page: false }, { out, err: paper(), stop: stop.signal, onReload });
  };

  test('waits for a state folder that cannot be written yet', async () => {
    writeFileSync(join(root, 'taken'), 'no folder');
    settings('state: { folder: taken/state }');
    let waited = false;
    const ended = running((log, stop) => {
      waited ||= log.includes('ENOTDIR') && log.includes('Trying again in 1 s.');
      if (waited) stop();
    });
    expect(await ended).toBe(0);
    expect(waited).toBe(true);
  });

  test.each([
    ['that these sensors cannot feed', 'eda-stress-predict', 'it needs eda, and there is none'],
    ['that is not there', './nowhere', "Unknown model './nowhere'"],
  ])('refuses to reload settings with a model %s, and goes on', async (_, model, why) => {
    settings('state: { folder: state }');
    let asked = false;
    let refused = '';
    const ended = running((log, stop, reload) => {
      if (!asked && log.includes('"about":"engine"')) {
        asked = true;
        settings(`state: { folder: state }\nline: { models: [ ${model} ] }`);
        reload();
      }
      refused ||= /refused, everything goes on as it was: .*/.exec(log)?.[0] ?? '';
      if (refused !== '') stop();
    });
    expect(await ended).toBe(0);
    expect(refused).toContain(why);
  });
});
