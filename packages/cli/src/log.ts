import type { Writable } from 'node:stream';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
type Facts = Readonly<Record<string, unknown>>;

/** What the daemon says, one line each: a message for a person and facts for a program. */
export type Log = Readonly<Record<LogLevel, (message: string, facts?: Facts) => void>> & {
  /** From now on only this level and above. */
  readonly setLevel: (level: LogLevel) => void;
};

export interface LogOptions {
  readonly level: LogLevel;
  /** `json`: one object a line with `time`, `level`, `msg` and the facts; `pretty`: for a person. */
  readonly format: 'json' | 'pretty';
  readonly out: Writable;
  /** Takes out of a line what must not be logged; it sees every line whole, so that nothing gets round it. */
  readonly scrub: (line: string) => string;
}

/** Opens the log. A stream that can no longer be written to ends nothing: the line is lost. */
export const openLog = async ({ level, format, out, scrub }: LogOptions): Promise<Log> => {
  const { pino } = await import('pino');
  const write = (line: string): void => {
    if (!out.destroyed && !out.errored) out.write(scrub(format === 'json' ? line : prettyLine(line)));
  };
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (name) => ({ level: name }) } },
    { write },
  );
  const at =
    (name: LogLevel) =>
    (message: string, facts: Facts = {}): void =>
      log[name](facts, message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel: (next) => {
      log.level = next;
    },
  };
};

/** `02:31:07 warn  message  key=value` */
const prettyLine = (line: string): string => {
  const { level, time, msg, ...facts }: { level: string; time: string; msg: string } = JSON.parse(line);
  const rest = Object.entries(facts).map(([key, value]) => `  ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg}${rest.join('')}\n`;
};
