import { escapeText } from './escape-text.ts';
import { drawLayer, drawLegend, extentOf, type Layer, type Plot, place } from './layers.ts';
import { chartStyle } from './style.ts';
import { ticks } from './ticks.ts';

export type { BarsLayer, Layer, LineLayer, MarksLayer, RuleLayer, ScatterLayer, SpansLayer } from './layers.ts';

export interface ChartAxis {
  readonly label: string;
  /** The axis is a row of names; bars and points lie at 0, 1, … Only along x. */
  readonly categories?: readonly string[];
  /** Ends of the axis; what the layers need, with a little room, when absent. */
  readonly low?: number;
  readonly high?: number;
  /** How a tick is written: unit conversions, clock times. */
  readonly text?: (value: number) => string;
}

/** What a chart shows; later layers lie above earlier ones. */
export interface Chart {
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly layers: readonly Layer[];
  /** Whole width and height of the picture, px; 720 × 260 when absent. */
  readonly width?: number;
  readonly height?: number;
}

const margin = { left: 62, right: 14, top: 44, bottom: 44 } as const;
/** Names of categories are turned where they would not fit, and need this much room then. */
const turnedRoom = 70;

const rangeOf = (axis: ChartAxis, layers: readonly Layer[], along: 'x' | 'y'): [number, number] => {
  if (axis.categories) return [-0.5, axis.categories.length - 0.5];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const layer of layers) {
    for (const value of extentOf(layer, along)) {
      if (!Number.isFinite(value)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  if (least > most) [least, most] = [0, 1];
  const room = along === 'y' ? 0.05 * (most - least || 1) : least === most ? 0.5 : 0;
  return [axis.low ?? least - room, axis.high ?? most + room];
};

/**
 * A chart as an `<svg>` element for a page that has `chartStyle` in its style. The same chart gives the same bytes everywhere. Values outside given
 * axis ends are drawn at the edge.
 */
export const svgChart = ({ title, x, y, layers, width = 720, height = 260 }: Chart): string => {
  const plotWidth = width - margin.left - margin.right;
  const isTurned = x.categories?.some((name) => name.length * 7 > plotWidth / x.categories!.length);
  const bottom = margin.bottom + (isTurned ? turnedRoom : 0);
  const plotHeight = height - margin.top - margin.bottom;
  const whole = margin.top + plotHeight + bottom;
  const [[xLow, xHigh], [yLow, yHigh]] = [rangeOf(x, layers, 'x'), rangeOf(y, layers, 'y')];
  const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  const plot: Plot = {
    left: margin.left,
    top: margin.top,
    width: plotWidth,
    height: plotHeight,
    low: [xLow, yLow],
    high: [xHigh, yHigh],
    px: (value) => margin.left + ((within(value, xLow, xHigh) - xLow) / (xHigh - xLow)) * plotWidth,
    py: (value) => margin.top + (1 - (within(value, yLow, yHigh) - yLow) / (yHigh - yLow)) * plotHeight,
  };
  const { px, py } = plot;
  const below = margin.top + plotHeight + 16;
  const xTicks = x.categories
    ? x.categories.map((name, i) => {
        const at = place(px(i));
        const turn = isTurned ? ` transform="rotate(-40 ${at} ${below})" text-anchor="end"` : ' text-anchor="middle"';
        return `<text x="${at}" y="${below}"${turn}>${escapeText(name)}</text>`;
      })
    : ticks(xLow, xHigh, 8).map(
        (tick) => `<text x="${place(px(tick))}" y="${below}" text-anchor="middle">${escapeText(x.text?.(tick) ?? String(tick))}</text>`,
      );
  const yTicks = ticks(yLow, yHigh, 5).map(
    (tick) =>
      `<line x1="${margin.left}" x2="${margin.left + plotWidth}" y1="${place(py(tick))}" y2="${place(py(tick))}" class="grid"/>` +
      `<text x="${margin.left - 6}" y="${place(py(tick) + 4)}" text-anchor="end">${escapeText(y.text?.(tick) ?? String(tick))}</text>`,
  );
  const bars = layers.filter(({ kind }) => kind === 'bars');
  const coloured = layers.map((layer, i) => ({ layer, colour: (layer.colour ?? i) % 6 }));
  const drawn = coloured.map(({ layer, colour }) =>
    drawLayer(layer, colour, plot, { index: Math.max(0, bars.indexOf(layer)), count: Math.max(1, bars.length) }),
  );
  const middle = margin.top + plotHeight / 2;
  return [
    `<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" role="img" aria-label="${escapeText(title)}">`,
    `<rect class="paper" width="${width}" height="${whole}"/><text x="${margin.left}" y="16" class="title">${escapeText(title)}</text>`,
    drawLegend(coloured, width - margin.right, 34),
    ...yTicks,
    ...xTicks,
    ...drawn,
    `<rect x="${margin.left}" y="${margin.top}" width="${plotWidth}" height="${plotHeight}" class="frame"/>`,
    `<text x="14" y="${place(middle)}" transform="rotate(-90 14 ${place(middle)})" text-anchor="middle">${escapeText(y.label)}</text>`,
    `<text x="${place(margin.left + plotWidth / 2)}" y="${whole - 6}" text-anchor="middle">${escapeText(x.label)}</text>`,
    '</svg>',
  ].join('\n');
};

/** The same chart as a file of its own, with its style inside. */
export const svgDocument = (chart: Chart): string => svgChart(chart).replace('>', `><style>${chartStyle}</style>`);
