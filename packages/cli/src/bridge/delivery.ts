import type { Backlog, Taken } from './backlog.ts';
import type { BrokerLink, Grant } from './broker-link.ts';

/** How delivery stands; counts begin with the process. */
export interface DeliveryFigures {
  /** Publishes handed to a connection, repeated ones counted again. */
  readonly published: number;
  /** Publishes the broker has acknowledged. */
  readonly acknowledged: number;
  /** Publishes of a message that had been published before: the reader may get it twice. */
  readonly repeated: number;
  /** Messages given up because the broker refuses them or does not take them so long. */
  readonly refused: number;
  readonly inFlight: number;
}

export interface Delivery {
  /** Sends as much as the window allows. Call it whenever there is more to send. */
  readonly pump: () => void;
  /** The broker is there. */
  readonly begin: (grant: Grant) => void;
  /** The broker is gone: everything not acknowledged is to be sent again, oldest first. */
  readonly interrupt: () => void;
  readonly figures: () => DeliveryFigures;
}

/** A message the broker refuses is offered this often, with a pause in between, then given up: nothing behind it may wait for ever. */
const offers = 3;
const pauseMs = 5000;

/**
 * Moves a backlog to the broker at QoS 1 with at most `window` messages under way. What is acknowledged is forgotten, what is not is sent again from
 * the lowest: a reader gets every message at least once, and after each break at most `window` of them twice.
 */
export const delivery = (link: BrokerLink, backlog: Backlog, window: number, onRefused: (detail: string) => void): Delivery => {
  let allowed = 0;
  let longest = Number.POSITIVE_INFINITY;
  let inFlight = 0;
  let generation = 0;
  let highest = 0;
  let published = 0;
  let acknowledged = 0;
  let repeated = 0;
  let refused = 0;
  let resting: NodeJS.Timeout | undefined;
  const offered = new Map<number, number>();

  const refuse = (taken: Taken, why: string): void => {
    const times = (offered.get(taken.id) ?? 0) + 1;
    onRefused(why);
    if (times >= offers) {
      offered.delete(taken.id);
      refused += 1;
      backlog.acknowledge(taken.id);
      return;
    }
    offered.set(taken.id, times);
    backlog.putBack(taken.id);
    resting ??= setTimeout(() => {
      resting = undefined;
      pump();
    }, pauseMs).unref();
  };

  const send = (taken: Taken): void => {
    const payload = taken.historical ? markHistorical(taken.payload) : taken.payload;
    if (payload.length * 3 + taken.topic.length + 32 > longest && Buffer.byteLength(payload) + taken.topic.length + 32 > longest) {
      refused += 1;
      backlog.acknowledge(taken.id);
      onRefused(`a message of ${Buffer.byteLength(payload)} bytes is longer than the broker takes`);
      return;
    }
    const mine = generation;
    inFlight += 1;
    published += 1;
    if (taken.id <= highest) repeated += 1;
    highest = Math.max(highest, taken.id);
    link.publish(taken.topic, payload, { qos: 1, retain: false }, (error) => {
      if (mine !== generation) return;
      inFlight -= 1;
      if (error) refuse(taken, `the broker refuses ${taken.topic}: ${error.message}`);
      else {
        acknowledged += 1;
        offered.delete(taken.id);
        backlog.acknowledge(taken.id);
      }
      pump();
    });
  };

  const pump = (): void => {
    while (link.connected() && resting === undefined && inFlight < allowed) {
      const taken = backlog.take();
      if (taken === undefined) return;
      send(taken);
    }
  };

  return {
    pump,
    begin: ({ receiveMaximum, maximumPacketSize }) => {
      allowed = Math.max(1, Math.min(window, receiveMaximum));
      longest = maximumPacketSize;
      pump();
    },
    interrupt: () => {
      generation += 1;
      inFlight = 0;
      clearTimeout(resting);
      resting = undefined;
      backlog.rewind();
    },
    figures: () => ({ published, acknowledged, repeated, refused, inFlight }),
  };
};

const notHistorical = '"historical":false';

/** The same message, saying that it is historical where it says that it is not. Within a JSON text these letters can be nothing but that key. */
export const markHistorical = (payload: string): string => {
  const at = payload.lastIndexOf(notHistorical);
  return at < 0 ? payload : `${payload.slice(0, at)}"historical":true${payload.slice(at + notHistorical.length)}`;
};
