import { AcquireError } from '../errors.ts';
import type { Corpus, Dataset } from './dataset.ts';
import { deap } from './deap.ts';
import { dreamer } from './dreamer.ts';
import { seed } from './seed.ts';
import { seedIv } from './seed-iv.ts';
import { seedV } from './seed-v.ts';
import { stressPredict } from './stress-predict.ts';
import { wesad } from './wesad.ts';

/** Every corpus there is. */
export const corpora: readonly Corpus[] = [deap, dreamer, seed, seedIv, seedV, stressPredict, wesad];

/**
 * Opens a corpus by what is in its folder. Throws `AcquireError`: `unknown-format` where nobody recognises it, `no-permission`.
 *
 * @example
 * const { parts } = await openDataset('deap');
 * for (const part of parts) for await (const trial of part.trials(note)) …
 */
export const openDataset = async (folder: string): Promise<Dataset> => {
  for (const corpus of corpora) {
    const found = await corpus.find(folder);
    if (found !== undefined) return found;
  }
  const known = corpora.map(({ title }) => title).join('; ');
  throw new AcquireError('unknown-format', `'${folder}' holds no known corpus. Known are: ${known}.`);
};
