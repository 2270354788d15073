import { existsSync, readFileSync } from 'node:fs';
import { didYouMean } from '@affect-edge/acquire';
import { ConfigError } from '../errors.ts';
import { errorCode, errorText } from '../system-error.ts';
import type { LoadedSettings } from './load-settings.ts';
import { readSecret } from './secret.ts';

/** The secrets of the settings, read. */
export interface Secrets {
  readonly mqttPassword?: string;
}

/**
 * What the schema alone cannot know: that the models are there, that the secrets can be read, that certificates exist and go with their keys.
 * @throws ConfigError `unknown-model`, `bad-secret`, `not-found`, `bad-config`.
 */
export const checkParts = async ({ settings, file }: LoadedSettings): Promise<Secrets> => {
  const { mqtt, line, page } = settings;
  if (line.models !== undefined) {
    const { shippedModels } = await import('@affect-edge/models');
    const known = shippedModels();
    const unknown = line.models.find((name) => !known.includes(name) && !name.includes('/'));
    if (unknown !== undefined) {
      throw new ConfigError(
        'unknown-model',
        `${file}: line.models: unknown model '${unknown}'. Expected ${known.join(', ')}, or a folder.${didYouMean(unknown, known)}`,
      );
    }
  }
  const files = {
    'mqtt.tls.ca': mqtt?.tls?.ca,
    'mqtt.tls.cert': mqtt?.tls?.cert,
    'mqtt.tls.key': mqtt?.tls?.key,
    'page.tls.cert': page.tls?.cert,
    'page.tls.key': page.tls?.key,
  };
  for (const [name, path] of Object.entries(files)) {
    if (path !== undefined && !existsSync(path)) throw new ConfigError('not-found', `${file}: ${name}: there is no file ${path}.`);
  }
  await checkTls(`${file}: mqtt.tls`, mqtt?.tls);
  await checkTls(`${file}: page.tls`, page.tls);
  return mqtt?.password === undefined ? {} : { mqttPassword: readSecret('mqtt.password', mqtt.password) };
};

interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Reads certificate and key as they will be read when a session begins: where they do not fit, that would end the program. */
const checkTls = async (where: string, { ca, cert, key }: TlsFiles = {}): Promise<void> => {
  if (ca === undefined && cert === undefined) return;
  const { createSecureContext } = await import('node:tls');
  try {
    createSecureContext({
      ...(ca !== undefined && { ca: readFileSync(ca) }),
      ...(cert !== undefined && { cert: readFileSync(cert) }),
      ...(key !== undefined && { key: readFileSync(key) }),
    });
  } catch (cause) {
    if (errorCode(cause) === 'EACCES') return; // the service may read what this user may not
    throw new ConfigError(
      'bad-config',
      `${where}: these files cannot be used (${errorText(cause)}). Expected PEM text: the certificate in 'cert', and in 'key' its own key without a passphrase.`,
      { cause },
    );
  }
};
