/** A message on its way out. */
export interface Outgoing {
  readonly topic: string;
  /** JSON. */
  readonly payload: string;
}

/** A message taken from a backlog, not yet acknowledged. */
export interface Taken extends Outgoing {
  readonly id: number;
  /** When it was pushed, Unix s. */
  readonly madeAt: number;
  /** It has waited for long, or for another run of the program: a reader must not take it for what is true now. */
  readonly historical: boolean;
}

/** How a backlog stands. Counts begin with the process. */
export interface BacklogFigures {
  /** Messages pushed and not acknowledged. */
  readonly depth: number;
  readonly bytes: number;
  /** Age of the oldest message that waits, s; 0 where none does. */
  readonly oldestSec: number;
  readonly pushed: number;
  readonly acknowledged: number;
  /** Given up because there was no room, because they were too old, too long, or because the disk lost them. */
  readonly dropped: number;
}

/**
 * What must not be lost and is not yet acknowledged, oldest first. Every message taken is acknowledged or put back; `rewind` puts all of them
 * back. Nothing here throws: a message that cannot be kept is dropped and counted.
 */
export interface Backlog {
  readonly push: (message: Outgoing) => void;
  /** The oldest message that is not taken; nothing where all are. */
  readonly take: () => Taken | undefined;
  readonly acknowledge: (id: number) => void;
  readonly putBack: (id: number) => void;
  /** The connection is gone: everything taken is to be taken again, oldest first. */
  readonly rewind: () => void;
  readonly figures: () => BacklogFigures;
  readonly close: () => Promise<void>;
}

/** Messages older than this when they are sent are marked historical, s. */
export const historicalAfterSec = 10;
