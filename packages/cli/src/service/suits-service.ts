import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { LoadedSettings } from '../config/load-settings.ts';
import type { UnitOptions } from './unit-file.ts';

/** The folder systemd makes for the service and hands to its user. */
export const serviceStateFolder = '/var/lib/affect';
/** Where secrets lie that systemd hands to the service: `/etc/affect/credentials/<name>`, for root only. */
export const credentialsFolder = '/etc/affect/credentials';

/** What the settings mean for the unit. */
export type UnitNeeds = Pick<UnitOptions, 'variant' | 'credentials' | 'localNetworkOnly'>;

/** The needs of settings, or of a machine about which nothing is known yet. */
export const unitNeeds = (loaded: LoadedSettings | undefined): UnitNeeds => {
  const { sensors = [], mqtt } = loaded?.settings ?? {};
  const password = mqtt?.password;
  return {
    variant: sensors.some(({ link }) => link.startsWith('ble:')) ? 'ble' : 'serial',
    credentials:
      password !== undefined && 'credential' in password ? { [password.credential]: `${credentialsFolder}/${password.credential}` } : {},
    localNetworkOnly: mqtt === undefined || isLocalHost(new URL(mqtt.url).hostname),
  };
};

const privateV4 = /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** True where a broker's name or address can only be on this machine or in its own network. */
export const isLocalHost = (host: string): boolean => {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(bare) === 4) return privateV4.test(bare);
  if (isIP(bare) === 6) return bare === '::1' || /^f[cde]/.test(bare);
  return !bare.includes('.') || /\.(local|lan|home|internal|home\.arpa)$/.test(bare);
};

/** Why these settings cannot work in a service with a user of its own, one line each with what to do. */
export const unsuitable = ({ file, settings, stateFolder }: LoadedSettings, hasStateDirectory: boolean): string[] => {
  const { outbox, record, mqtt, page } = settings;
  const folders = {
    ...(settings.state?.folder === undefined && hasStateDirectory ? {} : { 'state.folder': stateFolder }),
    ...(settings.outbox.folder?.startsWith(`${stateFolder}/`) ? {} : { 'outbox.folder': outbox.folder }),
    'record.folder': record?.folder,
  };
  const secrets = {
    ...(mqtt?.password !== undefined && 'file' in mqtt.password && { 'mqtt.password': mqtt.password.file }),
    'mqtt.tls.key': mqtt?.tls?.key,
    'page.tls.key': page.tls?.key,
  };
  return [
    ...(isInHome(file)
      ? [
          `${file} is in a home folder, which the service does not see. Do 'sudo install -D -m 644 ${file} /etc/affect/affect.yaml' and use that.`,
        ]
      : []),
    ...Object.entries(folders).flatMap(([key, folder]) =>
      folder === undefined || isUnder(folder, serviceStateFolder)
        ? []
        : [`${file}: ${key}: the service can write below ${serviceStateFolder} only, not ${folder}. Put it there.`],
    ),
    ...Object.entries(secrets).flatMap(([key, path]) =>
      path !== undefined && isInHome(path)
        ? [`${file}: ${key}: ${path} is in a home folder, which the service does not see. Put it below /etc/affect.`]
        : [],
    ),
  ];
};

/** What works only if somebody sees to it, one line each. */
export const serviceAdvice = ({ settings: { mqtt, page } }: LoadedSettings): string[] => [
  ...(mqtt?.password !== undefined && 'file' in mqtt.password
    ? [
        `mqtt.password: the service's user must be able to read ${mqtt.password.file}. Better: put it into ${credentialsFolder}/mqtt-password ` +
          '(chmod 600, root) and write { credential: mqtt-password }; then systemd hands it over and no file has to be opened up.',
      ]
    : []),
  ...(mqtt?.password !== undefined && 'env' in mqtt.password
    ? [
        `mqtt.password: the service does not see the variable ${mqtt.password.env} of your shell. Write { credential: mqtt-password } instead.`,
      ]
    : []),
  ...[mqtt?.tls?.key, page.tls?.key].flatMap((key) =>
    key === undefined
      ? []
      : [`The service's user must be able to read the key ${key}: 'sudo chgrp dialout ${key} && sudo chmod 640 ${key}'.`],
  ),
];

const isUnder = (path: string, folder: string): boolean => `${resolve(path)}/`.startsWith(`${folder}/`);
const homePath = /^\/(home\/[^/]+|root)(\/|$)/;
/** True below /home/<somebody> or /root. */
export const isInHome = (path: string): boolean => homePath.test(resolve(path));

/** The folders right below a home that these paths are in, each once: all the service may see of it. */
export const homeFoldersOf = (paths: readonly string[]): string[] => [
  ...new Set(paths.flatMap((path) => /^(\/(?:home\/[^/]+|root)\/[^/]+)/.exec(resolve(path))?.[1] ?? [])),
];
