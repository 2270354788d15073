/** The last `size` numbers of a stream, oldest first. */
export interface SlidingWindow {
  readonly push: (value: number) => void;
  /** One contiguous view, valid until the next `push`; positions before the first number hold that first number. */
  readonly view: () => Float64Array;
}

/** A window over a stream. Every number is stored twice, `size` apart, so that reading costs nothing and copies nothing. */
export const slidingWindow = (size: number): SlidingWindow => {
  const values = new Float64Array(2 * size);
  let next = 0;
  let empty = true;
  return {
    push: (value) => {
      if (empty) values.fill(value);
      empty = false;
      values[next] = value;
      values[next + size] = value;
      next = (next + 1) % size;
    },
    view: () => values.subarray(next, next + size),
  };
};
