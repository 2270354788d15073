import type { Writable } from 'node:stream';
import type { AffectEstimate, ModelCard } from '@affect-edge/models';
import { madeFrom, warmUpSec } from '../inputs-of.ts';
import { countLosses, describeLosses, type Losses, noLosses } from '../losses.ts';
import { type EstimateMessage, wireName } from '../message.ts';
import type { OpenSink } from './sink.ts';

/** A stream a person may be looking at. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface ConsoleOptions {
  readonly screen: Screen;
  readonly cards: readonly ModelCard[];
  /** Prints every estimate on a line of its own; otherwise only the status line. */
  readonly lines: boolean;
  /** What the other sinks say of themselves. */
  readonly states: () => readonly string[];
  /** The session does not go on for this sink alone. */
  readonly onlyShows?: boolean;
}

/** What the status line tells. */
export interface Status {
  readonly tSec: number;
  readonly cards: readonly ModelCard[];
  readonly latest: ReadonlyMap<string, EstimateMessage>;
  readonly losses: Losses;
  readonly states: readonly string[];
}

/**
 * The terminal: on a terminal one status line updated in place, five times a second; elsewhere plain lines without escape codes, the status once
 * a second until there are estimates and every ten seconds from then on.
 */
export const consoleSink =
  ({ screen, cards, lines, states, onlyShows = false }: ConsoleOptions): OpenSink =>
  (fail) => {
    screen.on('error', (error: Error) => fail(error.message));
    const latest = new Map<string, EstimateMessage>();
    let losses = noLosses;
    let tSec = 0;
    let ticks = 0;
    const inPlace = screen.isTTY === true;
    const clear = inPlace ? '\r\x1b[K' : '';
    const status = (): string => statusLine({ tSec, cards, latest, losses, states: states() });
    const tick = (): void => {
      ticks += 1;
      if (inPlace) screen.write(clear + status().slice(0, (screen.columns ?? 80) - 1));
      else if (ticks % 5 === 0 && (latest.size === 0 || ticks % 50 === 0)) screen.write(`${status()}\n`);
    };
    const timer = setInterval(tick, 200);
    return {
      name: 'console',
      onlyShows,
      block: (block) => {
        tSec = Math.max(tSec, block.tmin);
      },
      report: (report) => {
        losses = countLosses(losses, report);
      },
      estimate: (estimate, message) => {
        latest.set(estimate.card.name, message);
        if (lines) screen.write(`${clear}${estimateLine(estimate, message)}\n`);
      },
      close: async () => {
        clearInterval(timer);
        if (!screen.destroyed && !screen.errored) screen.write(`${clear}${status()}\n`);
      },
    };
  };

/** One estimate for a person: `  12.5 s  electrode-transformer  arousal 0.63  quality 0.98  (simulated)`. */
export const estimateLine = ({ card }: AffectEstimate, message: EstimateMessage): string => {
  const values = Object.entries(message.values).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  const simulated = message.simulated.input || message.simulated.model ? ['(simulated)'] : [];
  return [`${message.t_sec.toFixed(1).padStart(7)} s`, card.name, ...values, `quality ${message.quality.toFixed(2)}`, ...simulated].join(
    '  ',
  );
};

/** Session time, the newest estimate of each model or how long it still warms up, losses, sinks. */
export const statusLine = ({ tSec, cards, latest, losses, states }: Status): string => {
  const models = cards.map((card) => {
    const message = latest.get(card.name);
    if (message === undefined) {
      const left = Math.ceil(warmUpSec(card) - tSec);
      return left > 0 ? `${card.name} warms up ${left} s` : `${card.name} waits for its inputs`;
    }
    const from = madeFrom(card);
    const numbers = card.outputs
      .slice(0, 2)
      .map(
        (output) => `${output.name} ${bar(message.values[wireName(output)], output.range)} ${message.values[wireName(output)].toFixed(2)}`,
      )
      .join(' ');
    return from === '' ? numbers : `${from} ${numbers}`;
  });
  return [clock(tSec), ...models, describeLosses(losses), ...states].join(' │ ');
};

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** A value within its range as one of eight block characters. */
const bar = (value: number, [low, high]: readonly [number, number]): string => {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor(share * 8))];
};
