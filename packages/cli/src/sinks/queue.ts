/** First in, first out, never more than `limit` entries: a push on a full queue drops the oldest and counts it. */
export interface Queue<T> {
  readonly length: number;
  /** Entries dropped since the queue was made. */
  readonly dropped: number;
  readonly push: (entry: T) => void;
  /** Puts an entry back to the front, where it came from; on a full queue it counts as dropped. */
  readonly putBack: (entry: T) => void;
  readonly shift: () => T | undefined;
  /** The oldest entry, left where it is. */
  readonly peek: () => T | undefined;
}

/** A ring of `limit` places, filled as it is needed: pushing and shifting cost the same however much waits. */
export const boundedQueue = <T>(limit: number): Queue<T> => {
  const ring: (T | undefined)[] = [];
  let head = 0;
  let length = 0;
  let dropped = 0;
  const shift = (): T | undefined => {
    if (length === 0) return undefined;
    const entry = ring[head];
    ring[head] = undefined;
    head = (head + 1) % limit;
    length -= 1;
    return entry;
  };
  return {
    get length() {
      return length;
    },
    get dropped() {
      return dropped;
    },
    shift,
    peek: () => ring[head],
    push: (entry) => {
      if (length === limit) {
        shift();
        dropped += 1;
      }
      ring[(head + length) % limit] = entry;
      length += 1;
    },
    putBack: (entry) => {
      if (length === limit) {
        dropped += 1;
        return;
      }
      head = (head + limit - 1) % limit;
      ring[head] = entry;
      length += 1;
    },
  };
};
