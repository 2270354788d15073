import { Observable } from 'rxjs';
import { AcquireError } from '../errors.ts';
import type { Chunk, Link, Wire } from '../link.ts';
import { didYouMean } from '../names.ts';
import { random } from '../wearer/random.ts';
import type { Script } from '../wearer/script.ts';
import { createWearer } from '../wearer/wearer.ts';
import { cytonBoard, lineBoard, type SimulatedBoard } from './simulated-board.ts';
import { wearerBoard } from './wearer-board.ts';

/** What a simulated link plays; the query part of its address sets the same by the same names. */
export interface SimulatedOptions {
  /** Which person wears the sensors; links with the same seed are on the same person. 1 when absent. */
  readonly seed?: number;
  /** Share of frames or lines lost on the way, 0-1; none when absent. */
  readonly loss?: number;
  /** Lines a second, `simulated:gsr-lines` only; 4 when absent. */
  readonly sfreq?: number;
  /** What the person goes through; rest, arousal and recovery when absent. */
  readonly script?: Script;
}

/** What can be simulated: the part of the address after `simulated:`. For the devices `openbci-cyton`, `gsr-lines` and `simulated`. */
export const simulatedBoards = ['cyton', 'gsr-lines', 'wearer'] as const;
export type SimulatedBoardName = (typeof simulatedBoards)[number];

/** The options with which the device `gsr-lines` reads `simulated:gsr-lines`. */
export const simulatedGsrOptions = { sfreq: 4, unit: 'microsiemens', format: 'label', column: 'EDA' } as const;

const boardOf = (
  name: SimulatedBoardName,
  { seed = 1, loss = 0, sfreq = simulatedGsrOptions.sfreq, script }: SimulatedOptions,
): SimulatedBoard => {
  const wearer = createWearer(script === undefined ? { seed } : { seed, script });
  switch (name) {
    case 'cyton':
      return cytonBoard({ wearer, loss });
    case 'gsr-lines':
      return lineBoard({ wearer, loss, sfreq });
    case 'wearer':
      return wearerBoard({ wearer, loss });
  }
};

/**
 * The chunks a simulated board sends, without waiting: an endless pure generator. Bursts of 20-40 ms; `arrivedAt` is the wearer's time plus a
 * few milliseconds of travel, drawn from the seed, so the same options always give the same chunks. `wire.start` is obeyed at its pace.
 *
 * @example
 * for (const chunk of simulatedChunks('cyton', device.wire, { seed: 7 })) { if (chunk.arrivedAt > 600) break; … }
 */
export function* simulatedChunks(name: SimulatedBoardName, wire: Wire, options: SimulatedOptions = {}): Generator<Chunk, never> {
  const board = boardOf(name, options);
  const { uniform } = random(options.seed ?? 1, `bursts ${name}`);
  let sec = 0;
  for (const { bytes, afterSec = 0 } of wire.start) {
    sec += afterSec;
    board.sendUntil(sec);
    const reply = board.command(bytes);
    if (reply.length > 0) yield { endpoint: '', arrivedAt: sec, bytes: reply };
  }
  let arrivedAt = sec;
  for (;;) {
    sec += 0.02 + 0.02 * uniform();
    const bytes = board.sendUntil(sec);
    arrivedAt = Math.max(arrivedAt, sec + 0.004 * uniform());
    if (bytes.length > 0) yield { endpoint: '', arrivedAt, bytes };
  }
}

/** The longest the link works on end before it lets others have their turn, s of wearer's time. */
const mostAtOnceSec = 2;

/**
 * `simulated:cyton?seed=7&loss=0.01&speed=20`: `simulatedChunks`, paced by a timer. `speed` is wearer's seconds a second, 1 when absent.
 * `arrivedAt` is counted from `clock()` at the time of subscribing and goes at the wearer's pace.
 */
export const simulatedLink = (uri: string, clock: () => number): Link => {
  const { name, speed, options } = readAddress(uri);
  return {
    uri,
    open: (wire) =>
      new Observable<Chunk>((subscriber) => {
        const origin = clock();
        const startedAt = performance.now();
        const chunks = simulatedChunks(name, wire, options);
        let next = chunks.next().value;
        let timer: NodeJS.Timeout;
        const play = () => {
          const due = Math.min(((performance.now() - startedAt) / 1000) * speed, next.arrivedAt + mostAtOnceSec);
          while (next.arrivedAt <= due && !subscriber.closed) {
            subscriber.next({ ...next, arrivedAt: origin + next.arrivedAt });
            next = chunks.next().value;
          }
          const waitMs = (next.arrivedAt / speed) * 1000 - (performance.now() - startedAt);
          if (!subscriber.closed) timer = setTimeout(play, Math.max(0, waitMs));
        };
        timer = setTimeout(play, 0);
        return () => clearTimeout(timer);
      }),
  };
};

const readAddress = (uri: string): { name: SimulatedBoardName; speed: number; options: SimulatedOptions } => {
  const [path = '', query = ''] = uri.slice(uri.indexOf(':') + 1).split('?');
  const name = simulatedBoards.find((board) => board === path);
  if (name === undefined) {
    const known = simulatedBoards.map((board) => `simulated:${board}`).join(', ');
    throw new AcquireError('bad-uri', `Nothing to simulate by the name '${path}'. Known are ${known}.${didYouMean(path, simulatedBoards)}`);
  }
  const given = new URLSearchParams(query);
  const limits: Record<string, readonly [number, number]> = {
    seed: [0, 2 ** 53 - 1],
    loss: [0, 0.9],
    sfreq: [0.1, 1000],
    speed: [1e-3, 1e6],
  };
  const values: Record<string, number> = {};
  for (const [key, text] of given) {
    const limit = limits[key];
    if (limit === undefined) {
      const known = Object.keys(limits);
      throw new AcquireError(
        'bad-uri',
        `'${uri}' has an unknown setting '${key}'. Known are ${known.join(', ')}.${didYouMean(key, known)}`,
      );
    }
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= limit[0] && value <= limit[1])) {
      throw new AcquireError('bad-uri', `'${key}' in '${uri}': expected a number from ${limit[0]} to ${limit[1]}, got '${text}'.`);
    }
    values[key] = value;
  }
  const { speed = 1, ...options } = values;
  return { name, speed, options };
};
