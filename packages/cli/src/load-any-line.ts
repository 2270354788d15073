import { ConfigError } from './errors.ts';
import { alwaysShown, type LoadedLine, loadLine } from './load-line.ts';
import { distinctFeatures } from './spec-of.ts';

/**
 * The line for these signals; where no model can run on them and none was named, a line without models that says so and computes what is shown anyway. Throws
 * what `loadLine` throws.
 */
export const loadAnyLine = async (...asked: Parameters<typeof loadLine>): Promise<LoadedLine> => {
  const [signals, names] = asked;
  try {
    return await loadLine(...asked);
  } catch (error) {
    if (names !== undefined || !(error instanceof ConfigError) || error.code !== 'no-input') throw error;
    return {
      models: [],
      cards: [],
      features: distinctFeatures(alwaysShown, signals),
      engine: 'none',
      left: [error.message],
      dispose: () => {},
    };
  }
};
