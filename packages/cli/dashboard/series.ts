import uPlot from 'uplot';
import type { ScriptPhase } from '../src/dashboard/protocol.ts';
import { phasesBetween } from './script.ts';
import { clock, colour, curveColour, onThemeChange } from './theme.ts';

export interface Series {
  /** Adds points of one curve; times need not agree between curves. */
  readonly add: (curve: string, points: readonly (readonly [tSec: number, value: number])[]) => void;
}

export interface SeriesOptions {
  readonly host: HTMLElement;
  /** Curves that are there from the start, in the order of their colours. */
  readonly curves: readonly string[];
  readonly range?: readonly [number, number];
  /** The smallest height of the chart, in the curves' unit, where there is no fixed range: noise is not blown up to look like news. */
  readonly minSpan?: number;
  /** Curves whose names begin so have an axis of their own on the right, where they are much smaller than the others. */
  readonly right?: string;
  /** Names the curves below the chart and tells their values under the pointer. */
  readonly legend?: boolean;
  /** Draws what the script asks for as a dashed line: only where the curves are on its scale. */
  readonly showTarget?: boolean;
  /** Shown at most, s. */
  readonly spanSec: number;
  /** Times further apart than this are not joined by a line, s. */
  readonly gapSec: number;
  readonly script?: readonly ScriptPhase[];
}

/** Curves over session time that grow to the right, with the wearer's script as shaded phases behind them. */
export const series = ({
  host,
  curves,
  range,
  minSpan = 0,
  right,
  legend = false,
  showTarget = false,
  spanSec,
  gapSec,
  script = [],
}: SeriesOptions): Series => {
  const names = [...curves];
  const columns = names.map(() => new Map<number, number>());
  let dirty = false;
  let plot = draw();

  function draw(): uPlot {
    host.replaceChildren();
    const axis = (): uPlot.Axis => ({
      stroke: colour('muted'),
      font: '11px system-ui',
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
    });
    return new uPlot(
      {
        width: Math.max(200, host.clientWidth),
        height: Math.max(120, host.clientHeight - (legend ? 26 : 0)),
        legend: { show: legend },
        cursor: { y: false, drag: { x: false, y: false } },
        scales: {
          x: { time: false },
          y: { range: range === undefined ? atLeast(minSpan) : [range[0], range[1]] },
          right: { range: atLeast(minSpan) },
        },
        axes: [
          { ...axis(), size: 22, gap: 2, incrs: timeSteps, values: (_, ticks) => ticks.map(clock) },
          { ...axis(), size: 42, gap: 2 },
          ...(right !== undefined && names.includes(right)
            ? [
                {
                  ...axis(),
                  scale: 'right',
                  side: 1 as const,
                  size: 42,
                  gap: 2,
                  grid: { show: false },
                  stroke: curveColour(names.indexOf(right)),
                },
              ]
            : []),
        ],
        series: [
          { label: 'time', value: (_, t) => (t === null ? '–' : clock(t)) },
          ...names.map((label, n) => ({
            label,
            scale: right !== undefined && label.startsWith(right) ? 'right' : 'y',
            stroke: curveColour(n),
            width: 1.8,
            points: { show: false },
            spanGaps: true,
            gaps: (self: uPlot, _: number, from: number, to: number, gaps: uPlot.Series.Gaps) => breaks(self, from, to, gaps),
            value: (_: uPlot, value: number | null) => (value === null || value === undefined ? '–' : value.toFixed(3)),
          })),
        ],
        hooks: { drawClear: [(self) => shadePhases(self, script, showTarget)] },
      },
      table(names, columns),
      host,
    );
  }

  /** Where the line is broken: between times too far apart, whatever lies in other curves. */
  function breaks(self: uPlot, from: number, to: number, gaps: uPlot.Series.Gaps): uPlot.Series.Gaps {
    const times = self.data[0];
    const cut: uPlot.Series.Gaps = gaps.slice(0, 0);
    for (let i = Math.max(1, from); i <= to; i++) {
      if (times[i] - times[i - 1] <= gapSec) continue;
      cut.push([Math.round(self.valToPos(times[i - 1], 'x', true)), Math.round(self.valToPos(times[i], 'x', true))]);
    }
    return cut;
  }

  const repaint = (): void => {
    requestAnimationFrame(repaint);
    if (!dirty || document.hidden) return;
    dirty = false;
    plot.setData(table(names, columns));
  };
  requestAnimationFrame(repaint);
  onThemeChange(() => {
    plot.destroy();
    plot = draw();
  });
  new ResizeObserver(() =>
    plot.setSize({ width: Math.max(200, host.clientWidth), height: Math.max(120, host.clientHeight - (legend ? 26 : 0)) }),
  ).observe(host);

  return {
    add: (curve, points) => {
      let n = names.indexOf(curve);
      if (n < 0) {
        n = names.push(curve) - 1;
        columns.push(new Map());
        plot.destroy();
        plot = draw();
      }
      for (const [t, value] of points) columns[n].set(Math.round(t * 1000) / 1000, value);
      const newest = points.at(-1)?.[0] ?? 0;
      for (const column of columns) {
        for (const t of column.keys()) {
          if (t >= newest - spanSec) break;
          column.delete(t);
        }
      }
      dirty = true;
    },
  };
};

/** All curves on the union of their times; a curve without a value at a time has null there. */
const table = (names: readonly string[], columns: readonly ReadonlyMap<number, number>[]): uPlot.AlignedData => {
  const times = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  return [times, ...names.map((_, n) => times.map((t) => columns[n].get(t) ?? null))] as uPlot.AlignedData;
};

/** Steps between time labels, s: `clock` has no fractions. */
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** The range of the data with some air, but never less than `span`. */
const atLeast =
  (span: number): uPlot.Scale.Range =>
  (_, min, max) => {
    if (min === null || max === null) return [0, span];
    const half = Math.max(span, (max - min) * 1.15) / 2;
    return [(min + max) / 2 - half, (min + max) / 2 + half];
  };

const shadePhases = (plot: uPlot, script: readonly ScriptPhase[], showTarget: boolean): void => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${11 * devicePixelRatio}px system-ui`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.lineWidth = devicePixelRatio;
  const { min = 0, max = 0 } = plot.scales.x;
  for (const phase of phasesBetween(script, min, max)) {
    const left = Math.max(bbox.left, plot.valToPos(phase.fromSec, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(phase.toSec, 'x', true));
    if (right <= left) continue;
    ctx.globalAlpha = phase.arousal;
    ctx.fillStyle = colour('phase');
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour('muted');
    ctx.strokeStyle = colour('muted');
    if (showTarget) {
      const y = plot.valToPos(phase.arousal, 'y', true);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(right, y);
      ctx.stroke();
    }
    if (right - left > 40 * devicePixelRatio) ctx.fillText(phase.name, left + 5 * devicePixelRatio, bbox.top + 13 * devicePixelRatio);
  }
  ctx.restore();
};
