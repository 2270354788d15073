import { didYouMean, type Trial } from '@affect-edge/acquire';
import type { FeatureSpec } from '@affect-edge/features';
import { ModelError } from '../errors.ts';
import { type LabelChoice, labelValue } from './label-choice.ts';
import type { EvaluationTable } from './table.ts';
import { sessionClock, type TableRow, tableOf, trialName } from './table-rows.ts';

/** Which of the owner's own features become windows. */
export interface PrecomputedTableOptions {
  readonly name: string;
  readonly description: string;
  readonly label: LabelChoice;
  /** As the owner calls it: `de_LDS`. The first that the first trial has when absent. */
  readonly feature?: string;
}

/**
 * Windows of features that the owner of a corpus computed, as a table. They are not the device's features: a model that is tested on them cannot be
 * served by the line.
 * @throws ModelError('bad-option') for a feature that the trials do not have.
 */
export const precomputedTable = async (trials: AsyncIterable<Trial>, options: PrecomputedTableOptions): Promise<EvaluationTable> => {
  const { name, description, label } = options;
  let wanted = options.feature;
  const place = sessionClock();
  const rows: TableRow[] = [];
  let spec: FeatureSpec | undefined;
  for await (const trial of trials) {
    const value = labelValue(trial, label);
    if (value === undefined) continue;
    wanted ??= trial.features[0]?.name;
    const feature = trial.features.find((one) => one.name === wanted);
    if (!feature) {
      const known = trial.features.map((one) => one.name);
      if (wanted === undefined)
        throw new ModelError('bad-option', `Trial ${trial.trial} of ${trial.subject} has no features of its owner.`);
      throw new ModelError(
        'bad-option',
        `Trial ${trial.trial} of ${trial.subject} has no feature '${wanted}'.${didYouMean(wanted, known)} It has ${known.join(', ') || 'none'}.`,
      );
    }
    spec ??= {
      name: `owner’s ${wanted}`,
      unit: 'the owner’s',
      axes: [
        { name: 'channel', labels: feature.channels },
        { name: 'band', labels: feature.bands },
      ],
      recipe: { windowSec: feature.windowSec, by: name },
    };
    const width = feature.channels.length * feature.bands.length;
    const shift = place(`${trial.subject}/${trial.session}`, 0, feature.nWindows * feature.windowSec);
    for (let w = 0; w < feature.nWindows; w++) {
      rows.push({
        ...trialName(trial, value),
        tmin: shift + w * feature.windowSec,
        tmax: shift + (w + 1) * feature.windowSec,
        features: [feature.values.subarray(w * width, (w + 1) * width)],
        quantities: [],
      });
    }
  }
  if (spec === undefined) throw new ModelError('bad-option', `'${name}' has no trial with the label '${label.name}'.`);
  return tableOf({ name, description, label, features: [{ spec, origin: 'precomputed', use: 'both' }], quantities: [] }, rows);
};
