import { describe, expect, test } from 'vitest';
import { carryOut, type Hands } from './carry-out.ts';
import { installPlan, type Plan, servicePaths, uninstallPlan } from './plan.ts';
import type { UnitOptions } from './unit-file.ts';

const options: UnitOptions = {
  variant: 'serial',
  scope: 'system',
  node: '/usr/bin/node',
  program: '/opt/affect/bin/affect.js',
  config: '/etc/affect/affect.yaml',
  credentials: {},
  homeFolders: [],
  localNetworkOnly: true,
};
const paths = servicePaths('system', '/home/x/.config');

/** A machine that is a list of files and remembers what was run. */
const machine = (files: Record<string, string> = {}, failing: readonly string[] = []) => {
  const ran: string[] = [];
  const hands: Hands = {
    read: (path) => files[path],
    write: (path, text) => {
      files[path] = text;
    },
    remove: (path) => {
      delete files[path];
    },
    run: async (argv) => {
      ran.push(argv.join(' '));
      return failing.some((word) => argv.includes(word)) ? 1 : 0;
    },
  };
  return { files, ran, hands };
};
const install = (hands: Hands): Plan => installPlan(options, paths, hands.read);

describe('install and uninstall', () => {
  test('what is installed is removed again without a trace, and nothing else', async () => {
    const { files, ran, hands } = machine({ '/etc/affect/affect.yaml': 'version: 1' });
    expect(await carryOut(install(hands), hands, () => {})).toEqual({});
    expect(Object.keys(files).sort()).toEqual([
      '/etc/affect/affect.yaml',
      '/etc/systemd/system/affect.service',
      '/etc/udev/rules.d/70-affect.rules',
    ]);
    expect(ran.at(-1)).toBe('systemctl restart affect.service');
    await carryOut(uninstallPlan('system', paths, hands.read), hands, () => {});
    expect(Object.keys(files)).toEqual(['/etc/affect/affect.yaml']);
    expect(ran).toContain('systemctl disable --now affect.service');
  });

  test('installing twice replaces our own files', async () => {
    const { hands } = machine();
    await carryOut(install(hands), hands, () => {});
    expect(installPlan({ ...options, variant: 'ble' }, paths, hands.read).refused).toEqual([]);
  });

  test('a file of somebody else stops the installation and is not removed', () => {
    const { hands } = machine({ [paths.unit]: '[Service]\nExecStart=/bin/true\n' });
    expect(install(hands).refused).toEqual([expect.stringContaining('somebody else')]);
    const plan = uninstallPlan('system', paths, hands.read);
    expect(plan.steps).toEqual([]);
    expect(plan.left[0]).toContain('written by somebody else');
  });

  test('a file edited by hand is neither overwritten nor removed', async () => {
    const { files, hands } = machine();
    await carryOut(install(hands), hands, () => {});
    files[paths.unit] += 'Environment=X=1\n';
    expect(install(hands).refused).toEqual([expect.stringContaining('systemctl edit affect')]);
    const plan = uninstallPlan('system', paths, hands.read);
    expect(plan.steps.flatMap((step) => (step.kind === 'remove' ? [step.path] : []))).toEqual([paths.rules]);
    expect(plan.left[0]).toContain('changed by hand');
  });

  test('where nothing is installed there is nothing to uninstall', () => {
    expect(uninstallPlan('system', paths, () => undefined).refused).toHaveLength(1);
  });

  test('without root there is a unit and lingering, no rules', () => {
    const user = servicePaths('user', '/home/x/.config');
    const plan = installPlan({ ...options, scope: 'user' }, user, () => undefined);
    expect(plan.steps.flatMap((step) => (step.kind === 'write' ? [step.path] : []))).toEqual([
      '/home/x/.config/systemd/user/affect.service',
    ]);
    const runs = plan.steps.flatMap((step) => (step.kind === 'run' ? [step.argv.join(' ')] : []));
    expect(runs).toEqual([
      'systemctl --user daemon-reload',
      'loginctl enable-linger',
      'systemctl --user enable affect.service',
      'systemctl --user restart affect.service',
    ]);
  });
});

test('a step that fails ends the plan and is named; one that may fail does not', async () => {
  const broken = machine({}, ['daemon-reload']);
  const { failed } = await carryOut(install(broken.hands), broken.hands, () => {});
  expect(failed).toMatchObject({ step: { argv: ['systemctl', 'daemon-reload'] }, why: 'exit code 1' });
  expect(broken.ran).toEqual(['systemctl daemon-reload']);
  const user = servicePaths('user', '/x');
  const lenient = machine({}, ['enable-linger']);
  const plan = installPlan({ ...options, scope: 'user' }, user, lenient.hands.read);
  expect(await carryOut(plan, lenient.hands, () => {})).toEqual({});
});
