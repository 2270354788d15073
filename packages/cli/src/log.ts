import type { Writable } from 'node:stream';
import { scrubbed } from './config/redact.ts';

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
  /** Takes out of a text what must not be logged; it sees every message and every fact, so that nothing gets round it. */
  readonly scrub: (text: string) => string;
}

/** As pino writes it; facts stand beside these. */
interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
}

/** Opens the log. A stream that can no longer be written to ends nothing: the line is lost. */
export const openLog = async ({ level, format, out, scrub }: LogOptions): Promise<Log> => {
  const { pino } = await import('pino');
  const write = (line: string): void => {
    if (out.destroyed || out.errored) return;
    const { level, time, ...said }: Line = JSON.parse(line, (_, value) => (typeof value === 'number' ? orText(value, scrub) : value));
    const clean = { level, time, ...scrubbed(said, scrub) };
    out.write(format === 'json' ? `${JSON.stringify(clean)}\n` : prettyLine(clean));
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

/** A number, or what is left of its digits where not all may be seen. */
const orText = (value: number, scrub: (text: string) => string): number | string => {
  const digits = String(value);
  const clean = scrub(digits);
  return clean === digits ? value : clean;
};

/** `02:31:07 warn  message  key=value` */
const prettyLine = ({ level, time, msg, ...facts }: Line): string => {
  const rest = Object.entries(facts).map(([key, value]) => `  ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg}${rest.join('')}\n`;
};
