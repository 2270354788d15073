import { createRequire } from 'node:module';

/** A complex number with its arithmetic, in double precision. */
export interface ComplexNumber {
  readonly re: number;
  readonly im: number;
  readonly add: (other: ComplexNumber) => ComplexNumber;
  readonly sub: (other: ComplexNumber) => ComplexNumber;
  readonly mul: (other: ComplexNumber) => ComplexNumber;
  readonly div: (other: ComplexNumber) => ComplexNumber;
  /** The root with a real part of at least 0. */
  readonly sqrt: () => ComplexNumber;
}

type ComplexClass = new (re: number, im: number) => ComplexNumber;

/**
 * The complex numbers of mathjs and nothing else of it: nine files and 6 MB, where its entry loads a thousand files and its single-file build
 * takes 120 ms and 20 MB. Its export map names the entries only, so the file is found beside its package.json; the version is pinned.
 */
const load = (): ComplexClass => {
  const require = createRequire(createRequire(import.meta.url).resolve('mathjs/package.json'));
  const { createComplexClass } = require('./lib/cjs/type/complex/Complex.js') as { createComplexClass: () => ComplexClass };
  return createComplexClass();
};

let loaded: ComplexClass | undefined;

/** A complex number; mathjs is loaded when the first one is made. */
export const complex = (re: number, im = 0): ComplexNumber => {
  loaded ??= load();
  return new loaded(re, im);
};
