import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { daemonOptions } from './daemon-options.ts';

const root = mkdtempSync(join(tmpdir(), 'affect-options-'));
afterAll(() => rmSync(root, { recursive: true }));
const silent = { tell: () => {}, warn: () => {}, page: () => {} };

const optionsOf = (station: string, more = '', dryRun = false) => {
  const file = join(root, 'affect.yaml');
  writeFileSync(
    file,
    `version: 1\nstation: ${station}\nsensors: [ { device: openbci-cyton, link: 'simulated:cyton' } ]\nstate: { folder: state }\n` +
      `page: { enabled: false }\n${more}`,
  );
  return daemonOptions({ loaded: loadSettings(file), secrets: {} }, { page: true, dryRun }, silent);
};

test('a dry run makes no id and no token', () => {
  optionsOf('lab', 'home_assistant: {}\nmarks: { http: { enabled: true } }\n', true);
  expect(existsSync(join(root, 'state'))).toBe(false);
});

test('Home Assistant knows the installation by an id of its own, which another station name does not change', () => {
  const nodeId = (station: string) => optionsOf(station, 'home_assistant: {}\n').broker.homeAssistant?.nodeId;
  const id = nodeId('lab');
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(nodeId('kitchen')).toBe(id);
});

test('marks are published unless the file says otherwise, and taken by HTTP only where it says so', () => {
  const broker = (publish: string) => optionsOf('lab', `mqtt: { url: 'mqtt://localhost'${publish} }\n`).broker.marks;
  expect(broker('')).toBe(true);
  expect(broker(', publish: { marks: false }')).toBe(false);
  expect(optionsOf('lab').httpMarks).toBeUndefined();
  expect(optionsOf('lab', 'marks: { http: { enabled: true, port: 0 } }\n').httpMarks).toEqual({
    port: 0,
    token: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

test('two sensors of one make have signals of their own', () => {
  const source = (seed: number) => ({ device: 'openbci-cyton', options: {}, uri: `simulated:cyton?seed=${seed}` });
  writeFileSync(
    join(root, 'two.yaml'),
    "version: 1\nstation: lab\nsensors: [ { device: openbci-cyton, link: 'simulated:cyton' } ]\nstate: { folder: state }\n",
  );
  const plan = { loaded: loadSettings(join(root, 'two.yaml')), secrets: {} };
  const { sources } = daemonOptions(plan, { page: false, source: [source(1), source(2)] }, silent);
  const ids = sources.flatMap(({ device }) => device.signals.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['eeg', 'eeg-2']));
});
