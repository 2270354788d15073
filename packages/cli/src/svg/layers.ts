import { escapeText } from './escape-text.ts';
import { thinned } from './thinned.ts';

interface Named {
  /** For the legend; a layer without a name is not in it. */
  readonly name?: string;
  /** 0–5; by position among the layers when absent. */
  readonly colour?: number;
}

/** Points joined in order of x; gaps where y is not finite. Any number of points: see `thinned`. */
export interface LineLayer extends Named {
  readonly kind: 'line';
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** A dot a point, with a whisker where there is an interval. */
export interface ScatterLayer extends Named {
  readonly kind: 'scatter';
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly intervals?: readonly (readonly [number, number] | undefined)[];
}

/** A bar a category, from `from` (0 when absent) to its value; with a whisker where there is an interval. A value that is not finite has no bar. */
export interface BarsLayer extends Named {
  readonly kind: 'bars';
  readonly values: readonly number[];
  readonly intervals?: readonly (readonly [number, number] | undefined)[];
  readonly from?: number;
}

/** Shaded stretches of x over the whole height. */
export interface SpansLayer extends Named {
  readonly kind: 'spans';
  readonly spans: readonly (readonly [number, number])[];
}

/** Short vertical strokes at the top. */
export interface MarksLayer extends Named {
  readonly kind: 'marks';
  readonly at: readonly number[];
}

/** A dashed line over the whole plot, at one y or one x. */
export interface RuleLayer extends Named {
  readonly kind: 'rule';
  readonly axis: 'x' | 'y';
  readonly at: number;
}

export type Layer = LineLayer | ScatterLayer | BarsLayer | SpansLayer | MarksLayer | RuleLayer;

/** Where a plot lies on the page, px, and how values become places. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly low: readonly [x: number, y: number];
  readonly high: readonly [x: number, y: number];
  readonly px: (x: number) => number;
  readonly py: (y: number) => number;
}

/** A place as text: tenths of a pixel, the same on every machine. */
export const place = (pixels: number): string => String(Math.round(pixels * 10) / 10 || 0);

/** The values of a layer along an axis, for finding its range. */
export const extentOf = (layer: Layer, axis: 'x' | 'y'): number[] => {
  switch (layer.kind) {
    case 'line':
      return Array.from(layer[axis]);
    case 'scatter':
      return [...Array.from(layer[axis]), ...(axis === 'y' ? (layer.intervals ?? []).flatMap((interval) => interval ?? []) : [])];
    case 'bars':
      return axis === 'x' ? [] : [layer.from ?? 0, ...layer.values, ...(layer.intervals ?? []).flatMap((interval) => interval ?? [])];
    case 'spans':
      return axis === 'x' ? layer.spans.flat() : [];
    case 'marks':
      return axis === 'x' ? [...layer.at] : [];
    case 'rule':
      return layer.axis === axis ? [layer.at] : [];
  }
};

const stroke = (x1: number, y1: number, x2: number, y2: number, classes: string): string =>
  `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" class="${classes}"/>`;

const whisker = (plot: Plot, x: number, interval: readonly [number, number] | undefined): string =>
  interval?.every(Number.isFinite) ? stroke(x, plot.py(interval[0]), x, plot.py(interval[1]), 'whisker') : '';

/** A layer as SVG elements. `group` tells where among several bar layers it stands. */
export const drawLayer = (layer: Layer, colour: number, plot: Plot, group: { readonly index: number; readonly count: number }): string => {
  const { left, top, width, height, low, high, px, py } = plot;
  const c = `c${colour}`;
  switch (layer.kind) {
    case 'line':
      return thinned(layer.x, layer.y, low[0], high[0], width)
        .map(
          (part) => `<polyline class="${c}" points="${part.map((i) => `${place(px(layer.x[i]))},${place(py(layer.y[i]))}`).join(' ')}"/>`,
        )
        .join('');
    case 'scatter':
      return Array.from(layer.x, (x, i) =>
        Number.isFinite(layer.y[i])
          ? `${whisker(plot, px(x), layer.intervals?.[i])}<circle cx="${place(px(x))}" cy="${place(py(layer.y[i]))}" r="3" class="${c}"/>`
          : '',
      ).join('');
    case 'bars': {
      const room = (px(1) - px(0)) * 0.8;
      const each = room / group.count;
      return layer.values
        .map((value, i) => {
          if (!Number.isFinite(value)) return '';
          const x = px(i) - room / 2 + group.index * each;
          const [a, b] = [py(layer.from ?? Math.max(low[1], 0)), py(value)];
          const bar = `<rect x="${place(x)}" y="${place(Math.min(a, b))}" width="${place(Math.max(1, each - 1))}" height="${place(Math.abs(a - b))}" class="${c}" fill-opacity="0.75" stroke="none"/>`;
          return bar + whisker(plot, x + each / 2, layer.intervals?.[i]);
        })
        .join('');
    }
    case 'spans':
      return layer.spans
        .filter(([from, to]) => to >= low[0] && from <= high[0])
        .map(([from, to]) => {
          const x = px(Math.max(low[0], from));
          const w = Math.max(0.8, px(Math.min(high[0], to)) - x);
          return `<rect x="${place(x)}" y="${place(top)}" width="${place(w)}" height="${place(height)}" class="${c}" fill-opacity="0.16" stroke="none"/>`;
        })
        .join('');
    case 'marks':
      return layer.at
        .filter((at) => at >= low[0] && at <= high[0])
        .map((at) => stroke(px(at), top, px(at), top + 10, c))
        .join('');
    case 'rule':
      return layer.axis === 'y'
        ? stroke(left, py(layer.at), left + width, py(layer.at), `rule ${c}`)
        : stroke(px(layer.at), top, px(layer.at), top + height, `rule ${c}`);
  }
};

/** The legend of named layers, right-aligned at `right`, on the line whose baseline is `y`. */
export const drawLegend = (layers: readonly { readonly layer: Layer; readonly colour: number }[], right: number, y: number): string => {
  let at = right;
  return [...layers]
    .reverse()
    .flatMap(({ layer, colour }) => {
      if (layer.name === undefined) return [];
      at -= 7 * layer.name.length + 26;
      return [
        `<rect x="${place(at)}" y="${place(y - 8)}" width="12" height="8" class="c${colour}" fill-opacity="0.6" stroke="none"/><text x="${place(at + 16)}" y="${place(y)}">${escapeText(layer.name)}</text>`,
      ];
    })
    .join('');
};
