import { didYouMean } from '@affect-edge/acquire';
import { ModelError } from '../errors.ts';
import type { Entrant } from './entrant.ts';
import { edaEntrants } from './entrant-eda.ts';
import { lookup, lookupInTime, persistence } from './entrant-lookup.ts';
import { pinnEntrant } from './entrant-pinn.ts';
import { rowsEntrants } from './entrant-rows.ts';
import { transformerEntrants } from './entrant-transformer.ts';

/** Everything that can compete, trivial rules first. A new one is one file and one line. */
export const entrants: readonly Entrant[] = [
  ...rowsEntrants,
  persistence,
  lookup,
  lookupInTime,
  ...transformerEntrants,
  ...edaEntrants,
  pinnEntrant,
];

/** The entrant of a name. Throws `ModelError('bad-option')` with the nearest name and all that are known. */
export const findEntrant = (name: string): Entrant => {
  const found = entrants.find((entrant) => entrant.name === name);
  if (found) return found;
  const known = entrants.map((entrant) => entrant.name);
  throw new ModelError('bad-option', `Unknown competitor '${name}'.${didYouMean(name, known)} Known are ${known.join(', ')}.`);
};
