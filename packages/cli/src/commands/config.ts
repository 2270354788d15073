import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import { configuredDevices } from '../config/configured-devices.ts';
import { findSettings, settingsPlaces } from '../config/find-settings.ts';
import { initialSettings } from '../config/initial-settings.ts';
import { settingsJsonSchema } from '../config/json-schema.ts';
import { type LoadedSettings, loadSettings } from '../config/load-settings.ts';
import { migrate } from '../config/migrate.ts';
import { redactedSettings } from '../config/redact.ts';
import { readText } from '../config/yaml-file.ts';
import { ConfigError } from '../errors.ts';
import { errorCode, errorText } from '../system-error.ts';
import { say, type Terminal } from '../terminal.ts';
import { writeDurably } from '../write-durably.ts';

export interface ConfigOptions {
  readonly config?: string;
}

/** The file meant; @throws ConfigError('not-found') with the places looked at. */
export const settingsFile = (named: string | undefined): string => {
  const file = findSettings(named);
  if (file !== undefined) return file;
  throw new ConfigError(
    'not-found',
    `There is no configuration: looked for ${settingsPlaces().join(', ')}. 'affect config init' writes one; --config names another.`,
  );
};

/** Looks round and writes a commented file. */
export const configInit = async (
  { out, ble, stdout = false }: { readonly out?: string; readonly ble?: number; readonly stdout?: boolean },
  terminal: Terminal,
): Promise<number> => {
  const { discover, closeBluetooth } = await import('@affect-edge/acquire');
  const { lookForBrokers } = await import('../config/look-for-brokers.ts');
  const file = out ?? settingsPlaces({ ...process.env, AFFECT_CONFIG: undefined })[0];
  if (!stdout && existsSync(file)) throw alreadyThere(file);
  say(terminal.err, `Looking for sensors on serial ports${ble === undefined ? '' : ' and on the air'}, and for a broker …`);
  const [found, brokers] = await Promise.all([discover({ bleSec: ble ?? 0 }).finally(closeBluetooth), lookForBrokers()]);
  const text = initialSettings({ found, brokers, lookedForBluetooth: ble !== undefined });
  if (stdout) {
    terminal.out.write(text);
    return 0;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, text, { flag: 'wx', mode: file.startsWith('/etc/') ? 0o644 : 0o600 });
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') throw alreadyThere(file);
    throw new ConfigError('not-found', `Cannot write ${file}: ${errorText(cause)}. Name another place with --out.`, { cause });
  }
  say(
    terminal.out,
    `Wrote ${file}: ${counted(found.sightings.length, 'sensor')} seen, ${counted(brokers.length, 'broker')}. Read it, then 'affect config check' and 'affect run'.`,
  );
  return 0;
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const alreadyThere = (file: string): ConfigError =>
  new ConfigError('bad-option', `${file} is there already and is not overwritten. Move it away, or name another with --out.`);

/** Says that the file is right, with what is unwise; what is wrong is an error. */
export const configCheck = async ({ config }: ConfigOptions, { out }: Terminal): Promise<number> => {
  const loaded = loadSettings(settingsFile(config));
  const { checkParts } = await import('../config/check-parts.ts');
  await checkParts(loaded);
  await checkLine(loaded);
  for (const advice of loaded.advice) say(out, `Advice  ${advice}`);
  say(
    out,
    `${loaded.file} is right: ${counted(loaded.settings.sensors.length, 'sensor')}, ${loaded.settings.mqtt === undefined ? 'a broker of its own on loopback' : 'one broker'}.`,
  );
  return 0;
};

/** Whether a model can run on these sensors, at this time between estimates: a session that finds out ends before it begins. */
const checkLine = async ({ file, settings: { line, sensors } }: LoadedSettings): Promise<void> => {
  const { runnableModels } = await import('../load-line.ts');
  try {
    const signals = configuredDevices(sensors).flatMap((device) => device.signals);
    runnableModels(signals, line.models, line.hop);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const where = error.code === 'bad-option' ? 'line.hop' : line.models === undefined ? 'sensors' : 'line.models';
    throw new ConfigError('bad-config', `${file}: ${where}: ${error.message}`, { cause: error });
  }
};

/** The settings in force without what must not be shown. */
export const configPrint = async (
  { config, format }: ConfigOptions & { readonly format: 'yaml' | 'json' },
  { out }: Terminal,
): Promise<number> => {
  const shown = redactedSettings(loadSettings(settingsFile(config)).settings);
  out.write(format === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : stringify(shown));
  return 0;
};

/** The JSON Schema on stdout. */
export const configSchema = async ({ out }: Terminal): Promise<number> => {
  out.write(`${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
  return 0;
};

/** Rewrites an older file in this version's layout, in one step; the old one stays beside it as `<file>.v<n>`. */
export const configMigrate = async (
  { config, dryRun = false }: ConfigOptions & { readonly dryRun?: boolean },
  { out }: Terminal,
): Promise<number> => {
  const file = settingsFile(config);
  const before = readText(file);
  const { text, from, notes } = migrate(before);
  if (notes.length === 0) {
    say(out, `${file} has the layout of this version.`);
    return 0;
  }
  for (const note of notes) say(out, `Change  ${note}`);
  if (dryRun) return 0;
  const backup = `${file}.v${from}`;
  if (existsSync(backup)) throw new ConfigError('bad-option', `The backup ${backup} is there already. Move it away first.`);
  const mode = statSync(file).mode & 0o777;
  writeDurably(backup, before, { mode });
  writeDurably(file, text, { mode });
  say(out, `Wrote ${file}; the old one is ${backup}. 'affect config check' tells whether more is to be done.`);
  return 0;
};
