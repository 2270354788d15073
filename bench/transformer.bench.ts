/**
 * How fast and how large is the electrode transformer against PyTorch eager and against the raw runtime?
 *
 * Serving (batch 1, one thread, 14, 32 and 62 electrodes): our ONNX engine and onnxruntime-node itself, in one process by turns, tfjs-wasm, and PyTorch.
 * Training (32 electrodes, batch 256): one AdamW step on tfjs-node and in PyTorch, once as elapsed time with 2
 * threads, once as processor time with 1, which other work on the machine disturbs least. Rounds are interleaved; a figure is the median of its
 * rounds' medians. PyTorch is measured where `$PYTHON` (python3) can import torch, tfjs-node where `affect engine install` was run.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { TransformerConfig } from '../packages/models/src/index.ts';

// The built package as a user has it: bundled, it would look for its engines in the wrong folder.
const built = pathToFileURL('packages/models/dist/index.js').href;
const models = (await import(built)) as typeof import('../packages/models/src/index.ts');
const { electrodeTransformer, fit: train, initialWeights, openEngine, openOnnxEngine, parametersOn, rbtransformer2025 } = models;
const { trainableTransformer, transformerOnnx } = models;

/** What one child process measured, by name. */
type Measured = Readonly<Record<string, { readonly ms: readonly number[]; readonly rssMb: number; readonly version?: string }>>;

const repetitions = 300;
const warmUps = 30;
const rssMb = (): number => process.resourceUsage().maxRSS / 1e3;
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const configFor = (nElectrodes: number): TransformerConfig => ({
  ...rbtransformer2025,
  nElectrodes,
  tasks: [{ name: 'state', nClasses: 2 }],
});

/** Fixed numbers in [0, 1), the same in every process. */
const lcg = (): (() => number) => {
  let state = 7;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 4294967296;
  };
};

/** onnxruntime-node as its users call it. */
interface RawOnnx {
  readonly InferenceSession: {
    readonly create: (
      model: Uint8Array,
      options: object,
    ) => Promise<{ readonly run: (feeds: object) => Promise<Record<string, { readonly data: Float32Array }>> }>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object;
}

const workers: Readonly<Record<string, (nElectrodes: number, batchSize: number, clock: string) => Promise<Measured>>> = {
  onnx: async (nElectrodes) => {
    const config = configFor(nElectrodes);
    const model = transformerOnnx(config, initialWeights(config, lcg()));
    const ours = openOnnxEngine().load(model);
    const engineMb = rssMb();
    const raw = createRequire(built)('onnxruntime-node') as RawOnnx;
    const session = await raw.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' });
    const data = Float32Array.from({ length: nElectrodes * 4 }, lcg());
    const shape = [1, nElectrodes, 4];
    const ms = { ours: [] as number[], raw: [] as number[] };
    for (let i = 0; i < repetitions + warmUps; i++) {
      const began = performance.now();
      ours.run({ bde: { data, shape } });
      const between = performance.now();
      await session.run({ bde: new raw.Tensor('float32', data, shape) });
      if (i < warmUps) continue;
      ms.ours.push(between - began);
      ms.raw.push(performance.now() - between);
    }
    return { 'onnx engine': { ms: ms.ours, rssMb: engineMb }, 'onnxruntime-node': { ms: ms.raw, rssMb: rssMb() } };
  },
  wasm: async (nElectrodes) => {
    const engine = await openEngine('tfjs-wasm');
    const config = configFor(nElectrodes);
    const parameters = parametersOn(engine, config, initialWeights(config, lcg()));
    const forward = electrodeTransformer(engine, config);
    const data = Float32Array.from({ length: nElectrodes * 4 }, lcg());
    const ms: number[] = [];
    for (let i = 0; i < repetitions / 3 + warmUps; i++) {
      const began = performance.now();
      engine.tf.tidy(() => forward(parameters, engine.tf.tensor3d(data, [1, nElectrodes, 4]))[0].dataSync());
      if (i >= warmUps) ms.push(performance.now() - began);
    }
    return { 'tfjs-wasm': { ms, rssMb: rssMb() } };
  },
  train: async (nElectrodes, batchSize, clock) => {
    const now = clock === 'cpu' ? processorMs : () => performance.now();
    const engine = await openEngine('tfjs-node');
    const config = configFor(nElectrodes);
    const random = lcg();
    const inputs = Float32Array.from({ length: batchSize * nElectrodes * 4 }, random);
    const labels = [Int32Array.from({ length: batchSize }, () => (random() < 0.5 ? 0 : 1))];
    const trainable = trainableTransformer(engine, config, initialWeights(config, random), { inputs, labels, nExamples: batchSize });
    const ms: number[] = [];
    let last = now();
    const onProgress = (): void => {
      ms.push(now() - last);
      last = now();
    };
    await train(engine, trainable, { passes: 7, batchSize, learningRate: 1e-3, weightDecay: 1e-3, seed: 1, onProgress });
    return { 'tfjs-node': { ms: ms.slice(2), rssMb: rssMb(), version: engine.info().version } };
  },
};

const [worker, ...amounts] = process.argv.slice(2);
if (worker !== undefined && Object.hasOwn(workers, worker)) {
  console.log(JSON.stringify(await workers[worker](Number(amounts[0]), Number(amounts[1]), amounts[2])));
  process.exit(0);
}

const missing = new Set<string>();
/** Environment of the children: how many threads they may use. */
const limits: Record<string, string> = {};
/** Runs a child; nothing where what it needs is not installed. */
const child = (program: string, args: readonly string[], name: string): Measured => {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...limits } });
  if (status === 0) {
    const measured = JSON.parse(stdout);
    return name === 'PyTorch eager' ? { [name]: measured } : measured;
  }
  missing.add(
    `${name}: ${
      stderr
        .trim()
        .split('\n')
        .find((line) => /Error/.test(line)) ?? `ended with ${status}`
    }`,
  );
  return {};
};
const own = (...args: string[]): Measured =>
  child(process.execPath, [process.argv[1], ...args], args[0] === 'train' ? 'tfjs-node' : args[0]);
const python = process.env.PYTHON ?? 'python3';
const torch = (...args: string[]): Measured => child(python, ['bench/peers/transformer.py', ...args], 'PyTorch eager');

/** Medians over the rounds. */
const merged = (rounds: readonly Measured[]) => {
  const names = new Set(rounds.flatMap((round) => Object.keys(round)));
  return new Map(
    [...names].map((name) => {
      const seen = rounds.flatMap((round) => (round[name] ? [round[name]] : []));
      return [
        name,
        {
          ms: median(seen.map(({ ms }) => median(ms))),
          best: Math.min(...seen.flatMap(({ ms }) => ms)),
          rssMb: Math.max(...seen.map((s) => s.rssMb)),
        },
      ];
    }),
  );
};

const table = (title: string, rounds: readonly Measured[], against: readonly (readonly [string, string, string])[]): void => {
  const figures = merged(rounds);
  console.log(`\n${title}`);
  for (const [name, { ms, best, rssMb: memory }] of figures) {
    console.log(
      `  ${name.padEnd(18)} median ${ms.toFixed(3).padStart(9)} ms   best ${best.toFixed(3).padStart(9)} ms   memory ${memory.toFixed(0).padStart(5)} MB`,
    );
  }
  for (const [a, b, goal] of against) {
    const [x, y] = [figures.get(a), figures.get(b)];
    if (x && y)
      console.log(
        `  ${a} takes ${(x.ms / y.ms).toFixed(2)} × the time of ${b} (best against best ${(x.best / y.best).toFixed(2)}); the goal is ${goal}`,
      );
  }
};

console.log(`Node ${process.version}, ${availableParallelism()} cores`);
const nRounds = 3;
const rounds = (measure: () => Measured[]): Measured[] => Array.from({ length: nRounds }, measure).flat();
for (const nElectrodes of [14, 32, 62].map(String)) {
  table(
    `Serving, ${nElectrodes} electrodes, batch 1, 1 thread`,
    rounds(() => [own('onnx', nElectrodes), torch('serve', nElectrodes, '1'), own('wasm', nElectrodes)]),
    [
      ['onnx engine', 'onnxruntime-node', 'at most 1.15'],
      ['onnx engine', 'PyTorch eager', 'at most 0.5'],
    ],
  );
}
for (const [clock, threads, what] of [
  ['wall', '2', 'elapsed'],
  ['cpu', '1', 'of the processor'],
] as const) {
  // Idle OpenMP threads sleep instead of spinning: otherwise any other work on the machine slows PyTorch tenfold.
  Object.assign(limits, {
    TF_NUM_INTRAOP_THREADS: threads,
    TF_NUM_INTEROP_THREADS: threads,
    OMP_WAIT_POLICY: 'PASSIVE',
    GOMP_SPINCOUNT: '0',
  });
  table(
    `Training step, 32 electrodes, batch 256, ${threads} threads, time ${what}`,
    rounds(() => [own('train', '32', '256', clock), torch('train', '32', '256', threads, '5', clock)]),
    [['tfjs-node', 'PyTorch eager', 'at most 2, under 2000 MB']],
  );
}
for (const what of missing) console.log(`\nNot measured: ${what}`);
