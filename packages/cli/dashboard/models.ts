import type { PageEstimate, PageModel } from '../src/dashboard/protocol.ts';
import { element, make } from './theme.ts';

/** The sentence that stands wherever a model trained on made-up data shows a result. */
export const simulatedWarning = 'Simulated data: shows the wiring, says nothing about people.';

/**
 * What each model was made from, how it was tested, what it must not be used for, and all its numbers now.
 *
 * @returns a function that shows the newest values of a model.
 */
export const showModels = (models: readonly PageModel[]): ((estimate: PageEstimate) => void) => {
  const now = new Map(models.map((model) => [model.name, make('p', 'now')]));
  element('models').replaceChildren(
    ...models.map((model) => {
      const box = make('div', 'model');
      const title = make('h3', '', `${model.name} ${model.version}`);
      title.append(' ', make('code', '', `sha256 ${model.sha256.slice(0, 12)}`));
      box.append(title);
      if (model.simulated) box.append(make('p', 'caution', simulatedWarning));
      box.append(now.get(model.name)!, make('p', '', model.intendedUse), make('p', '', model.limits));
      const details = make('details');
      details.append(make('summary', '', `What it gives and how it was tested`));
      for (const output of model.outputs) details.append(make('p', '', `${output.name}: ${output.meaning}`));
      details.append(make('p', '', `Trained on: ${model.trainedOn}`), ...model.evaluation.map((figure) => make('p', '', figure)));
      box.append(details);
      return box;
    }),
  );
  return ({ model: name, values, intervals }) => {
    const model = models.find((candidate) => candidate.name === name);
    const numbers = model?.outputs.map((output, i) => {
      const interval = intervals[i];
      const between = interval === null ? '' : ` (95 %: ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)})`;
      return `${output.name} ${values[i].toFixed(2)}${output.unit.startsWith('µ') ? ` ${output.unit}` : ''}${between}`;
    });
    now.get(name)!.textContent = numbers?.join(' · ') ?? '';
  };
};
