import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../system-error.ts';
import { writeDurably } from '../write-durably.ts';
import type { Plan, Step } from './plan.ts';

/** What touches the machine; replaced in tests. */
export interface Hands {
  readonly read: (path: string) => string | undefined;
  /** Writes the whole file or nothing, readable by everybody: systemd and udev insist, and no secret is in it. */
  readonly write: (path: string, text: string) => void;
  readonly remove: (path: string) => void;
  /** Runs a program to its end with our terminal; gives its exit code, or why it could not be run. */
  readonly run: (argv: readonly string[]) => Promise<number | string>;
}

/** The hands on this machine. */
export const thisMachine: Hands = {
  read: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  write: (path, text) => {
    mkdirSync(dirname(path), { recursive: true });
    writeDurably(path, text, { mode: 0o644 });
  },
  remove: (path) => rmSync(path, { force: true }),
  run: ([program = '', ...args]) =>
    new Promise((done) => {
      const child = spawn(program, args, { stdio: 'inherit' });
      child.once('error', (error) => done(error.message));
      child.once('close', (code, signal) => done(code ?? `ended by ${signal}`));
    }),
};

/** One step as a line for a person. */
export const describeStep = (step: Step): string => {
  const what =
    step.kind === 'run' ? `run     ${step.argv.join(' ')}` : step.kind === 'write' ? `write   ${step.path}` : `remove  ${step.path}`;
  return `${what}  (${step.why})`;
};

/**
 * Does the steps one after the other and tells each; stops at the first that fails and gives it with the reason. Steps done until then stay:
 * running it again goes on from there, as every step may be done twice.
 */
export const carryOut = async (
  { steps }: Plan,
  hands: Hands,
  tell: (line: string) => void,
): Promise<{ readonly failed?: { readonly step: Step; readonly why: string } }> => {
  for (const step of steps) {
    tell(describeStep(step));
    if (step.kind === 'write') hands.write(step.path, step.text);
    else if (step.kind === 'remove') hands.remove(step.path);
    else {
      const outcome = await hands.run(step.argv);
      if (outcome !== 0 && step.mayFail !== true) {
        return { failed: { step, why: typeof outcome === 'number' ? `exit code ${outcome}` : outcome } };
      }
    }
  }
  return {};
};
