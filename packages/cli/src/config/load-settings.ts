import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isSimulated } from '../simulated.ts';
import { defaultStateFolder, type Environment } from './find-settings.ts';
import { migrate } from './migrate.ts';
import { type Settings, settingsSchema } from './settings.ts';
import { checkYaml, readText } from './yaml-file.ts';

export { findSettings } from './find-settings.ts';

/** Settings with where they came from and where things lie. */
export interface LoadedSettings {
  readonly file: string;
  readonly settings: Settings;
  /** What the program keeps between starts: outbox, page sessions. */
  readonly stateFolder: string;
  /** What should be changed though it works, one line each. */
  readonly advice: readonly string[];
}

/**
 * Reads and checks the file. One in an older layout is read as if it had been migrated, which is advised. Paths in it are relative to its folder.
 * @throws ConfigError `not-found`, or `bad-config` with every problem of the file.
 */
export const loadSettings = (file: string, env: Environment = process.env): LoadedSettings => {
  const { text, from, notes } = migrate(readText(file));
  const settings = checkYaml(text, notes.length === 0 ? file : `${file} (as migrated from version ${from})`, settingsSchema);
  const here = (path: string): string => resolve(dirname(file), path);
  const stateFolder = here(settings.state?.folder ?? defaultStateFolder(env));
  const { mqtt, record, page, outbox } = settings;
  const secretHere = <T extends object>(source: T): T => ('file' in source ? { ...source, file: here(String(source.file)) } : source);
  return {
    file,
    settings: {
      ...settings,
      outbox: { ...outbox, folder: outbox.folder === undefined ? join(stateFolder, 'outbox') : here(outbox.folder) },
      ...(record && { record: { ...record, folder: here(record.folder) } }),
      ...(mqtt && {
        mqtt: {
          ...mqtt,
          ...(mqtt.password && { password: secretHere(mqtt.password) }),
          ...(mqtt.tls && { tls: { ...mqtt.tls, ...pathsHere(mqtt.tls, ['ca', 'cert', 'key'], here) } }),
        },
      }),
      page: { ...page, ...(page.tls && { tls: { cert: here(page.tls.cert), key: here(page.tls.key) } }) },
    },
    stateFolder,
    advice: [
      ...(notes.length === 0
        ? []
        : [`${file} has the layout of version ${from}. Run 'affect config migrate' to bring it up to date: ${notes.join('; ')}.`]),
      ...adviceFor(settings),
      ...ownerAdvice(file),
    ],
  };
};

const pathsHere = <K extends string>(
  group: { readonly [key in K]?: string | undefined },
  keys: readonly K[],
  here: (path: string) => string,
) => Object.fromEntries(keys.flatMap((key) => (group[key] === undefined ? [] : [[key, here(group[key]!)]])));

/** What works and is unwise. */
export const adviceFor = ({ mqtt, page, record, subject, sensors, intended_use: use, exception }: Settings): string[] => {
  const people = sensors.some(({ link }) => !isSimulated(link));
  const plain =
    mqtt !== undefined && /^(mqtt|ws|tcp):/.test(mqtt.url) && !/^\w+:\/\/(localhost|127\.[\d.]+|\[::1\])([:/]|$)/.test(mqtt.url);
  return [
    ...(plain
      ? [
          `mqtt.url: everything on the way to this broker${mqtt.password ? ', the password too,' : ''} can be read. Use mqtts:// if the broker offers it.`,
        ]
      : []),
    ...(mqtt?.tls?.verify === false
      ? ["mqtt.tls.verify: nobody checks that the broker is who it says. Give the broker's CA as tls.ca instead."]
      : []),
    ...(mqtt?.publish.raw ? ['mqtt.publish.raw: raw signals leave this program. Whoever may read the broker can keep them.'] : []),
    ...(page.insecure && page.enabled ? ['page.insecure: everybody on the network may see the page.'] : []),
    ...(record !== undefined && record.keep === undefined
      ? ['record.keep: recordings are never deleted. Say how long they are needed.']
      : []),
    ...(record !== undefined && people && subject?.consent === undefined
      ? ['subject.consent: signals of a person are recorded; say where the consent is written down.']
      : []),
    ...((use === 'workplace' || use === 'education') && exception !== undefined
      ? [`intended_use: ${use} rests on the exception that is written down in the file. Whoever decided it answers for it.`]
      : []),
  ];
};

/** A file others may change can send the data elsewhere. */
const ownerAdvice = (file: string): string[] =>
  (statSync(file).mode & 0o002) === 0 ? [] : [`Every user of this machine can change ${file}. Do 'chmod 644 ${file}'.`];
