import { historyStatistics, sudomotorPeakHeight, sudomotorStep, sudomotorTimes } from '@affect-edge/features';
import {
  burstMatrix,
  burstScale,
  type EdaPhysicsShape,
  horizonsSec,
  lateSec,
  matrixOf,
  recentSec,
  slowMatrix,
  smallestGainMicrosiemens,
  stepSec,
  tiltOf,
} from './eda-physics.ts';
import { onnxGraph } from './onnx-graph.ts';
import type { Weights } from './safetensors.ts';
import { tauArray, timesFromRaw, tonicShare } from './sudomotor.ts';

/** Names of the inputs: (batch, 4, nTimes) and, where the network uses it, (batch, 7). */
export const edaCourseInput = 'course';
export const edaHistoryInput = 'history';
/** Names of the outputs: (batch, 1), (batch, 1) and (batch, 4). */
export const edaOnnxOutputs = { stress: 'stress_logit', arousal: 'arousal_logit', forecasts: 'forecasts' } as const;

const softplus = (x: number): number => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * The network of `eda-physics.ts` as an ONNX model (opset 20) with a free batch length, line by line. The law is linear and its time constants no longer
 * move, so a whole window of it is one product with the matrix of its impulse responses.
 */
export const edaPhysicsOnnx = (shape: EdaPhysicsShape, weights: Weights, metadata: Readonly<Record<string, string>> = {}): Uint8Array => {
  const { encoder, nTimes } = shape;
  const { width, kernel, dilations } = encoder;
  const graph = onnxGraph('eda-physics', metadata);
  const { node, integers } = graph;
  const values = (name: string): Float32Array => weights.get(name)!.data;
  let nConstants = 0;
  const constant = (size: readonly number[], data: ArrayLike<number>): string =>
    graph.weights(`constant_${nConstants++}`, size, data instanceof Float32Array ? data : Float32Array.from(data));
  const number = (value: number): string => constant([1, 1], [value]);
  const add = (a: string, b: string): string => node('Add', [a, b]);
  const sub = (a: string, b: string): string => node('Sub', [a, b]);
  const mul = (a: string, b: string | number): string => node('Mul', [a, typeof b === 'number' ? number(b) : b]);
  const div = (a: string, b: string): string => node('Div', [a, b]);
  const plus = (a: string, value: number): string => add(a, number(value));
  const product = (a: string, b: string): string => node('MatMul', [a, b]);
  const mean = (x: string, axis = 1): string => node('ReduceMean', [x, integers([axis])], { keepdims: 1 });
  const reshape = (x: string, ...size: number[]): string => node('Reshape', [x, integers(size)]);
  const slice = (x: string, axis: number, from: number, to: number, step = 1): string =>
    node('Slice', [x, integers([from]), integers([to]), integers([axis]), integers([step])]);
  const at = (x: string, t: number): string => slice(x, 1, t, t + 1);
  const spread = (x: string, axis = 1): string => {
    const centred = sub(x, mean(x, axis));
    const variance = mean(node('Mul', [centred, centred]), axis);
    return node('Sqrt', [axis === 1 ? plus(variance, 1e-6) : add(variance, constant([1, 1, 1], [1e-6]))]);
  };
  /** A matrix (nIn, nOut) as the kernel of a convolution of length 1. */
  const pointwise = (x: string, w: string, b: string): string => {
    const [nIn, nOut] = weights.get(w)!.shape;
    const data = Float32Array.from({ length: nIn * nOut }, (_, i) => values(w)[(i % nIn) * nOut + Math.floor(i / nIn)]);
    return node('Conv', [x, constant([nOut, nIn, 1], data), constant([nOut], values(b))]);
  };

  // Input, relative to the wearer.
  const course = graph.input(edaCourseInput, ['batch', encoder.nInputs, nTimes]);
  const [level, change, valid, microsiemens] = [0, 1, 2, 3].map((c) => reshape(slice(course, 1, c, c + 1), -1, nTimes)); // (batch, nTimes) each
  let standard = sub(level, at(level, 0));
  let aboveRest = mul(level, 0);
  let ofWindow = product(aboveRest, constant([nTimes, 4], new Float32Array(nTimes * 4)));
  if (shape.usesHistory) {
    const history = graph.input(edaHistoryInput, ['batch', historyStatistics.length]);
    const [restMean, , usual, deviation, recent, lowest, highest] = historyStatistics.map((_, i) => at(history, i));
    const average = mean(level);
    const room = plus(deviation, 0.1);
    standard = div(sub(level, usual), room);
    aboveRest = sub(level, restMean);
    const inRange = div(sub(average, lowest), plus(sub(highest, lowest), 0.2));
    ofWindow = node(
      'Concat',
      [div(sub(average, usual), room), mul(sub(average, recent), 3), mul(plus(inRange, -0.5), 3), sub(average, restMean)],
      { axis: 1 },
    );
  }

  // Encoder.
  const channels = [standard, aboveRest, mul(change, 10), valid].map((x) => reshape(x, -1, 1, nTimes));
  let h = node('Relu', [pointwise(node('Concat', channels, { axis: 1 }), 'encoder.in.w', 'encoder.in.b')]); // (batch, width, nTimes)
  for (const [i, dilation] of dilations.entries()) {
    const taps = Float32Array.from(
      { length: width * kernel },
      (_, k) => values(`encoder.${i}.depth.w`)[(k % kernel) * width + Math.floor(k / kernel)],
    );
    const mixed = node('Conv', [h, constant([width, 1, kernel], taps)], {
      group: width,
      dilations: [dilation],
      pads: [(kernel - 1) * dilation, 0],
    });
    h = add(h, node('Relu', [pointwise(mixed, `encoder.${i}.point.w`, `encoder.${i}.point.b`)]));
  }

  // Driver.
  const logits = pointwise(h, 'driver.w', 'driver.b'); // (batch, 2, nTimes)
  const [slowLogit, burstLogit] = [0, 1].map((c) => reshape(slice(logits, 1, c, c + 1), -1, nTimes));
  const slow = node('Sigmoid', [product(slowLogit, constant([nTimes, nTimes], slowMatrix(nTimes)))]);
  const bursts = mul(node('Softplus', [slice(burstLogit, 1, 1, nTimes, 2)]), burstScale); // (batch, nTimes / 2)
  const nBursts = nTimes / 2;

  // Skin.
  const times = timesFromRaw(values('sudomotor.raw'));
  const settled = (1 - tonicShare) * times.tauPhasic + tonicShare * times.tauTonic;
  const offset = mul(node('Relu', [node('ReduceMin', [microsiemens, integers([1])], { keepdims: 1 })]), sigmoid(values('skin.offset')[0]));
  const gain = node('Max', [sub(mean(microsiemens), offset), number(smallestGainMicrosiemens)]);
  const lasting = mul(plus(mul(slow, softplus(values('driver.sensitivity')[0])), softplus(values('driver.rest')[0])), 1 / settled);
  const peak = sudomotorPeakHeight(sudomotorTimes) * (1 - tonicShare);
  const sparse = product(
    bursts,
    constant(
      [nBursts, nTimes],
      burstMatrix(nTimes).map((value) => value / peak),
    ),
  );
  const driver = add(lasting, sparse);

  // Law.
  const first = mul(div(sub(at(microsiemens, 0), offset), gain), 1 / settled);
  const { transition, input } = sudomotorStep(times, stepSec);
  const advance = ([x, y, z]: readonly number[], [a, b, c]: readonly number[] = [0, 0, 0]): number[] => [
    transition[0] * x + a,
    transition[3] * x + transition[4] * y + b,
    transition[6] * x + transition[8] * z + c,
  ];
  const trajectory = (start: readonly number[]): number[][] => {
    const states = [[...start]];
    while (states.length < nTimes) states.push(advance(states[states.length - 1]));
    return states;
  };
  const impulse = trajectory([...input]);
  const free = trajectory(tauArray(times));
  const [duct, phasic, tonic] = [0, 1, 2].map((i) => {
    const responses = matrixOf(nTimes, nTimes, (from, to) => (to > from ? impulse[to - from - 1][i] : 0));
    const start = constant(
      [1, nTimes],
      free.map((state) => state[i]),
    );
    return add(product(driver, constant([nTimes, nTimes], responses)), product(first, start)); // (batch, nTimes)
  });

  // Forecasts.
  const last = nTimes - 1;
  const nRecent = Math.min(nTimes, recentSec / stepSec);
  const held = add(at(lasting, last), mean(slice(sparse, 1, nTimes - nRecent, nTimes)));
  const ahead = horizonsSec.map((seconds) => {
    const { transition: a, input: b } = sudomotorStep(times, seconds);
    const share = [0, 1 - tonicShare, tonicShare];
    const ofState = [0, 1, 2].map((from) => [0, 1, 2].reduce((sum, to) => sum + share[to] * (a[3 * to + from] - (from === to ? 1 : 0)), 0));
    return [...ofState, share.reduce((sum, value, to) => sum + value * b[to], 0)];
  });
  const state = node('Concat', [at(duct, last), at(phasic, last), at(tonic, last), held], { axis: 1 }); // (batch, 4)
  const trusted = matrixOf(4, horizonsSec.length, (i, k) => ahead[k][i] * sigmoid(values('forecast.trust')[k]));
  const gained = mul(product(state, constant([4, horizonsSec.length], trusted)), gain);
  graph.output(node('Relu', [add(at(microsiemens, last), gained)]), edaOnnxOutputs.forecasts, ['batch', horizonsSec.length]);

  // Affect.
  const readable = node(
    'Concat',
    [
      ofWindow,
      product(level, constant([nTimes, 1], tiltOf(nTimes))),
      plus(mul(node('Log', [spread(level)]), 0.5), 1.5),
      plus(mul(node('Log', [plus(mean(node('Abs', [change])), 1e-4)]), 0.5), 2.5),
      mean(node('Sigmoid', [mul(plus(change, -0.005), 600)])),
      mean(slow),
      at(slow, last),
      mul(mean(phasic), 0.1),
      mul(spread(phasic), 0.3),
      mul(at(tonic, last), 0.3),
      sub(at(tonic, last), at(tonic, 0)),
      mul(mean(bursts), 30),
      mul(mean(slice(bursts, 1, nBursts / 2, nBursts)), 30),
      mean(node('Tanh', [mul(bursts, 20)])),
    ],
    { axis: 1 },
  );
  const nLate = Math.min(nTimes, lateSec / stepSec);
  const encoded = [mean(h, 2), spread(h, 2), mean(slice(h, 2, nTimes - nLate, nTimes), 2)].map((x) => reshape(x, -1, width));
  const pooled = node('Concat', [...encoded, readable], { axis: 1 });
  const matrix = (name: string): string => constant(weights.get(name)!.shape, values(name));
  const hidden = node('Relu', [add(product(pooled, matrix('head.0.w')), matrix('head.0.b'))]);
  const affect = add(add(product(hidden, matrix('head.1.w')), matrix('head.1.b')), product(readable, matrix('head.direct.w')));
  graph.output(at(affect, 0), edaOnnxOutputs.stress, ['batch', 1]);
  graph.output(at(affect, 1), edaOnnxOutputs.arousal, ['batch', 1]);
  return graph.bytes();
};
