import type { FeatureSet } from '@affect-edge/features';
import type { Tensor } from '@tensorflow/tfjs';
import type { Architecture } from './architecture.ts';
import { historyStatistics } from './eda-history.ts';
import { type EdaPhysicsOutputs, type EdaPhysicsShape, edaPhysics, edaPhysicsWeights, horizonsSec } from './eda-physics.ts';
import { ModelError } from './errors.ts';
import type { ModelCard, ModelOutput } from './model.ts';
import type { Weights } from './safetensors.ts';

const nInputs = 4;
/** Conductance that a wrist can have, µS (the ceiling of `edaLimits`). */
const ceilingMicrosiemens = 60;

const probability = (logit: Tensor): number => 1 / (1 + Math.exp(-logit.dataSync()[0]));

/** Outputs a card may list, in any order and selection, and where the network has them. */
const sources: Readonly<Record<string, { readonly output: ModelOutput; readonly of: (out: EdaPhysicsOutputs) => number }>> = {
  p_stress: {
    output: {
      name: 'p_stress',
      unit: '1',
      range: [0, 1],
      meaning: 'Probability that this minute of skin conductance comes from a stressful task.',
    },
    of: ({ stressLogit }) => probability(stressLogit),
  },
  arousal: {
    output: {
      name: 'arousal',
      unit: '1',
      range: [0, 1],
      meaning: 'Bodily arousal as skin conductance shows it, from calm (0) to highly aroused (1).',
    },
    of: ({ arousalLogit }) => probability(arousalLogit),
  },
  ...Object.fromEntries(
    horizonsSec.map((seconds, h) => [
      `eda_forecast_${seconds}s`,
      {
        output: {
          name: `eda_forecast_${seconds}s`,
          unit: 'µS',
          range: [0, ceilingMicrosiemens] as const,
          meaning: `Skin conductance expected ${seconds} s after the end of the window.`,
        },
        of: ({ forecasts }: EdaPhysicsOutputs) => Math.min(ceilingMicrosiemens, forecasts.dataSync()[h]),
      },
    ]),
  ),
};

/** The outputs of these names, for a card. */
export const edaPhysicsOutputs = (names: readonly string[]): ModelOutput[] => names.map((name) => sources[name].output);

/** The hyper-parameters of a card, as they are written. */
export const edaPhysicsHyperparameters = ({
  encoder,
  nTimes,
  headWidth,
  dropout,
  usesHistory,
}: EdaPhysicsShape): Record<string, string | number> => ({
  width: encoder.width,
  kernel: encoder.kernel,
  dilations: encoder.dilations.join(' '),
  n_times: nTimes,
  head_width: headWidth,
  dropout,
  uses_history: usesHistory,
});

/** Reads the hyper-parameters of a card. @throws ModelError('bad-card') naming what does not fit. */
export const edaPhysicsShapeOf = (card: ModelCard): EdaPhysicsShape => {
  const fail = (what: string): never => {
    throw new ModelError('bad-card', `The card of '${card.name}' does not describe an EDA physics network: ${what}.`);
  };
  const count = (value: unknown, name: string): number =>
    Number.isInteger(value) && (value as number) > 0 ? (value as number) : fail(`${name} is ${value}, expected a whole number above 0`);
  const { hyperparameters: given } = card;
  const dilations = String(given.dilations ?? '')
    .split(' ')
    .map((dilation) => count(Number(dilation), 'dilations'));
  const nTimes = count(given.n_times, 'n_times');
  const usesHistory = given.uses_history === 1 ? 1 : 0;
  const wanted = usesHistory ? ['eda-course', 'eda-history'] : ['eda-course'];
  if (card.inputs.map(({ name }) => name).join() !== wanted.join()) fail(`its inputs are not ${wanted.join(' and ')}`);
  const axes = card.inputs[0].axes.map(({ labels }) => labels.length);
  if (axes.join() !== `${nInputs},${nTimes}`) fail(`its course is ${axes.join(' × ')}, its network takes ${nInputs} × ${nTimes}`);
  for (const { name } of card.outputs)
    if (!Object.hasOwn(sources, name)) fail(`it has no output '${name}', only ${Object.keys(sources).join(', ')}`);
  return {
    encoder: { nInputs, width: count(given.width, 'width'), kernel: count(given.kernel, 'kernel'), dilations },
    nTimes,
    headWidth: count(given.head_width, 'head_width'),
    dropout: Number(given.dropout ?? 0),
    usesHistory,
  };
};

/** @throws ModelError('bad-weights') naming the first array that is missing or has another shape than the network's. */
const checkShapes = (shape: EdaPhysicsShape, weights: Weights): void => {
  for (const [name, wanted] of Object.entries(edaPhysicsWeights(shape))) {
    const got = weights.get(name)?.shape;
    if (got?.join() === wanted.join()) continue;
    throw new ModelError('bad-weights', `The array '${name}' ${got ? `is [${got}]` : 'is missing'}; the network needs [${wanted}].`);
  }
};

/** The EDA physics network as a model: one minute of skin conductance in, stress, arousal and forecasts out. */
export const edaPhysicsModel: Architecture = {
  name: 'eda-physics',
  open: (card, weights, engine) => {
    const shape = edaPhysicsShapeOf(card);
    checkShapes(shape, weights);
    if (engine.name === 'onnx') {
      throw new ModelError('no-engine', `'${card.name}' runs on TensorFlow.js only; open one of its engines for it.`);
    }
    const { tf } = engine;
    const parameters = new Map([...weights].map(([name, { shape: size, data }]) => [name, tf.tensor(data, [...size])]));
    const network = edaPhysics(engine, shape);
    const read = card.outputs.map(({ name }) => sources[name].of);
    return {
      predict: ([course, history]: FeatureSet) => {
        const values = new Float64Array(read.length);
        tf.tidy(() => {
          const out = network.forward(parameters, {
            course: tf.tensor3d(Float32Array.from(course.values), [1, nInputs, shape.nTimes]),
            ...(shape.usesHistory && { history: tf.tensor2d(Float32Array.from(history.values), [1, historyStatistics.length]) }),
          });
          for (const [i, of] of read.entries()) values[i] = of(out);
        });
        return values;
      },
      dispose: () => {
        network.dispose();
        tf.dispose([...parameters.values()]);
      },
    };
  },
};
