import { AcquireError } from '@affect-edge/acquire';
import { FeatureError } from '@affect-edge/features';
import { ModelError } from '@affect-edge/models';
import { CommanderError } from 'commander';
import { ConfigError } from './errors.ts';
import { program } from './program.ts';
import { say, type Terminal } from './terminal.ts';
import { usageError } from './usage.ts';

/**
 * argv → command → exit code: 0 done, 1 the line could not go on, 2 something asked for is not possible (one line on stderr says what was
 * expected, what was got, what to do).
 */
export const runCommand = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  let exitCode = 0;
  const affect = program(terminal, (code) => {
    exitCode = code;
  });
  try {
    await affect.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    const shown = error instanceof CommanderError ? usageError(error, affect, argv) : error;
    if (shown === undefined) return 0;
    say(terminal.err, `affect: ${shown instanceof Error ? explain(shown) : String(shown)}`);
    return isAskedWrongly(shown) ? 2 : 1;
  }
};

/** Messages of ours are written for a person; anything else is a mistake in the program, whose place in the code matters. */
const explain = (error: Error): string =>
  error instanceof ConfigError || error instanceof AcquireError || error instanceof FeatureError || error instanceof ModelError
    ? error.message
    : `this should not have happened. ${error.stack ?? error.message}`;

const isAskedWrongly = (error: unknown): boolean =>
  error instanceof ConfigError ||
  error instanceof FeatureError ||
  (error instanceof AcquireError && (error.permanent || error.code === 'not-found')) ||
  (error instanceof ModelError && ['unknown-model', 'bad-option', 'no-engine'].includes(error.code));

/** From Ctrl-C to the end, at most, ms; whatever still holds on then is let go. */
const graceMs = 1800;

/** Runs one command in this process and ends it: with its exit code, and within two seconds of Ctrl-C. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const stopping = new AbortController();
  let isHeeded = false;
  // npm and the terminal may both pass Ctrl-C on: every press after the first is the same press.
  const stop = (): void => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    // A command that never asked how it should end did not end well: 'affect verify x && rm y' must not go on.
    setTimeout(() => process.exit(isHeeded ? undefined : 1), graceMs).unref();
  };
  let reload: (() => void) | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('SIGHUP', () => (reload ?? stop)());
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.exitCode = 0;
  process.exitCode = await runCommand(argv, {
    out: process.stdout,
    err: process.stderr,
    get stop() {
      isHeeded = true;
      return stopping.signal;
    },
    onReload: (heard) => {
      reload = heard;
      return () => {
        reload = undefined;
      };
    },
  });
  setTimeout(() => process.exit(), 200).unref();
};
