import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findSettings, type LoadedSettings, loadSettings } from '../config/load-settings.ts';
import { ConfigError } from '../errors.ts';
import { carryOut, describeStep, type Hands, thisMachine } from '../service/carry-out.ts';
import { installPlan, type Plan, type ServicePaths, servicePaths, uninstallPlan } from '../service/plan.ts';
import { homeFoldersOf, serviceAdvice, unitNeeds, unsuitable } from '../service/suits-service.ts';
import type { UnitOptions } from '../service/unit-file.ts';
import { say, type Terminal } from '../terminal.ts';
import { type ScopeOption, scopeOf } from './service-status.ts';

export interface InstallOptions extends ScopeOption {
  readonly config?: string;
  /** From the configuration's links when absent. */
  readonly variant?: UnitOptions['variant'];
  readonly dryRun?: boolean;
}

/** What an installation depends on beside its options; replaced in tests. */
export interface ServiceParts {
  readonly hands: Hands;
  readonly paths: ServicePaths;
  readonly isRoot: boolean;
  readonly node: string;
  readonly program: string;
}

const thisInstallation = (options: ScopeOption): ServiceParts => ({
  hands: thisMachine,
  paths: servicePaths(scopeOf(options), process.env.XDG_CONFIG_HOME || join(homedir(), '.config')),
  isRoot: process.geteuid?.() === 0,
  node: process.execPath,
  program: realpathSync(fileURLToPath(new URL('../../bin/affect.js', import.meta.url))),
});

/**
 * Writes the unit and the udev rules and starts the service; with `dryRun` shows them and does nothing.
 * @throws ConfigError where the settings cannot work as a service, files of others are in the way, or root is needed.
 */
export const serviceInstall = async (options: InstallOptions, terminal: Terminal, parts = thisInstallation(options)): Promise<number> => {
  const { dryRun = false } = options;
  const scope = scopeOf(options);
  const found = findSettings(options.config);
  const config = resolve(found ?? '/etc/affect/affect.yaml');
  const loaded =
    found === undefined ? undefined : loadSettings(config, scope === 'system' ? { STATE_DIRECTORY: '/var/lib/affect' } : process.env);
  const needs = unitNeeds(loaded);
  const unit: UnitOptions = {
    ...needs,
    variant: options.variant ?? needs.variant,
    scope,
    node: parts.node,
    program: parts.program,
    config,
    homeFolders: homeFoldersOf([parts.node, parts.program]),
  };
  const plan = installPlan(unit, parts.paths, parts.hands.read);
  const refused = [...hindrances(unit, loaded, parts), ...plan.refused];
  const advice = loaded === undefined || scope === 'user' ? [] : serviceAdvice(loaded);
  if (dryRun) {
    show({ ...plan, refused, left: [...plan.left, ...advice] }, terminal);
    return 0;
  }
  refuse(refused, 'service install');
  needRoot(scope, parts, ['service', 'install', '--config', config]);
  return finish(
    { ...plan, left: [...plan.left, ...advice] },
    parts.hands,
    terminal,
    'Running. See ‘affect service status’ and ‘affect service logs -f’.',
  );
};

/** Why the service would not start with these settings, one line each. Whether a secret is there only root can see. */
const hindrances = (
  { scope, config, credentials }: UnitOptions,
  loaded: LoadedSettings | undefined,
  { isRoot, hands }: ServiceParts,
): string[] => {
  if (loaded === undefined) return [`There is no ${config}. Write one with 'affect config init -o ${config}'.`];
  if (scope === 'user') {
    return Object.keys(credentials).map(
      (name) => `{ credential: ${name} } is for services of root. Write { file: … } with a file only you can read (chmod 600).`,
    );
  }
  const lacking = isRoot ? Object.values(credentials).filter((path) => hands.read(path) === undefined) : [];
  return [
    ...unsuitable(loaded, true),
    ...lacking.map((path) => `There is no secret in ${path}. Put it there: sudo sh -c 'umask 077; cat > ${path}'`),
  ];
};

/** Stops the service and removes the files `service install` wrote and nobody has changed. */
export const serviceUninstall = async (
  options: ScopeOption & { readonly dryRun?: boolean },
  terminal: Terminal,
  parts = thisInstallation(options),
): Promise<number> => {
  const plan = uninstallPlan(scopeOf(options), parts.paths, parts.hands.read);
  if (options.dryRun === true) {
    show(plan, terminal);
    return 0;
  }
  refuse(plan.refused, 'service uninstall');
  needRoot(scopeOf(options), parts, ['service', 'uninstall']);
  return finish(plan, parts.hands, terminal, 'Uninstalled.');
};

const show = ({ steps, left, refused }: Plan, { out }: Terminal): void => {
  for (const reason of refused) say(out, `Cannot be done now: ${reason}`);
  for (const step of steps) {
    say(out, describeStep(step));
    if (step.kind === 'write') say(out, `\n${step.text.replace(/^(?=.)/gm, '    ')}`);
  }
  for (const line of left) say(out, `Note    ${line}`);
  say(out, 'Nothing was done: this was a dry run.');
};

const refuse = (reasons: readonly string[], what: string): void => {
  if (reasons.length > 0)
    throw new ConfigError('bad-option', reasons.length === 1 ? reasons[0] : [`'${what}' cannot be done:`, ...reasons].join('\n  '));
};

const needRoot = (scope: UnitOptions['scope'], { isRoot, node, program }: ServiceParts, words: readonly string[]): void => {
  if (scope === 'user' || isRoot) return;
  // sudo has a PATH of its own, which often lacks node: so with full paths.
  const command = ['sudo', node, program, ...words].join(' ');
  throw new ConfigError(
    'bad-option',
    `'${words.slice(0, 2).join(' ')}' needs root: run '${command}'. To see what it would do, add --dry-run.`,
  );
};

const finish = async (plan: Plan, hands: Hands, { out, err }: Terminal, done: string): Promise<number> => {
  const { failed } = await carryOut(plan, hands, (line) => say(out, line));
  for (const line of plan.left) say(out, `Note    ${line}`);
  if (failed === undefined) say(out, done);
  else
    say(
      err,
      `affect: '${failed.step.kind === 'run' ? failed.step.argv.join(' ') : failed.step.path}' failed (${failed.why}). What was done before it stays; try again after mending it.`,
    );
  return failed === undefined ? 0 : 1;
};
