import type { FeatureSet } from '@affect-edge/features';
import { historyStatistics } from '@affect-edge/features';
import type { Architecture } from './architecture.ts';
import { type EdaPhysicsShape, edaPhysics, edaPhysicsWeights, horizonsSec } from './eda-physics.ts';
import { edaCourseInput, edaHistoryInput, edaOnnxOutputs, edaPhysicsOnnx } from './eda-physics-onnx.ts';
import type { OnnxEngine, TfjsEngine } from './engines/engine.ts';
import { ModelError } from './errors.ts';
import type { ModelCard, ModelOutput } from './model.ts';
import type { Weights } from './safetensors.ts';

const nInputs = 4;
/** Conductance that a wrist can have, µS (the ceiling of `edaLimits`). */
const ceilingMicrosiemens = 60;

/** What the network says of one window. */
interface Answer {
  readonly stressLogit: number;
  readonly arousalLogit: number;
  /** (4), µS. */
  readonly forecasts: ArrayLike<number>;
}

const probability = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Outputs a card may list, in any order and selection, and where the network has them. */
const sources: Readonly<Record<string, { readonly output: ModelOutput; readonly of: (answer: Answer) => number }>> = {
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
        of: ({ forecasts }: Answer) => Math.min(ceilingMicrosiemens, forecasts[h]),
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

/** A network ready to run: course (4, nTimes) and history (7) of one window to its answer. */
interface Runner {
  readonly run: (course: Float32Array, history: Float32Array | undefined) => Answer;
  readonly dispose: () => void;
}

const onTfjs = (engine: TfjsEngine, shape: EdaPhysicsShape, weights: Weights): Runner => {
  const { tf } = engine;
  const parameters = new Map([...weights].map(([name, { shape: size, data }]) => [name, tf.tensor(data, [...size])]));
  const network = edaPhysics(engine, shape);
  return {
    run: (course, history) => {
      const answer = { stressLogit: Number.NaN, arousalLogit: Number.NaN, forecasts: new Float32Array() };
      tf.tidy(() => {
        const { stressLogit, arousalLogit, forecasts } = network.forward(parameters, {
          course: tf.tensor3d(course, [1, nInputs, shape.nTimes]),
          ...(history && { history: tf.tensor2d(history, [1, historyStatistics.length]) }),
        });
        answer.stressLogit = stressLogit.dataSync()[0];
        answer.arousalLogit = arousalLogit.dataSync()[0];
        answer.forecasts = forecasts.dataSync() as Float32Array<ArrayBuffer>;
      });
      return answer;
    },
    dispose: () => {
      network.dispose();
      tf.dispose([...parameters.values()]);
    },
  };
};

const onOnnx = (engine: OnnxEngine, shape: EdaPhysicsShape, weights: Weights): Runner => {
  const session = engine.load(edaPhysicsOnnx(shape, weights));
  const { stress, arousal, forecasts } = edaOnnxOutputs;
  return {
    run: (course, history) => {
      const outputs = session.run({
        [edaCourseInput]: { data: course, shape: [1, nInputs, shape.nTimes] },
        ...(history && { [edaHistoryInput]: { data: history, shape: [1, historyStatistics.length] } }),
      });
      return { stressLogit: outputs[stress][0], arousalLogit: outputs[arousal][0], forecasts: outputs[forecasts] };
    },
    dispose: session.dispose,
  };
};

/** The EDA physics network as a model: one minute of skin conductance in, stress, arousal and forecasts out. */
export const edaPhysicsModel: Architecture = {
  name: 'eda-physics',
  open: (card, weights, engine) => {
    const shape = edaPhysicsShapeOf(card);
    checkShapes(shape, weights);
    const { run, dispose } = engine.name === 'onnx' ? onOnnx(engine, shape, weights) : onTfjs(engine, shape, weights);
    const read = card.outputs.map(({ name }) => sources[name].of);
    return {
      predict: ([course, history]: FeatureSet) => {
        const answer = run(Float32Array.from(course.values), shape.usesHistory ? Float32Array.from(history.values) : undefined);
        return Float64Array.from(read, (of) => of(answer));
      },
      dispose,
    };
  },
  onnx: (card, weights, metadata) => {
    const shape = edaPhysicsShapeOf(card);
    checkShapes(shape, weights);
    return edaPhysicsOnnx(shape, weights, metadata);
  },
};
