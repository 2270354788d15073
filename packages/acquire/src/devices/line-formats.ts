/** How a line of text may carry its numbers. */
export const lineFormats = ['integer', 'csv', 'label', 'json'] as const;
export type LineFormat = (typeof lineFormats)[number];

/**
 * The number a line holds, or undefined where it holds none there. `column` is the column counted from 1 (csv) or the label or field, case
 * ignored (label, json); csv columns are separated by commas, semicolons, tabs or spaces. Never throws.
 */
export const readLine = (format: LineFormat, column: number | string, line: string): number | undefined => {
  const text = line.trim();
  switch (format) {
    case 'integer':
      return number(text);
    case 'csv':
      return number(text.split(/\s*[,;\t]\s*|\s+/)[Number(column) - 1]);
    case 'label':
      for (const part of text.split(/[,;\t]\s*|\s+(?=[^\s:=]+\s*[:=])/)) {
        const cut = part.search(/[:=]/);
        if (cut > 0 && same(part.slice(0, cut).trim(), column)) return number(part.slice(cut + 1).trim());
      }
      return undefined;
    case 'json':
      return field(text, column);
  }
};

const same = (name: string, column: number | string) => name.toLowerCase() === String(column).toLowerCase();

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : undefined;

const field = (text: string, column: number | string): number | undefined => {
  if (!text.startsWith('{')) return undefined;
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined; // a damaged line; the caller counts it
  }
  const name = Object.keys(parsed).find((key) => same(key, column));
  const value = name === undefined ? undefined : parsed[name];
  return typeof value === 'number' ? value : undefined;
};
