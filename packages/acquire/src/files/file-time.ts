/**
 * Unix time, s, of a date and time as files write them (`2024-01-31 12:00:00.123`, with `/` or `T`, with or without a zone); NaN for
 * anything else. Where no zone is written, the time is the recorder's local one, which nobody knows: it is taken for UTC, as EDF's is.
 */
export const unixOfText = (text: string): number => {
  const found = /^\s*"?(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{1,2}):(\d{1,2})((?:\.\d+)?)\s*(Z|[+-]\d{2}:?\d{2})?"?\s*$/.exec(
    text,
  );
  if (found === null) return Number.NaN;
  const [year, month, day, h, m, s] = found.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > 31 || h > 23 || m > 59 || s > 60) return Number.NaN;
  const zone = /^([+-])(\d{2}):?(\d{2})$/.exec(found[8] ?? '');
  const offsetSec = zone === null ? 0 : (zone[1] === '-' ? -60 : 60) * (60 * Number(zone[2]) + Number(zone[3]));
  return Date.UTC(year, month - 1, day, h, m, s) / 1000 + Number(found[7] || 0) - offsetSec;
};

/** Whether a number can be a unix time, s, of anything that was recorded: 1973 to the year 5138. */
export const isUnixTime = (sec: number): boolean => sec > 1e8 && sec < 1e11;
