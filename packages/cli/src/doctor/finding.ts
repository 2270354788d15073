import type { LoadedSettings } from '../config/load-settings.ts';
import type { Machine } from './machine.ts';
import type { Probes } from './probes.ts';

/** How it stands with one thing: `unknown` where it could not be looked at. */
export type State = 'ok' | 'warn' | 'fail' | 'unknown';

/** What mends it: one command to type, or one thing to do where no command can. */
export type Fix = { readonly command: string } | { readonly action: string };

/** What one check found. */
export interface Finding {
  /** Stable name of what was looked at: `serial-permission`. */
  readonly check: string;
  readonly state: State;
  /** One line for a person. */
  readonly says: string;
  /** With every `warn` and `fail`, and with an `unknown` where something can be done about it. */
  readonly fix?: Fix;
}

/** What checks look at. */
export interface Surroundings {
  readonly machine: Machine;
  /** What takes longer or opens connections. */
  readonly probes: Probes;
  /** Undefined where there is no configuration that can be read. */
  readonly loaded: LoadedSettings | undefined;
}

/** Looks at one thing. Gives nothing where the thing does not matter on this machine; never mends, never opens a sensor. */
export type Check = (surroundings: Surroundings) => Promise<readonly Finding[]>;

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
export const warn = (check: string, says: string, fix: Fix): Finding => ({ check, state: 'warn', says, fix });
export const fail = (check: string, says: string, fix: Fix): Finding => ({ check, state: 'fail', says, fix });
export const unknown = (check: string, says: string, fix?: Fix): Finding => ({ check, state: 'unknown', says, ...(fix && { fix }) });

/** 0 where all is well (or could not be looked at), 1 with warnings, 2 where something must be mended first. */
export const exitCodeOf = (findings: readonly Finding[]): number =>
  findings.some(({ state }) => state === 'fail') ? 2 : findings.some(({ state }) => state === 'warn') ? 1 : 0;

const marks: Readonly<Record<State, string>> = { ok: 'ok     ', warn: 'warn   ', fail: 'FAIL   ', unknown: 'unknown' };

/** Findings as lines for a person, the fix below what it mends; then the count. */
export const describeFindings = (findings: readonly Finding[]): string[] => {
  const count = (state: State): number => findings.filter((finding) => finding.state === state).length;
  return [
    ...findings.flatMap(({ check, state, says, fix }) => [
      `${marks[state]} ${check.padEnd(18)} ${says}`,
      ...(fix === undefined ? [] : [`${' '.repeat(27)}→ ${'command' in fix ? fix.command : fix.action}`]),
    ]),
    `${count('fail')} to mend, ${count('warn')} to look at, ${count('unknown')} unknown, ${count('ok')} ok.`,
  ];
};
