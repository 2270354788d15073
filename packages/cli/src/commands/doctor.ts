import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { orCannotWrite } from '../cannot-write.ts';
import { findSettings, loadSettings } from '../config/load-settings.ts';
import { bundle } from '../doctor/bundle.ts';
import { lookRound } from '../doctor/checks.ts';
import { describeFindings, exitCodeOf } from '../doctor/finding.ts';
import { type Machine, thisMachine } from '../doctor/machine.ts';
import { type Probes, theseProbes } from '../doctor/probes.ts';
import { judgeSettings, type Reading } from '../doctor/settings-file.ts';
import { zip } from '../doctor/zip.ts';
import { ConfigError } from '../errors.ts';
import { say, type Terminal } from '../terminal.ts';
import { version } from '../version.ts';

export interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
  /** A ZIP file to make for a bug report. */
  readonly bundle?: string;
}

/** Where the facts come from; replaced in tests. */
export interface DoctorParts {
  readonly machine: Machine;
  readonly probes: Probes;
}

/**
 * Looks at everything that usually goes wrong and says what mends it; mends nothing itself. Exit code 0 where all is well, 1 with warnings, 2 where
 * something must be mended first.
 * @throws ConfigError where the bundle's file exists already or cannot be written.
 */
export const doctor = async (
  { config, json = false, bundle: file }: DoctorOptions,
  { out, err }: Terminal,
  { machine, probes }: DoctorParts = { machine: thisMachine(), probes: theseProbes },
): Promise<number> => {
  if (file !== undefined && existsSync(file)) throw new ConfigError('bad-option', `${file} exists already. Give a name that is not taken.`);
  const reading = readSettings(config);
  const loaded = reading.kind === 'read' ? reading.loaded : undefined;
  if (!json && process.stderr.isTTY) say(err, 'Looking round; this takes some ten seconds.');
  const findings = [...judgeSettings(reading), ...(await lookRound({ machine, probes, loaded }))];
  if (json) say(out, JSON.stringify({ schema: 'affect.doctor/1', exit_code: exitCodeOf(findings), findings }, null, 2));
  else for (const line of describeFindings(findings)) say(out, line);
  if (file !== undefined) {
    const files = await bundle({ version, findings, loaded, machine, hostname: hostname(), env: process.env });
    orCannotWrite(file, () => writeFileSync(file, zip(files), { flag: 'wx', mode: 0o600 }));
    say(err, `Wrote ${file}. Read it before you send it.`);
  }
  return exitCodeOf(findings);
};

const readSettings = (named: string | undefined): Reading => {
  const file = findSettings(named);
  if (file === undefined) return { kind: 'none' };
  try {
    return { kind: 'read', loaded: loadSettings(file) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: 'bad', file, message: error.message };
  }
};
