/** A small chart as SVG text: panels above each other on one time axis, each with lines, marks (vertical ticks) and shaded bands. */

const width = 960;
const left = 64;
const right = 16;
const gap = 44;
const plotWidth = width - left - right;

const colours = ['#2563eb', '#d97706', '#059669', '#dc2626', '#7c3aed', '#64748b'];

/** About `count` round steps over [low, high]. */
const ticks = (low, high, count) => {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((candidate) => candidate >= rough);
  const values = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) values.push(Number(value.toPrecision(10)));
  return values;
};

/** At most two points a pixel column: the smallest and the largest of each, so that no peak is lost. */
const thinned = (x, y, low, high) => {
  const columns = new Map();
  for (let i = 0; i < x.length; i++) {
    if (x[i] < low || x[i] > high || !Number.isFinite(y[i])) continue;
    const column = Math.floor(((x[i] - low) / (high - low)) * plotWidth);
    const seen = columns.get(column);
    if (seen === undefined) columns.set(column, { first: i, least: i, most: i });
    else {
      if (y[i] < y[seen.least]) seen.least = i;
      if (y[i] > y[seen.most]) seen.most = i;
    }
  }
  return [...columns.values()].flatMap(({ least, most }) => [...new Set([least, most])].sort((a, b) => a - b));
};

/**
 * @param {{ xLabel: string, from: number, to: number, panels: { title: string, unit: string, height?: number, low?: number, high?: number,
 *   lines: { name: string, x: ArrayLike<number>, y: ArrayLike<number> }[], marks?: { name: string, at: number[] }[],
 *   bands?: { name: string, spans: [number, number][] }[] }[] }} chart
 * @returns {string} a whole SVG document
 */
export const svgChart = ({ xLabel, from, to, panels }) => {
  const parts = [];
  const px = (x) => (left + ((x - from) / (to - from)) * plotWidth).toFixed(1);
  let top = 8;
  for (const { title, unit, height = 150, lines, marks = [], bands = [], ...limits } of panels) {
    const plotTop = top + 24;
    const values = lines.flatMap(({ x, y }) => Array.from(y).filter((value, i) => Number.isFinite(value) && x[i] >= from && x[i] <= to));
    const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const margin = 0.05 * (most - least || 1);
    const low = limits.low ?? least - margin;
    const high = limits.high ?? most + margin;
    const py = (y) => (plotTop + (1 - (Math.min(high, Math.max(low, y)) - low) / (high - low)) * height).toFixed(1);
    parts.push(`<text x="${left}" y="${top + 14}" class="title">${title}</text>`);
    let legend = width - right;
    const legendOf = (name, colour, kind) => {
      legend -= 8 * name.length + 28;
      parts.push(`<text x="${legend + 16}" y="${top + 14}" class="small">${name}</text>`);
      parts.push(
        kind === 'band'
          ? `<rect x="${legend}" y="${top + 6}" width="12" height="9" fill="${colour}" opacity="0.25"/>`
          : `<line x1="${legend}" x2="${legend + 12}" y1="${top + 10}" y2="${top + 10}" stroke="${colour}" stroke-width="2"/>`,
      );
    };
    bands.forEach(({ name, spans }, i) => {
      const colour = colours[(lines.length + marks.length + i) % colours.length];
      legendOf(name, colour, 'band');
      for (const [start, end] of spans) {
        if (end < from || start > to) continue;
        const x = Number(px(Math.max(from, start)));
        parts.push(
          `<rect x="${x}" y="${plotTop}" width="${Math.max(0.8, Number(px(Math.min(to, end))) - x).toFixed(1)}" height="${height}" fill="${colour}" opacity="0.18"/>`,
        );
      }
    });
    for (const tick of ticks(low, high, 4)) {
      parts.push(`<line x1="${left}" x2="${width - right}" y1="${py(tick)}" y2="${py(tick)}" class="grid"/>`);
      parts.push(`<text x="${left - 6}" y="${Number(py(tick)) + 4}" class="small" text-anchor="end">${tick}</text>`);
    }
    parts.push(
      `<text x="12" y="${plotTop + height / 2}" class="small" transform="rotate(-90 12 ${plotTop + height / 2})" text-anchor="middle">${unit}</text>`,
    );
    lines.forEach(({ name, x, y }, i) => {
      if (lines.length > 1 || marks.length > 0 || bands.length > 0) legendOf(name, colours[i % colours.length], 'line');
      const points = thinned(x, y, from, to).map((k) => `${px(x[k])},${py(y[k])}`);
      parts.push(`<polyline points="${points.join(' ')}" fill="none" stroke="${colours[i % colours.length]}" stroke-width="1.1"/>`);
    });
    marks.forEach(({ name, at }, i) => {
      const colour = colours[(lines.length + i) % colours.length];
      legendOf(name, colour, 'line');
      for (const x of at)
        if (x >= from && x <= to)
          parts.push(`<line x1="${px(x)}" x2="${px(x)}" y1="${plotTop}" y2="${plotTop + 12}" stroke="${colour}" stroke-width="1.4"/>`);
    });
    parts.push(`<rect x="${left}" y="${plotTop}" width="${plotWidth}" height="${height}" class="frame"/>`);
    for (const tick of ticks(from, to, 10)) {
      parts.push(`<text x="${px(tick)}" y="${plotTop + height + 14}" class="small" text-anchor="middle">${tick}</text>`);
    }
    top = plotTop + height + gap - 24;
  }
  parts.push(`<text x="${left + plotWidth / 2}" y="${top + 12}" class="small" text-anchor="middle">${xLabel}</text>`);
  const height = top + 22;
  const style =
    '.title{font:600 13px system-ui,sans-serif;fill:#0f172a}.small{font:11px system-ui,sans-serif;fill:#475569}.grid{stroke:#e2e8f0}.frame{fill:none;stroke:#94a3b8}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><style>${style}</style><rect width="${width}" height="${height}" fill="#fff"/>${parts.join('\n')}</svg>\n`;
};
