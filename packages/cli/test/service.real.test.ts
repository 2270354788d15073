import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { stamped } from '../src/service/stamp.ts';
import { type UnitOptions, unitFile } from '../src/service/unit-file.ts';

/** The units as systemd's own judge sees them. `systemd-analyze` comes with systemd; it needs no systemd that is running. */

const folder = mkdtempSync(join(tmpdir(), 'affect-unit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = join(folder, 'affect.js');
writeFileSync(program, '');
chmodSync(program, 0o755);

const options: UnitOptions = {
  variant: 'serial',
  scope: 'system',
  node: process.execPath,
  program,
  config: '/etc/affect/affect.yaml',
  credentials: { 'mqtt-password': '/etc/affect/credentials/mqtt-password' },
  homeFolders: [],
  localNetworkOnly: true,
};

const analyze = (unit: Partial<UnitOptions>, ...words: string[]) => {
  const path = join(folder, 'affect.service');
  writeFileSync(path, stamped(unitFile({ ...options, ...unit })));
  const { stdout, stderr, status, error } = spawnSync('systemd-analyze', ['--no-pager', ...words, path], { encoding: 'utf8' });
  if (error) throw new Error(`systemd-analyze does not run (${error.message}): 'apt install systemd'`);
  return { stdout, stderr, status };
};

/** Exposure from 0 (safe) to 10. */
const exposure = (unit: Partial<UnitOptions>): number => {
  const { stdout } = analyze(unit, '--offline=true', 'security');
  return Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
};

describe('systemd-analyze security', () => {
  // The scores of docs/running-on-a-pi.md, by systemd 252; later versions look at a few more things.
  test.each([
    ['serial, broker in the own network', {}, 1.4],
    ['serial, broker on the internet', { localNetworkOnly: false }, 1.5],
    ['Bluetooth, broker in the own network', { variant: 'ble' }, 2.2],
    ['serial, program in a home folder', { homeFolders: ['/home/pi/affect-edge'] }, 1.4],
  ] as const)('%s: %#', (_, unit, documented) => {
    expect(exposure(unit)).toBeCloseTo(documented, 0);
  });

  test('the serial unit passes the gate of 2.0 that a plain unit fails', () => {
    expect(analyze({}, '--offline=true', '--threshold=20', 'security').status).toBe(0);
    const plain = join(folder, 'plain.service');
    writeFileSync(plain, `[Service]\nExecStart=${process.execPath} ${program} run\n`);
    const { status } = spawnSync('systemd-analyze', ['--no-pager', '--offline=true', '--threshold=20', 'security', plain]);
    expect(status).toBe(1);
  });
});

test.each([{ variant: 'serial' }, { variant: 'ble' }, { scope: 'user' }] as const)(
  'systemd-analyze verify has nothing to say about %j',
  (unit) => {
    const { stdout, stderr, status } = analyze(unit, 'verify');
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  },
);

describe('the system call filter of the unit', () => {
  const sets = [...unitFile(options).matchAll(/^SystemCallFilter=(~?)(.*)$/gm)];
  const [allowed, refused] = ['', '~'].map((sign) => sets.find(([, found]) => found === sign)![2]!);
  const sandbox = fileURLToPath(new URL('service-sandbox.py', import.meta.url));
  const under = (...command: string[]) => spawnSync('python3', [sandbox, allowed, refused, ...command], { encoding: 'utf8' });

  test('is on: what needs a privilege or takes more than its share is refused', () => {
    const attempts =
      'import os, time\nfor call in (lambda: os.nice(1), lambda: os.chown("/", 0, 0), lambda: time.clock_settime(time.CLOCK_MONOTONIC, 0)):\n  try: call(); print("done")\n  except PermissionError: print("refused")\n';
    expect(under('python3', '-c', attempts).stdout).toBe('refused\nrefused\nrefused\n');
  });

  test('leaves the daemon all it needs: native engine, broker, page, files', () => {
    const config = join(folder, 'affect.yaml');
    const state = join(folder, 'state');
    writeFileSync(
      config,
      `version: 1\nsensors: [{ device: openbci-cyton, link: "simulated:cyton" }]\nstate: { folder: ${state} }\nrecord: { folder: ${state}/rec, keep: 1d }\npage: { port: 0 }\n`,
    );
    const affect = fileURLToPath(new URL('../bin/affect.js', import.meta.url));
    const { stdout, stderr, status } = under(process.execPath, affect, 'run', '--config', config, '--for', '4s');
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringMatching(/EPERM|not permitted/) });
    expect(stdout).toMatch(/Engine.*onnx/);
    expect(stdout).toMatch(/Done: [1-9]\d* estimates, no losses/);
  });
});
