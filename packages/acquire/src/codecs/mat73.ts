import { AcquireError } from '../errors.ts';
import { type Hdf5, openHdf5 } from './hdf5.ts';
import type { MatLeaf, MatPath, Wanted } from './mat5.ts';

/**
 * Every leaf of a MATLAB 7.3 file, as `matLeaves` gives those of the older format: it is HDF5 behind 512 bytes of text.
 *
 *     variable, field    an array with its dimensions reversed, so that its order is MATLAB's; attribute MATLAB_class says which
 *     char               an array of 16-bit characters            cell     an array of references into /#refs#
 *     struct             a group of fields; an array of them: fields are arrays of references
 *     empty              attribute MATLAB_empty; the array's values are the shape
 *
 * Memory is that of the largest array wanted. Throws `AcquireError('bad-file')` for damage, and for classes that are none of these.
 */
export async function* mat73Leaves(path: string, wanted: Wanted): AsyncGenerator<MatLeaf, void> {
  const file = await openHdf5(path);
  try {
    for (const name of file.names('/')) if (!name.startsWith('#')) yield* leavesAt({ path, file, wanted }, `/${name}`, [name], 0);
  } finally {
    file.close();
  }
}

interface Context {
  readonly path: string;
  readonly file: Hdf5;
  readonly wanted: Wanted;
}

const maxParts = 1_000_000;
const maxDepth = 16;
const maxNumbers = 2 ** 28;
const numeric = /^(double|single|logical|u?int(8|16|32|64))$/;
/** Numbers read in one piece of a large array. */
const pieceNumbers = 2 ** 20;

function* leavesAt(context: Context, at: string, path: MatPath, depth: number): Generator<MatLeaf, void> {
  const { file, wanted } = context;
  const fail = (detail: string) =>
    new AcquireError('bad-file', `'${context.path}' is no MATLAB 7.3 file that can be read: ${path.join('.')} ${detail}.`);
  if (depth > maxDepth) throw fail('is nested too deeply');
  const stored = file.shape(at);
  const attributes = file.attributes(at);
  const kind = typeof attributes.MATLAB_class === 'string' ? attributes.MATLAB_class : undefined;
  if (stored === undefined) {
    for (const field of file.names(at)) {
      const inside = `${at}/${field}`;
      const isArray = kind === 'struct' && file.shape(inside) !== undefined && file.attributes(inside).MATLAB_class === undefined;
      if (!isArray) yield* leavesAt(context, inside, [...path, field], depth + 1);
      else
        for (const [i, target] of referencesAt(context, inside, fail).entries())
          yield* leavesAt(context, target, [...path, i, field], depth + 1);
    }
    return;
  }
  if (attributes.MATLAB_empty === 1) {
    const shape = [...file.rows(at, 0, stored[0] ?? 0)];
    yield kind === 'char' ? { path, type: 'text', shape, text: '' } : { path, type: 'numbers', shape, values: new Float64Array(0) };
    return;
  }
  const shape = [...stored].reverse();
  if (shape.length === 1) shape.push(1);
  if (kind === 'cell') {
    for (const [i, target] of referencesAt(context, at, fail).entries()) yield* leavesAt(context, target, [...path, i], depth + 1);
  } else if (kind === 'char') {
    if (shape.reduce((product, n) => product * n, 1) > 2 ** 20) throw fail('is a text of more than a million characters');
    const codes = file.rows(at, 0, stored[0]!);
    yield { path, type: 'text', shape, text: Array.from(codes, (code) => String.fromCharCode(code)).join('') };
  } else if (kind === undefined || numeric.test(kind)) {
    const count = shape.reduce((product, n) => product * n, 1);
    if (count > maxNumbers) throw fail(`has ${count} numbers`);
    const order = wanted(path, shape);
    yield order === false
      ? { path, type: 'numbers', shape }
      : { path, type: 'numbers', shape, values: valuesAt(file, at, stored, order === 'rows') };
  } else throw fail(`is of class '${kind}', which is not supported`);
}

const referencesAt = ({ file }: Context, at: string, fail: (detail: string) => AcquireError): readonly string[] => {
  const n = (file.shape(at) ?? []).reduce((product, size) => product * size, 1);
  if (n > maxParts) throw fail(`has ${n} parts`);
  return file.references(at);
};

/** All values in MATLAB's order, or a matrix turned row-major: its columns are the rows that lie in the file. */
const valuesAt = (file: Hdf5, at: string, stored: readonly number[], asRows: boolean): Float64Array => {
  const [nStored = 0, ...rest] = stored;
  const width = rest.reduce((product, n) => product * n, 1);
  const values = new Float64Array(nStored * width);
  const step = Math.max(1, Math.floor(pieceNumbers / Math.max(1, width)));
  for (let from = 0; from < nStored; from += step) {
    const to = Math.min(nStored, from + step);
    const piece = file.rows(at, from, to);
    if (!asRows || stored.length !== 2) values.set(piece, from * width);
    else
      for (let column = from; column < to; column++)
        for (let row = 0; row < width; row++) values[row * nStored + column] = piece[(column - from) * width + row]!;
  }
  return values;
};
