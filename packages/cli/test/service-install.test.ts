import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ServiceParts, serviceInstall, serviceUninstall } from '../src/commands/service.ts';
import { serviceStatus } from '../src/commands/service-status.ts';
import { paper } from './fakes.ts';

/** `affect service` with hands that touch nothing. */

const folder = mkdtempSync(join(tmpdir(), 'affect-service-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'affect.yaml');
writeFileSync(config, 'version: 1\nsensors: [{ device: openbci-cyton, link: "simulated:cyton" }]\n');

const parts = (some: Partial<ServiceParts> = {}, failing = '') => {
  const files: Record<string, string> = {};
  const ran: string[] = [];
  const whole: ServiceParts = {
    hands: {
      read: (path) => files[path],
      write: (path, text) => {
        files[path] = text;
      },
      remove: (path) => {
        delete files[path];
      },
      run: async (argv) => {
        ran.push(argv.join(' '));
        return argv.includes(failing) ? 1 : 0;
      },
    },
    paths: { unit: '/etc/systemd/system/affect.service', rules: '/etc/udev/rules.d/70-affect.rules' },
    isRoot: true,
    node: '/usr/bin/node',
    program: '/opt/affect/bin/affect.js',
    ...some,
  };
  return { whole, files, ran };
};
const terminal = () => ({ out: paper(), err: paper(), stop: new AbortController().signal });

describe('install', () => {
  test('a dry run shows every file and command, needs no root, and does nothing', async () => {
    const { whole, files, ran } = parts({ isRoot: false });
    const { out, err, stop } = terminal();
    expect(await serviceInstall({ config, dryRun: true }, { out, err, stop }, whole)).toBe(0);
    expect(out.text).toContain('    ExecStart=/usr/bin/node --max-old-space-size=256 /opt/affect/bin/affect.js run --config');
    expect(out.text).toContain('ATTR{latency_timer}="1"');
    expect(out.text).toContain('run     systemctl daemon-reload  (reads the unit)');
    expect(out.text).toContain('Nothing was done');
    expect([Object.keys(files), ran]).toEqual([[], []]);
  });

  test('without root it says the whole command to type, and does nothing', async () => {
    const { whole, files } = parts({ isRoot: false });
    await expect(serviceInstall({ config }, terminal(), whole)).rejects.toThrow(
      `'service install' needs root: run 'sudo /usr/bin/node /opt/affect/bin/affect.js service install --config ${config}'`,
    );
    expect(files).toEqual({});
  });

  test('writes, starts, and says where to look; uninstall takes it all away', async () => {
    const { whole, files, ran } = parts();
    const screen = terminal();
    expect(await serviceInstall({ config }, screen, whole)).toBe(0);
    expect(Object.keys(files)).toHaveLength(2);
    expect(ran).toContain('systemctl restart affect.service');
    expect(screen.out.text).toContain('affect service status');
    expect(await serviceUninstall({}, terminal(), whole)).toBe(0);
    expect(files).toEqual({});
    await expect(serviceUninstall({}, terminal(), whole)).rejects.toThrow('no service to uninstall');
  });

  test('a step that fails is an exit code and a reason', async () => {
    const { whole } = parts({}, 'restart');
    const screen = terminal();
    expect(await serviceInstall({ config }, screen, whole)).toBe(1);
    expect(screen.err.text).toContain("'systemctl restart affect.service' failed (exit code 1)");
  });

  test('the variant comes from the links, or from whoever asks', async () => {
    const ble = join(folder, 'ble.yaml');
    writeFileSync(ble, 'version: 1\nintended_use: research\nsensors: [{ device: muse-2, link: "ble:AA:BB:CC:DD:EE:FF" }]\n');
    const unitFor = async (options: object): Promise<string> => {
      const { whole, files } = parts();
      await serviceInstall({ config, ...options }, terminal(), whole);
      return files[whole.paths.unit]!;
    };
    expect(await unitFor({})).not.toContain('AF_BLUETOOTH');
    expect(await unitFor({ config: ble })).toContain('AF_BLUETOOTH');
    expect(await unitFor({ variant: 'ble' })).toContain('AF_BLUETOOTH');
  });

  test('a configuration that cannot work as a service is told before anything is written', async () => {
    const elsewhere = join(folder, 'elsewhere.yaml');
    writeFileSync(
      elsewhere,
      'version: 1\nsensors: [{ device: openbci-cyton, link: "simulated:cyton" }]\nrecord: { folder: /srv/x, keep: 1d }\n',
    );
    const { whole, files } = parts();
    await expect(serviceInstall({ config: elsewhere }, terminal(), whole)).rejects.toThrow(
      'record.folder: the service can write below /var/lib/affect only',
    );
    expect(files).toEqual({});
  });
});

describe('a secret systemd hands over', () => {
  const secret = join(folder, 'secret.yaml');
  writeFileSync(
    secret,
    'version: 1\nsensors: [{ device: openbci-cyton, link: "simulated:cyton" }]\nmqtt: { url: "mqtt://localhost", username: affect, password: { credential: mqtt-password } }\n',
  );

  test('must be there before the service is started', async () => {
    const { whole, files } = parts();
    await expect(serviceInstall({ config: secret }, terminal(), whole)).rejects.toThrow(
      'There is no secret in /etc/affect/credentials/mqtt-password',
    );
    files['/etc/affect/credentials/mqtt-password'] = 'x';
    expect(await serviceInstall({ config: secret }, terminal(), whole)).toBe(0);
    expect(files['/etc/systemd/system/affect.service']).toContain('LoadCredential=mqtt-password:/etc/affect/credentials/mqtt-password');
  });

  test('is nothing for the service of a user', async () => {
    await expect(serviceInstall({ config: secret, user: true }, terminal(), parts().whole)).rejects.toThrow(
      'is for services of root. Write { file: … }',
    );
  });
});

describe('status', () => {
  const shown = 'LoadState=loaded\nActiveState=active\nStatusText=1 stream\nNRestarts=0\nResult=success\nMainPID=5\n';
  test('is 0 where it runs and 1 where it does not, for a person or as JSON', async () => {
    const screen = terminal();
    expect(await serviceStatus({}, screen, async () => shown)).toBe(0);
    expect(screen.out.text).toBe('active, process 5\n1 stream\n');
    const json = terminal();
    expect(await serviceStatus({ json: true }, json, async () => shown.replace('=active', '=failed'))).toBe(1);
    expect(JSON.parse(json.out.text)).toMatchObject({ state: 'failed', says: '1 stream' });
  });

  test('without systemd it says that run works without it', async () => {
    await expect(serviceStatus({}, terminal(), async () => undefined)).rejects.toThrow("no systemd here. 'affect run' works without it");
  });
});
