import type { Signal } from '@affect-edge/acquire';
import type { EngineName } from '@affect-edge/models';
import { ConfigError } from './errors.ts';
import { type LoadedLine, loadLine } from './load-line.ts';

/** The line for these signals; where no model can run on them and none was named, a line without models that says so. Throws what `loadLine` throws. */
export const loadAnyLine = async (
  signals: readonly Signal[],
  names?: readonly string[],
  preferred?: EngineName,
  hopSec?: number,
): Promise<LoadedLine> => {
  try {
    return await loadLine(signals, names, preferred, hopSec);
  } catch (error) {
    if (names !== undefined || !(error instanceof ConfigError) || error.code !== 'no-input') throw error;
    return { models: [], cards: [], features: [], engine: 'none', left: [error.message], dispose: () => {} };
  }
};
