import { escapeText } from '../svg/escape-text.ts';
import { place } from '../svg/layers.ts';
import type { Course } from './course.ts';
import { chartLeft, chartWidth, plotWidth, timeLabels, timePlace } from './time-chart.ts';

export interface HeatStrip {
  readonly title: string;
  readonly unit: string;
  readonly fromSec: number;
  readonly toSec: number;
  readonly rows: readonly { readonly name: string; readonly course: Course }[];
  /** What the colours mean: from `good` (1) to bad (0), or below and above 0. */
  readonly scale: 'quality' | 'deviation';
  /** Value of full colour, for deviations. */
  readonly full?: number;
  readonly noTimes?: boolean;
}

/** Colours on either side of the middle; level `i` is the class `q…` or `d…`. */
export const levels = { quality: 6, deviation: 9 } as const;

/**
 * Rows over session time in colours, one path a colour, so that an hour of sixty electrodes stays a small picture. Where nothing was measured the paper
 * shows through.
 */
export const heatStrip = ({ title, unit, fromSec, toSec, rows, scale, full = 1, noTimes = false }: HeatStrip): string => {
  const rowHeight = Math.max(5, Math.min(16, 260 / rows.length));
  const top = 22;
  const x = timePlace(fromSec, toSec);
  const bottom = top + rows.length * rowHeight;
  const paths = Array.from({ length: levels[scale] }, () => '');
  rows.forEach(({ course }, r) => {
    const levelAt = (i: number): number | undefined => {
      const value = course.mean[i] ?? null;
      return value === null ? undefined : levelOf(value, scale, full);
    };
    for (let i = 0; i < course.mean.length; ) {
      const level = levelAt(i);
      let end = i + 1;
      while (end < course.mean.length && levelAt(end) === level) end++;
      if (level !== undefined) {
        const from = x(course.fromSec + i * course.stepSec);
        paths[level] +=
          `M${place(from)} ${place(top + r * rowHeight)}h${place(x(course.fromSec + end * course.stepSec) - from)}v${place(rowHeight - 1)}H${place(from)}Z`;
      }
      i = end;
    }
  });
  const everyRow = Math.ceil(9 / rowHeight);
  const names = rows.map(({ name }, r) =>
    r % everyRow === 0
      ? `<text class="tick" x="${chartLeft - 6}" y="${place(top + (r + 0.5) * rowHeight + 3.5)}">${escapeText(shortened(name))}</text>`
      : '',
  );
  const times = noTimes ? '' : timeLabels(fromSec, toSec, bottom + 15);
  return (
    `<svg class="picture" viewBox="0 0 ${chartWidth} ${place(bottom + (noTimes ? 6 : 22))}" role="img" aria-label="${escapeText(`${title}, ${unit}, over session time`)}">` +
    `<text class="title" x="0" y="13">${escapeText(title)}<tspan class="unit" dx="6">${escapeText(unit)}</tspan></text>` +
    `<rect class="empty" x="${chartLeft}" y="${top}" width="${plotWidth}" height="${place(bottom - top - 1)}"/>` +
    `${paths.map((path, level) => (path === '' ? '' : `<path class="${scale === 'quality' ? 'q' : 'd'}${level}" d="${path}"/>`)).join('')}${names.join('')}${times}</svg>`
  );
};

/** A name that fits beside its row. */
const shortened = (name: string): string => (name.length > 12 ? `${name.slice(0, 11)}…` : name);

/** 0 … levels − 1. */
export const levelOf = (value: number, scale: keyof typeof levels, full: number): number => {
  const share = scale === 'quality' ? value : (value / full + 1) / 2;
  return Math.max(0, Math.min(levels[scale] - 1, Math.floor(share * levels[scale])));
};
