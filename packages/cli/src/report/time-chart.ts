import { escapeText } from '../svg/escape-text.ts';
import { place } from '../svg/layers.ts';
import { ticks } from '../svg/ticks.ts';
import type { Course } from './course.ts';
import { clockTime } from './html.ts';

export interface ChartLine {
  readonly name: string;
  readonly course: Course;
  /** 0–5. */
  readonly colour: number;
  /** Also shade between the least and the most of each bin. */
  readonly spread?: boolean;
  /** Dashed. */
  readonly faint?: boolean;
}

export interface TimeChart {
  readonly title: string;
  readonly unit: string;
  readonly fromSec: number;
  readonly toSec: number;
  readonly lines: readonly ChartLine[];
  /** Fixed ends of the axis; what the lines need, with a little room, when absent. */
  readonly low?: number;
  readonly high?: number;
  /** Short strokes at the foot: responses. */
  readonly strokes?: { readonly name: string; readonly at: readonly number[]; readonly colour: number };
  /** Thin lines over the whole height: marks of a person. */
  readonly marks?: readonly number[];
  /** Shaded stretches, such as those in which nothing can be trusted. */
  readonly shaded?: { readonly name: string; readonly stretches: readonly (readonly [number, number])[] };
  readonly height?: number;
  /** Leave out the times below: another panel with the same axis follows. */
  readonly noTimes?: boolean;
}

export const chartWidth = 920;
export const chartLeft = 86;
const left = chartLeft;
const right = 10;
export const plotWidth = chartWidth - left - right;

/** More marks than that are short strokes at the top, so that they do not hide what they mark. */
const mostLongMarks = 40;

/** Steps of time that a person counts in, s. */
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** About eight round times within [from, to], s. */
export const timeTicks = (fromSec: number, toSec: number): number[] => {
  const step = timeSteps.find((candidate) => (toSec - fromSec) / candidate <= 9) ?? 86_400;
  const first = Math.ceil(fromSec / step - 1e-9);
  const last = Math.floor(toSec / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
};

/** The times below a picture, each under its place, the last one within the picture. */
export const timeLabels = (fromSec: number, toSec: number, y: number): string => {
  const x = timePlace(fromSec, toSec);
  return timeTicks(fromSec, toSec)
    .map((tick) => {
      const at = x(tick);
      const isLast = at > chartWidth - right - 16;
      return `<text class="${isLast ? 'tick' : 'time'}" x="${isLast ? chartWidth : place(at)}" y="${place(y)}">${clockTime(tick)}</text>`;
    })
    .join('');
};

/** Where a session time lies, px. */
export const timePlace = (fromSec: number, toSec: number) => {
  const span = toSec > fromSec ? toSec - fromSec : 1;
  return (sec: number): number => left + ((Math.min(toSec, Math.max(fromSec, sec)) - fromSec) / span) * plotWidth;
};

/** A quantity over session time as an `<svg>` element for the report: lines, the spread of what one pixel stands for, marks, untrusted stretches. */
export const timeChart = (chart: TimeChart): string => {
  const { title, unit, fromSec, toSec, lines, strokes, marks = [], shaded, height = 150, noTimes = false } = chart;
  const top = 24;
  const [low, high] = rangeOf(chart);
  const x = timePlace(fromSec, toSec);
  const y = (value: number): number => top + (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low)) * height;
  const whole = top + height + (noTimes ? 8 : 22);
  const parts: string[] = [];
  for (const [from, to] of shaded?.stretches ?? []) {
    if (to <= fromSec || from >= toSec) continue;
    parts.push(`<rect class="shade" x="${place(x(from))}" y="${top}" width="${place(Math.max(1, x(to) - x(from)))}" height="${height}"/>`);
  }
  for (const tick of ticks(low, high, 5)) {
    const at = place(y(tick));
    parts.push(
      `<path class="grid" d="M${left} ${at}H${left + plotWidth}"/><text class="tick" x="${left - 6}" y="${place(y(tick) + 3.5)}">${tick}</text>`,
    );
  }
  if (!noTimes) parts.push(timeLabels(fromSec, toSec, top + height + 16));
  if (marks.length > 0) {
    const length = marks.length > mostLongMarks ? 8 : height;
    parts.push(`<path class="mark" d="${marks.map((at) => `M${place(x(at))} ${top}v${length}`).join('')}"/>`);
  }
  for (const { course, colour, spread = false, faint = false } of lines) {
    const middle = (i: number): number => x(course.fromSec + (i + 0.5) * course.stepSec);
    if (spread) parts.push(`<path class="spread s${colour}" d="${areaPath(course, middle, y)}"/>`);
    parts.push(`<path class="line s${colour}${faint ? ' faint' : ''}" d="${linePath(course.mean, middle, y)}"/>`);
  }
  if (strokes !== undefined && strokes.at.length > 0) {
    const foot = top + height;
    parts.push(`<path class="line stroke s${strokes.colour}" d="${strokes.at.map((at) => `M${place(x(at))} ${foot}v-9`).join('')}"/>`);
  }
  parts.push(`<path class="frame" d="M${left} ${top}v${height}h${plotWidth}"/>`);
  return (
    `<svg class="picture" viewBox="0 0 ${chartWidth} ${whole}" role="img" aria-label="${escapeText(`${title}, ${unit}, over session time`)}">` +
    `<text class="title" x="0" y="13">${escapeText(title)}<tspan class="unit" dx="6">${escapeText(unit)}</tspan></text>` +
    `${legend(chart)}${parts.join('')}</svg>`
  );
};

const rangeOf = ({ lines, low, high }: TimeChart): [number, number] => {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { course, spread = false } of lines) {
    for (const value of spread ? [...course.least, ...course.most] : course.mean) {
      if (value === null) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  if (least > most) [least, most] = [0, 1];
  const room = 0.06 * (most - least) || Math.abs(most) * 0.05 || 0.5;
  return [low ?? least - room, high ?? most + room];
};

/** Unbroken stretches of bins, each as one line; a lone bin is a dot. */
const linePath = (mean: readonly (number | null)[], x: (i: number) => number, y: (value: number) => number): string => {
  let path = '';
  let drawing = false;
  mean.forEach((value, i) => {
    if (value === null) {
      drawing = false;
      return;
    }
    path += `${drawing ? 'L' : 'M'}${place(x(i))} ${place(y(value))}`;
    if (!drawing && (mean[i + 1] ?? null) === null) path += 'h.1';
    drawing = true;
  });
  return path;
};

const areaPath = ({ least, most }: Course, x: (i: number) => number, y: (value: number) => number): string => {
  let path = '';
  for (let i = 0; i < most.length; i++) {
    if (most[i] === null) continue;
    let end = i;
    while (end + 1 < most.length && most[end + 1] !== null) end++;
    const over = Array.from({ length: end - i + 1 }, (_, k) => `${place(x(i + k))} ${place(y(most[i + k]!))}`);
    const under = Array.from({ length: end - i + 1 }, (_, k) => `${place(x(end - k))} ${place(y(least[end - k]!))}`);
    path += `M${[...over, ...under].join('L')}Z`;
    i = end;
  }
  return path;
};

/** Names with their colours, from the right. */
const legend = ({ lines, strokes, shaded }: TimeChart): string => {
  const entries = [
    ...(lines.length > 1 || strokes !== undefined
      ? lines.map(({ name, colour, faint }) => ({ name, kind: `line s${colour}${faint ? ' faint' : ''}` }))
      : []),
    ...(strokes === undefined ? [] : [{ name: strokes.name, kind: `line s${strokes.colour}` }]),
    ...(shaded === undefined || shaded.stretches.length === 0 ? [] : [{ name: shaded.name, kind: 'shade' }]),
  ];
  let at = chartWidth - right;
  return entries
    .reverse()
    .map(({ name, kind }) => {
      at -= 6.2 * name.length + 30;
      const swatch =
        kind === 'shade'
          ? `<rect class="shade" x="${place(at)}" y="5" width="14" height="10"/>`
          : `<path class="${kind}" d="M${place(at)} 10h14"/>`;
      return `${swatch}<text class="key" x="${place(at + 19)}" y="13.5">${escapeText(name)}</text>`;
    })
    .join('');
};
