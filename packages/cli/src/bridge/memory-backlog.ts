import { boundedQueue } from '../sinks/queue.ts';
import { type Backlog, historicalAfterSec, type Taken } from './backlog.ts';
import { takenSet } from './taken.ts';

type Waiting = Omit<Taken, 'historical'>;

/** A backlog in memory: at most `limit` messages wait, the oldest goes first where there is no room; a restart of the program loses them. */
export const memoryBacklog = (limit: number, now: () => number = () => Date.now() / 1000): Backlog => {
  const queue = boundedQueue<Waiting>(limit);
  const taken = takenSet<Waiting>();
  let pushed = 0;
  let acknowledged = 0;
  let waitingBytes = 0;
  const size = ({ topic, payload }: { readonly topic: string; readonly payload: string }): number => topic.length + payload.length;
  return {
    push: ({ topic, payload }) => {
      pushed += 1;
      const entry = { id: pushed, madeAt: now(), topic, payload };
      if (queue.length === limit) waitingBytes -= size(queue.peek()!);
      queue.push(entry);
      waitingBytes += size(entry);
    },
    take: () => {
      let entry = taken.next();
      if (entry === undefined) {
        entry = queue.shift();
        if (entry === undefined) return undefined;
        waitingBytes -= size(entry);
        taken.take(entry.id, entry);
      }
      const { id, madeAt, topic, payload } = entry;
      return { id, madeAt, topic, payload, historical: now() - madeAt > historicalAfterSec };
    },
    acknowledge: (id) => {
      if (taken.settle(id)) acknowledged += 1;
    },
    putBack: taken.putBack,
    rewind: taken.rewind,
    figures: () => {
      const oldest = taken.oldest() ?? queue.peek();
      return {
        depth: queue.length + taken.size,
        bytes: waitingBytes,
        oldestSec: oldest === undefined ? 0 : Math.max(0, now() - oldest.madeAt),
        pushed,
        acknowledged,
        dropped: queue.dropped,
      };
    },
    close: async () => {},
  };
};
