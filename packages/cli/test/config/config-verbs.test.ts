import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { initialSettings } from '../../src/config/initial-settings.ts';
import { settingsJsonSchema } from '../../src/config/json-schema.ts';
import { findSettings, loadSettings } from '../../src/config/load-settings.ts';
import { migrate } from '../../src/config/migrate.ts';
import { settingsSchema } from '../../src/config/settings.ts';
import { checkYaml, readYaml } from '../../src/config/yaml-file.ts';
import { runCommand } from '../../src/main.ts';
import { paper } from '../fakes.ts';
import { broken } from './broken.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
let file = '';
beforeEach(() => {
  count += 1;
  file = join(folder, `${count}.yaml`);
});
const affect = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
  const [out, err] = [paper(), paper()];
  const code = await runCommand(argv, { out, err, stop: new AbortController().signal });
  return { code, out: out.text, err: err.text };
};
const whole = 'version: 1\nsensors:\n  - device: openbci-cyton\n    link: simulated:cyton\n';

describe('affect config check', () => {
  test('says that a file is right', async () => {
    writeFileSync(file, whole);
    expect(await affect('config', 'check', '--config', file)).toEqual({
      code: 0,
      out: `${file} is right: 1 sensor, a broker of its own on loopback.\n`,
      err: '',
    });
  });

  test('exits with 2 and every problem where it is not', async () => {
    writeFileSync(file, `${whole}pgae: { port: x }\nlog: { level: x }\n`);
    const { code, out, err } = await affect('config', 'check', '--config', file);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${file}:5:1: pgae: unknown key`);
    expect(err).toContain(`${file}:6:15: log.level: expected`);
  });

  test('finds that no model can run', async () => {
    writeFileSync(file, 'version: 1\nsensors:\n  - device: heart-rate\n    link: ble:name=H10\nintended_use: research\n');
    const { code, out, err } = await affect('config', 'check', '--config', file);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${file}: sensors: Model 'eda-physics-simulated' is not run`);
    writeFileSync(file, `${whole}line: { models: [ eda-physics-simulated ] }\n`);
    expect((await affect('config', 'check', '--config', file)).err).toContain(
      `${file}: line.models: Model 'eda-physics-simulated' is not run`,
    );
  });

  test('finds what the schema cannot know: models, secrets, certificates', async () => {
    writeFileSync(file, `${whole}line: { models: [ eeg-arosal-simulated ] }\n`);
    expect((await affect('config', 'check', '--config', file)).err).toContain("Did you mean 'eeg-arousal-simulated'?");
    writeFileSync(file, `${whole}mqtt: { url: 'mqtts://localhost', tls: { ca: nowhere.pem } }\n`);
    expect((await affect('config', 'check', '--config', file)).err).toContain(`mqtt.tls.ca: there is no file ${folder}/nowhere.pem`);
    writeFileSync(join(folder, 'password'), 'canary');
    chmodSync(join(folder, 'password'), 0o644);
    writeFileSync(file, `${whole}mqtt: { url: mqtt://localhost, username: a, password: { file: password } }\n`);
    const { code, err } = await affect('config', 'check', '--config', file);
    expect(err).toContain(`chmod 600 ${folder}/password`);
    expect(err).not.toContain('canary');
    expect(code).toBe(2);
  });

  test('finds a time between estimates that no window is a multiple of', async () => {
    const file = join(folder, 'hop.yaml');
    writeFileSync(file, `${whole}line: { hop: 5s }\n`);
    const { code, err } = await affect('config', 'check', '--config', file);
    expect(code).toBe(2);
    expect(err).toContain('line.hop: A hop of 5 s cannot be used here. The window of band-de');
  });

  test('advises against what works and is unwise', async () => {
    writeFileSync(
      file,
      `${whole}page: { host: 0.0.0.0, insecure: true }\nrecord: { folder: r }\nmqtt: { url: 'mqtt://broker.example', publish: { raw: true } }\n` +
        'intended_use: workplace\nexception: "fatigue of drivers, a physical state; decided by the safety board"\n',
    );
    const { code, out } = await affect('config', 'check', '--config', file);
    expect(code).toBe(0);
    for (const advice of ['page.insecure', 'record.keep', 'mqtt.url', 'mqtt.publish.raw', 'intended_use: workplace'])
      expect(out).toContain(`Advice  ${advice}`);
  });
});

describe('affect config print', () => {
  test('shows the settings in force, without secrets, addresses and names', async () => {
    writeFileSync(
      file,
      'version: 1\nintended_use: research\nsubject: { id: p01, consent: "form of Anna Canary" }\n' +
        'sensors: [ { device: muse-2, link: "ble:AA:BB:CC:DD:EE:FF" } ]\nrecord: { folder: r, keep: 30d }\n' +
        'mqtt: { url: mqtts://localhost, username: canary, password: { env: PW }, publish: { estimates: { max_rate: 30/min } } }\n',
    );
    const { out, code } = await affect('config', 'print', '--config', file);
    expect(code).toBe(0);
    expect(out).not.toMatch(/canary|AA:BB|aabb/i);
    expect(parse(out)).toMatchObject({
      line: { hop: '500ms' },
      outbox: { max_bytes: '500MB', max_age: '14d' },
      record: { keep: '30d', split: '30m' },
      mqtt: { password: { env: 'PW' }, publish: { estimates: { max_rate: '30/min' }, raw: false } },
    });
  });

  test('what it prints can be read again and means the same', async () => {
    writeFileSync(file, whole);
    const { out } = await affect('config', 'print', '--config', file);
    const { outbox, ...again } = checkYaml(out, 'printed', settingsSchema);
    const { outbox: before, ...settings } = loadSettings(file).settings;
    expect(again).toEqual(settings);
    expect({ ...outbox, folder: '' }).toEqual({ ...before, folder: '' });
    expect(JSON.parse((await affect('config', 'print', '--format', 'json', '--config', file)).out)).toEqual(parse(out));
  });
});

test('every default is the safe one', () => {
  const settings = checkYaml(`${whole}mqtt: { url: 'mqtts://h', tls: {} }\n`, 'x', settingsSchema);
  expect(settings).toMatchObject({
    mqtt: { tls: { verify: true }, publish: { estimates: true, features: false, raw: false } },
    page: { host: '127.0.0.1', insecure: false, names: [] },
    metrics: { enabled: false },
    log: { level: 'info' },
  });
  expect(settings).not.toHaveProperty('record');
});

describe('the JSON Schema', () => {
  const shipped = JSON.parse(readFileSync(new URL('../../schema/affect.schema.json', import.meta.url), 'utf8'));

  test("is shipped as 'affect config schema' prints it; run that again when settings change", async () => {
    expect(shipped).toEqual(settingsJsonSchema());
    expect(JSON.parse((await affect('config', 'schema')).out)).toEqual(shipped);
  });

  test('says the same as the program of every file whose mistake lies in one value', () => {
    const validate = new Ajv2020({ strict: false }).compile(shipped);
    expect(validate(parse(whole))).toBe(true);
    const seen = broken.filter(({ text }) => {
      try {
        return parse(text, { logLevel: 'error' }) !== null;
      } catch {
        return false;
      }
    });
    const accepted = seen.filter(({ text }) => validate(parse(text, { logLevel: 'error' })));
    // What JSON Schema cannot say: devices and their options, ranges of durations, what two keys mean together.
    expect(accepted.map(({ name }) => name)).toEqual([
      'a mistyped option of a device',
      'a mistyped device',
      'a mistyped scheme',
      'a path without a scheme',
      'an option out of range',
      'a hop of an hour',
      'keys for a link that is not encrypted',
      'a certificate without its key',
      'a subject by name',
      'a page open to the network',
      'no use where people are measured',
      'a workplace',
      'two sensors on one link',
    ]);
  });
});

describe('affect config migrate', () => {
  const old =
    '# my lab\nversion: 0\nname: kitchen # upstairs\nhop: 0.5\nmodels: [ eeg-arousal-simulated ]\n' +
    'sources: [ "openbci-cyton?gain=12@simulated:cyton" ] # one\nmqtt: mqtt://localhost\n';

  test('rewrites an old file, keeps its comments and the old file beside it', async () => {
    writeFileSync(file, old, { mode: 0o640 });
    const { code, out } = await affect('config', 'migrate', '--config', file);
    expect(code).toBe(0);
    expect(out).toContain("'name' is now 'station'");
    expect(readFileSync(`${file}.v0`, 'utf8')).toBe(old);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('# my lab');
    expect(text).toContain('station: kitchen # upstairs');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(checkYaml(text, file, settingsSchema)).toMatchObject({
      station: 'kitchen',
      line: { hop: 0.5, models: ['eeg-arousal-simulated'] },
      sensors: [{ device: 'openbci-cyton', link: 'simulated:cyton', options: { gain: '12' } }],
      mqtt: { url: 'mqtt://localhost' },
    });
    expect((await affect('config', 'migrate', '--config', file)).out).toContain('has the layout of this version');
  });

  test('an old file is understood without it, which is advised', () => {
    writeFileSync(file, old);
    const { settings, advice } = loadSettings(file);
    expect(settings.station).toBe('kitchen');
    expect(advice[0]).toContain("Run 'affect config migrate'");
  });

  test('--dry-run changes nothing, a backup is never overwritten', async () => {
    writeFileSync(file, old);
    expect((await affect('config', 'migrate', '--dry-run', '--config', file)).out).toContain("'hop' is now 'line.hop'");
    expect(readFileSync(file, 'utf8')).toBe(old);
    writeFileSync(`${file}.v0`, 'mine');
    expect((await affect('config', 'migrate', '--config', file)).err).toContain('is there already');
    expect(readFileSync(file, 'utf8')).toBe(old);
  });

  test('what is no file of ours is left as it is', () => {
    for (const text of ['', '- a', 'version: one', 'version: 7\nname: x', 'a: [', 'version: 1\nname: x'])
      expect(migrate(text).text).toBe(text);
  });
});

describe('affect config init', () => {
  const nothing = { sightings: [], looked: [], check: ['plug something in'] };

  test('writes a file that passes the check, and never over one that is there', async () => {
    const first = await affect('config', 'init', '-o', file);
    expect(first.code).toBe(0);
    expect((await affect('config', 'check', '--config', file)).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await affect('config', 'init', '-o', file);
    expect(again.code).toBe(2);
    expect(again.err).toContain('is there already and is not overwritten');
  });

  test('fills in what was found, with the reason beside it, and asks for the one thing it cannot know', () => {
    const text = initialSettings({
      found: {
        ...nothing,
        sightings: [
          {
            link: 'serial:/dev/serial/by-id/usb-FTDI_FT231X',
            devices: ['openbci-cyton', 'gsr-lines'],
            says: 'FT231X\n  evil: yes',
            details: {},
          },
          { link: 'ble:AA:BB:CC:DD:EE:FF', devices: ['muse-2'], says: "Anna's: #Muse", details: {} },
          {
            link: 'serial:/dev/ttyS9',
            devices: [],
            says: '',
            details: {},
            problem: { code: 'no-permission', message: 'no right\nto open' },
          },
        ],
      },
      brokers: [{ url: 'mqtt://127.0.0.1:1883', why: '127.0.0.1 answers on port 1883' }],
      lookedForBluetooth: true,
    });
    expect(text).toContain('it may also be gsr-lines');
    expect(text).toContain('127.0.0.1 answers on port 1883');
    expect(text).toContain('Left out: serial:/dev/ttyS9');
    const { problems } = readYaml(text, settingsSchema);
    expect(problems.map(({ path }) => path)).toEqual(['intended_use']);
    expect(checkYaml(text.replace('# intended_use', 'intended_use'), 'x', settingsSchema)).toMatchObject({
      sensors: [{ device: 'openbci-cyton' }, { device: 'muse-2', link: 'ble:AA:BB:CC:DD:EE:FF' }],
      mqtt: { url: 'mqtt://127.0.0.1:1883' },
      home_assistant: { enabled: true },
    });
  });
});

test('a file is looked for where it was named, in the environment, at home, in /etc', () => {
  expect(findSettings('a.yaml', { AFFECT_CONFIG: 'b.yaml' })).toBe('a.yaml');
  expect(findSettings(undefined, { AFFECT_CONFIG: 'b.yaml' })).toBe('b.yaml');
  expect(findSettings(undefined, { XDG_CONFIG_HOME: folder })).toBeUndefined();
});

test('paths begin at the folder of the file, state at the folder systemd gives', () => {
  writeFileSync(file, `${whole}record: { folder: recordings }\nmqtt: { url: mqtts://h, tls: { ca: ca.pem } }\n`);
  const { settings, stateFolder } = loadSettings(file, { STATE_DIRECTORY: '/var/lib/affect:/x' });
  expect(settings.record?.folder).toBe(join(folder, 'recordings'));
  expect(settings.mqtt?.tls?.ca).toBe(join(folder, 'ca.pem'));
  expect(stateFolder).toBe('/var/lib/affect');
  expect(settings.outbox.folder).toBe('/var/lib/affect/outbox');
});
