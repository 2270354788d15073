/**
 * The solution x of A·x = b for a symmetric positive definite A that is known only by its products, to a residual of `tolerance` · |b| or after as many
 * steps as b is long (Hestenes and Stiefel 1952, doi:10.6028/jres.049.044). `product` writes A·v into `out`.
 */
export const conjugateGradient = (
  product: (v: Float64Array, out: Float64Array) => void,
  b: Float64Array,
  tolerance: number,
): Float64Array => {
  const n = b.length;
  const x = new Float64Array(n);
  const rest = b.slice();
  const direction = b.slice();
  const image = new Float64Array(n);
  let square = inner(rest, rest);
  const enough = tolerance ** 2 * square;
  for (let step = 0; step < n && square > enough; step++) {
    product(direction, image);
    const length = square / inner(direction, image);
    for (let i = 0; i < n; i++) {
      x[i] += length * direction[i];
      rest[i] -= length * image[i];
    }
    const next = inner(rest, rest);
    for (let i = 0; i < n; i++) direction[i] = rest[i] + (next / square) * direction[i];
    square = next;
  }
  return x;
};

const inner = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};
