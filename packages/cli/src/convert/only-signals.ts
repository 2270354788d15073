import { didYouMean, type Recording } from '@affect-edge/acquire';
import { ConfigError } from '../errors.ts';

/** The same recording with these signals alone. Throws `ConfigError('bad-option')` for one it does not have. */
export const onlySignals = (recording: Recording, ids: readonly string[]): Recording => {
  const known = recording.signals.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new ConfigError(
      'bad-option',
      `There is no signal '${unknown}' in ${recording.name}: expected ${known.join(', ')}.${didYouMean(unknown, known)}`,
    );
  }
  return {
    ...recording,
    signals: recording.signals.filter(({ id }) => ids.includes(id)),
    blocks: async function* (report) {
      for await (const block of recording.blocks(report)) if (ids.includes(block.signal.id)) yield block;
    },
  };
};
