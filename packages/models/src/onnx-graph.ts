import { bytesOf } from './float-bytes.ts';
import { encode, type Field } from './onnx-protobuf.ts';

/** An attribute of a node: a whole number, a list of them, a real number (written `{ float }`) or a text. */
export type OnnxAttribute = number | readonly number[] | { readonly float: number } | string;

/** A shape: lengths, or the name of a length that is only known when the model runs. */
export type OnnxShape = readonly (number | string)[];

/** Builds an ONNX model node by node; every value is known by its name. */
export interface OnnxGraph {
  /** An input of the model, f32. Gives its name. */
  readonly input: (name: string, shape: OnnxShape) => string;
  /** An array of f32 that is part of the model. Gives its name. */
  readonly weights: (name: string, shape: readonly number[], data: Float32Array) => string;
  /** Whole numbers (64 bit) that are part of the model: shapes, axes. Gives their name. */
  readonly integers: (values: readonly number[]) => string;
  /** A node; gives the name of its output, or names where it has several. */
  readonly node: {
    (operation: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>): string;
    (operation: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>>, nOutputs: number): string[];
  };
  /** Declares a value an output of the model under a name of its own. */
  readonly output: (value: string, name: string, shape: OnnxShape) => void;
  /** The model as the bytes of a file. */
  readonly bytes: () => Uint8Array;
}

/** Field numbers of onnx.proto3 (ONNX 1.15): ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto. */
const f32 = 1;
const int64 = 7;
const irVersion = 9;
const opset = 20;

const attribute = (name: string, value: OnnxAttribute): Field[] => {
  const kind = { float: 1, int: 2, text: 3, ints: 7 };
  const named: Field = { id: 1, text: name };
  if (typeof value === 'number') return [named, { id: 3, int: value }, { id: 20, int: kind.int }];
  if (typeof value === 'string') return [named, { id: 4, text: value }, { id: 20, int: kind.text }];
  if ('float' in value) return [named, { id: 2, float: value.float }, { id: 20, int: kind.float }];
  return [named, ...value.map((int): Field => ({ id: 8, int })), { id: 20, int: kind.ints }];
};

const valueInfo = (name: string, shape: OnnxShape): Field[] => {
  const dimension = (length: number | string): Field => ({
    id: 1,
    message: [typeof length === 'number' ? { id: 1, int: length } : { id: 2, text: length }],
  });
  const tensorType: Field[] = [
    { id: 1, int: f32 },
    { id: 2, message: shape.map(dimension) },
  ];
  return [
    { id: 1, text: name },
    { id: 2, message: [{ id: 1, message: tensorType }] },
  ];
};

const tensor = (name: string, kind: number, shape: readonly number[], bytes: Uint8Array): Field[] => [
  ...shape.map((int): Field => ({ id: 1, int })),
  { id: 2, int: kind },
  { id: 8, text: name },
  { id: 9, bytes },
];

/** A new, empty model; `name` is told to whoever opens the file, `metadata` too. */
export const onnxGraph = (name: string, metadata: Readonly<Record<string, string>> = {}): OnnxGraph => {
  const nodes: Field[] = [];
  const initializers: Field[] = [];
  const inputs: Field[] = [];
  const outputs: Field[] = [];
  const known = new Map<string, string>();

  const node = (
    operation: string,
    from: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    nOutputs?: number,
  ) => {
    const names = Array.from({ length: nOutputs ?? 1 }, (_, i) => `${operation}_${nodes.length}${nOutputs ? `_${i}` : ''}`);
    const message: Field[] = [
      ...from.map((text): Field => ({ id: 1, text })),
      ...names.map((text): Field => ({ id: 2, text })),
      { id: 3, text: `${operation}_${nodes.length}` },
      { id: 4, text: operation },
      ...Object.entries(attributes).map(([key, value]): Field => ({ id: 5, message: attribute(key, value) })),
    ];
    nodes.push({ id: 1, message });
    return nOutputs === undefined ? names[0] : names;
  };

  return {
    input: (inputName, shape) => {
      inputs.push({ id: 11, message: valueInfo(inputName, shape) });
      return inputName;
    },
    weights: (tensorName, shape, data) => {
      initializers.push({ id: 5, message: tensor(tensorName, f32, shape, bytesOf(data)) });
      return tensorName;
    },
    integers: (values) => {
      const key = values.join();
      const existing = known.get(key);
      if (existing !== undefined) return existing;
      const tensorName = `integers_${known.size}`;
      known.set(key, tensorName);
      const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      initializers.push({ id: 5, message: tensor(tensorName, int64, [values.length], bytes) });
      return tensorName;
    },
    node: node as OnnxGraph['node'],
    output: (value, outputName, shape) => {
      nodes.push({
        id: 1,
        message: [
          { id: 1, text: value },
          { id: 2, text: outputName },
          { id: 4, text: 'Identity' },
        ],
      });
      outputs.push({ id: 12, message: valueInfo(outputName, shape) });
    },
    bytes: () =>
      encode([
        { id: 1, int: irVersion },
        { id: 2, text: 'affect-edge' },
        { id: 7, message: [...nodes, { id: 2, text: name }, ...initializers, ...inputs, ...outputs] },
        {
          id: 8,
          message: [
            { id: 1, text: '' },
            { id: 2, int: opset },
          ],
        },
        ...Object.entries(metadata).map(
          ([key, value]): Field => ({
            id: 14,
            message: [
              { id: 1, text: key },
              { id: 2, text: value },
            ],
          }),
        ),
      ]),
  };
};
