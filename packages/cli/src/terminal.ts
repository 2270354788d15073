import type { Screen } from './sinks/console.ts';

/** Where a command writes, and how it hears that it should end. */
export interface Terminal {
  readonly out: Screen;
  readonly err: Screen;
  /** Fires on Ctrl-C. */
  readonly stop: AbortSignal;
  /** Hears SIGHUP until the function it gives is called; where nobody hears it, SIGHUP is a stop like the others. */
  readonly onReload?: (reload: () => void) => () => void;
}

/** One line to a screen. */
export const say = (screen: Screen, line: string): void => {
  if (!screen.destroyed && !screen.errored) screen.write(`${line}\n`);
};

/** A timer of Node that is to wait longer fires at once: 24.8 days, ms. */
const longestTimerMs = 2 ** 31 - 1;

/** Fires when `stop` does, or after `seconds` where they are given; `release` lets the timer go. */
export const stopAfter = (
  stop: AbortSignal,
  seconds: number | undefined,
): { readonly signal: AbortSignal; readonly release: () => void } => {
  if (seconds === undefined) return { signal: stop, release: () => {} };
  const ended = new AbortController();
  const end = (): void => ended.abort();
  let timer: NodeJS.Timeout;
  const wait = (ms: number): void => {
    timer = setTimeout(() => (ms > longestTimerMs ? wait(ms - longestTimerMs) : end()), Math.min(ms, longestTimerMs));
  };
  wait(seconds * 1000);
  stop.addEventListener('abort', end, { once: true });
  return {
    signal: ended.signal,
    release: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
    },
  };
};
