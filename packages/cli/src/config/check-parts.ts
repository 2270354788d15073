import { existsSync } from 'node:fs';
import { didYouMean } from '@affect-edge/acquire';
import { ConfigError } from '../errors.ts';
import type { LoadedSettings } from './load-settings.ts';
import { readSecret } from './secret.ts';

/** The secrets of the settings, read. */
export interface Secrets {
  readonly mqttPassword?: string;
}

/**
 * What the schema alone cannot know: that the models are there, that the secrets can be read, that certificates exist.
 * @throws ConfigError `unknown-model`, `bad-secret`, `not-found`.
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
  return mqtt?.password === undefined ? {} : { mqttPassword: readSecret('mqtt.password', mqtt.password) };
};
