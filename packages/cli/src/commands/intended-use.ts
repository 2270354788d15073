import { ConfigError } from '../errors.ts';
import { isSimulated } from '../simulated.ts';

/** Whether all these links are to simulated sensors, so that nobody is measured. */
export const isOfNobody = (sensors: readonly { readonly uri: string }[]): boolean => sensors.every(({ uri }) => isSimulated(uri));

/** Throws `ConfigError('bad-option')` where people may be measured and nobody said what for. */
export const askUse = (sensors: readonly { readonly uri: string }[], use: string | undefined): void => {
  if (use !== undefined || isOfNobody(sensors)) return;
  throw new ConfigError(
    'bad-option',
    'People may wear these sensors, so say what the estimates are for: --use research, personal, medical-supervised or safety.',
  );
};
