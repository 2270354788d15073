import { type OutputUncertainty, readCard, shippedModels } from '@affect-edge/models';
import { describeFigure } from '../dashboard/page.ts';
import { notMedical, wireName } from '../message.ts';
import { say, type Terminal } from '../terminal.ts';

/** Prints the card of every model that comes with the program. */
export const models = async ({ json = false }: { readonly json?: boolean }, { out }: Terminal): Promise<number> => {
  const cards = shippedModels().map(readCard);
  if (json) {
    say(out, JSON.stringify(cards, null, 2));
    return 0;
  }
  for (const card of cards) {
    say(out, `${card.name} ${card.version}  (${card.architecture}, sha256 ${card.sha256.slice(0, 12)})`);
    if (card.trainedOn.simulated) say(out, '  Simulated data: shows the wiring, says nothing about people.');
    for (const { name, unit } of card.inputs) say(out, `  needs       ${name} in ${unit}`);
    for (const output of card.outputs) {
      say(out, `  gives       ${wireName(output)}  ${output.range.join(' to ')}  ${output.meaning}`);
      if (output.uncertainty !== undefined) say(out, `  believed    ${describeUncertainty(output.uncertainty)}`);
    }
    say(out, `  trained on  ${card.trainedOn.description} (${card.trainedOn.people} people, ${card.trainedOn.licence})`);
    for (const figure of card.evaluation) say(out, `  figures     ${describeFigure(figure)}`);
    say(out, `  for         ${card.intendedUse}`);
    say(out, `  not for     ${card.limits}\n`);
  }
  say(out, notMedical);
  return 0;
};

/** What was true where the model said so much: `so in 0.05 to 0.22 of the windows below 0.21, 0.21 to 0.46 from 0.21 to 0.42, …`. */
const describeUncertainty = ({ kind, edges, intervals, protocol }: OutputUncertainty): string => {
  const between = intervals.map((interval, k) => {
    const [low, high] = interval.map((bound) => bound.toFixed(2));
    const what = {
      frequency: k === 0 ? `so in ${low} to ${high} of the windows` : `${low} to ${high}`,
      error: `95 % between the value ${low} and +${high}`,
      'relative-error': `95 % between ${low} and ${high} times the value`,
    }[kind];
    return `${what}${stretch(edges[k - 1]?.toFixed(2), edges[k]?.toFixed(2))}`;
  });
  return `${between.join(', ')}; ${protocol}`;
};

/** Which values an interval is for; nothing where it is for all. */
const stretch = (from: string | undefined, to: string | undefined): string =>
  from === undefined ? (to === undefined ? '' : ` below ${to}`) : to === undefined ? ` from ${from}` : ` from ${from} to ${to}`;
