import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findSettings, loadSettings } from '../config/load-settings.ts';
import { ConfigError } from '../errors.ts';
import { carryOut, describeStep, type Hands, thisMachine } from '../service/carry-out.ts';
import { installPlan, type Plan, type ServicePaths, servicePaths, systemctl, uninstallPlan } from '../service/plan.ts';
import { describeStatus, readStatus, statusProperties } from '../service/status.ts';
import { homeFoldersOf, serviceAdvice, unitNeeds, unsuitable } from '../service/suits-service.ts';
import { type UnitOptions, unitName } from '../service/unit-file.ts';
import { say, type Terminal } from '../terminal.ts';

interface ScopeOption {
  /** A service of the user who installs it, without root. */
  readonly user?: boolean;
}

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

const scopeOf = ({ user = false }: ScopeOption): UnitOptions['scope'] => (user ? 'user' : 'system');

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
  const missing = loaded === undefined ? [`There is no ${config}. Write one with 'affect config init -o ${config}'.`] : [];
  const refused = [...missing, ...(loaded !== undefined && scope === 'system' ? unsuitable(loaded, true) : []), ...plan.refused];
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

/** Runs a program and gives what it printed; `undefined` where it cannot be run. */
const outputOf = ([program = '', ...args]: readonly string[]): Promise<string | undefined> =>
  new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
    });
    child.once('error', () => done(undefined));
    child.once('close', () => done(text));
  });

const noSystemd = (): ConfigError => new ConfigError('not-found', "There is no systemd here. 'affect run' works without it.");

/** The state of the service in a few lines, or as JSON; exit code 0 where it is running, 1 where not. */
export const serviceStatus = async (
  options: ScopeOption & { readonly json?: boolean },
  { out }: Terminal,
  output: typeof outputOf = outputOf,
): Promise<number> => {
  const text = await output(systemctl(scopeOf(options), 'show', unitName, `--property=${statusProperties}`));
  if (text === undefined || !text.includes('LoadState=')) throw noSystemd();
  const status = readStatus(text);
  if (options.json === true) say(out, JSON.stringify(status, null, 2));
  else for (const line of describeStatus(status)) say(out, line);
  return status.state === 'active' ? 0 : 1;
};

/** The last lines of the service's log, and with `follow` those to come until Ctrl-C. */
export const serviceLogs = async (
  options: ScopeOption & { readonly follow?: boolean; readonly lines: number },
  { out, stop }: Terminal,
): Promise<number> => {
  const args = [
    ...(options.user === true ? ['--user-unit'] : ['--unit']),
    unitName,
    '--no-pager',
    '--output=short-iso',
    `--lines=${options.lines}`,
    ...(options.follow === true ? ['--follow'] : []),
  ];
  return new Promise((done, fail) => {
    const child = spawn('journalctl', args, { stdio: ['ignore', 'pipe', 'inherit'], signal: stop });
    child.stdout.on('data', (data: Buffer) => out.write(data.toString()));
    child.once('error', (error) => (error.name === 'AbortError' ? done(0) : fail(noSystemd())));
    child.once('close', (code) => done(code === 0 || stop.aborted ? 0 : 1));
  });
};
