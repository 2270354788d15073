import { spawn } from 'node:child_process';
import { ConfigError } from '../errors.ts';
import { systemctl } from '../service/plan.ts';
import { describeStatus, readStatus, statusProperties } from '../service/status.ts';
import { type UnitOptions, unitName } from '../service/unit-file.ts';
import { say, type Terminal } from '../terminal.ts';

export interface ScopeOption {
  /** A service of the user who installs it, without root. */
  readonly user?: boolean;
}

/** Whose service is meant. */
export const scopeOf = ({ user = false }: ScopeOption): UnitOptions['scope'] => (user ? 'user' : 'system');

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
