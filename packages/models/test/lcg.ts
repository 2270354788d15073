/** The generator the golden weights and inputs were made with: n numbers in [−1, 1). */
export const lcg = (seed: number, n: number): Float32Array => {
  let state = seed >>> 0;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2147483648 - 1;
  });
};
