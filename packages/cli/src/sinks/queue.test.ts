import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedQueue } from './queue.ts';

describe('boundedQueue', () => {
  test('a full queue drops the oldest entry and counts it', () => {
    const queue = boundedQueue<number>(2);
    for (const n of [1, 2, 3]) queue.push(n);
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([2, 3, undefined]);
    expect(queue.dropped).toBe(1);
  });

  test('an entry put back is the next to leave', () => {
    const queue = boundedQueue<number>(3);
    queue.push(1);
    queue.push(2);
    queue.putBack(queue.shift()!);
    expect(queue.shift()).toBe(1);
  });

  test('agrees with a plain array over any sequence of actions', () => {
    const action = fc.oneof(fc.constant('shift' as const), fc.constant('putBack' as const), fc.constant('push' as const));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(action, { maxLength: 60 }), (limit, actions) => {
        const queue = boundedQueue<number>(limit);
        let model: number[] = [];
        let dropped = 0;
        actions.forEach((name, n) => {
          if (name === 'shift') expect(queue.shift()).toBe(model.shift());
          else if (name === 'push') {
            queue.push(n);
            model.push(n);
            if (model.length > limit) dropped += 1;
            model = model.slice(-limit);
          } else {
            queue.putBack(n);
            if (model.length < limit) model.unshift(n);
            else dropped += 1;
          }
          expect(queue.length).toBe(model.length);
          expect(queue.dropped).toBe(dropped);
        });
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
