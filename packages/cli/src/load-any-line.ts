import { ConfigError } from './errors.ts';
import { type LoadedLine, loadLine } from './load-line.ts';

/** The line for these signals; where no model can run on them and none was named, a line without models that says so. Throws what `loadLine` throws. */
export const loadAnyLine = async (...asked: Parameters<typeof loadLine>): Promise<LoadedLine> => {
  const [, names] = asked;
  try {
    return await loadLine(...asked);
  } catch (error) {
    if (names !== undefined || !(error instanceof ConfigError) || error.code !== 'no-input') throw error;
    return { models: [], cards: [], features: [], engine: 'none', left: [error.message], dispose: () => {} };
  }
};
