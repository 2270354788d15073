import { describe, expect, test } from 'vitest';
import { type Chart, svgChart, svgDocument } from './chart.ts';
import { escapeText } from './escape-text.ts';
import { thinned } from './thinned.ts';
import { ticks } from './ticks.ts';

const chart: Chart = {
  title: 'Accuracy <b>',
  x: { label: 'model', categories: ['1-NN', 'LDA & co'] },
  y: { label: 'accuracy', low: 0, high: 1 },
  layers: [
    { kind: 'bars', name: 'random', values: [1, Number.NaN], intervals: [[0.9, 1], undefined] },
    { kind: 'bars', name: 'honest', values: [0.5, 0.6] },
    { kind: 'rule', axis: 'y', at: 0.5 },
  ],
};

describe('a chart', () => {
  test('keeps every text a text, whatever is in it', () => {
    const svg = svgChart(chart);
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('Accuracy &lt;b&gt;');
    expect(svg).toContain('LDA &amp; co');
    expect(escapeText(`<a href="x" title='y'>&`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;');
  });

  test('draws a bar for every finite value and a whisker for every interval', () => {
    const svg = svgChart(chart);
    expect(svg.match(/fill-opacity="0.75"/g)).toHaveLength(3);
    expect(svg.match(/class="whisker"/g)).toHaveLength(1);
    expect(svg.match(/class="rule c2"/g)).toHaveLength(1);
    expect(svg).not.toContain('NaN');
  });

  test('a higher value lies higher and a later time further right', () => {
    const svg = svgChart({ title: '', x: { label: 's' }, y: { label: 'µS' }, layers: [{ kind: 'line', x: [0, 10], y: [1, 3] }] });
    const [[x0, y0], [x1, y1]] = /points="([^"]*)"/
      .exec(svg)![1]
      .split(' ')
      .map((point) => point.split(',').map(Number));
    expect(x1).toBeGreaterThan(x0);
    expect(y1).toBeLessThan(y0);
  });

  test('an empty chart and one of a single value have axes of finite numbers', () => {
    for (const layers of [[], [{ kind: 'scatter', x: [3], y: [7] } as const]]) {
      expect(svgChart({ title: '', x: { label: '' }, y: { label: '' }, layers })).not.toMatch(/NaN|Infinity/);
    }
  });

  test('as a document carries its style for light, dark and print', () => {
    expect(svgDocument(chart)).toMatch(/^<svg [^>]*><style>[\s\S]*prefers-color-scheme:dark[\s\S]*@media print/);
  });
});

describe('thinning', () => {
  test('an hour of samples becomes at most four points a pixel and loses no peak', () => {
    const n = 100_000;
    const x = Float64Array.from({ length: n }, (_, i) => i);
    const y = Float64Array.from({ length: n }, (_, i) => (i === 54_321 ? 9 : Math.sin(i)));
    const [part, ...others] = thinned(x, y, 0, n, 200);
    expect(others).toEqual([]);
    expect(part.length).toBeLessThanOrEqual(800);
    expect(part).toContain(54_321);
  });

  test('a missing value splits the line', () => {
    expect(thinned([0, 1, 2, 3], [1, Number.NaN, 2, 3], 0, 3, 100)).toEqual([[0], [2, 3]]);
  });
});

test('ticks are round and inside the range', () => {
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(-0.3, 2.4, 3)).toEqual([0, 1, 2]);
  expect(ticks(5, 5, 4)).toEqual([5]);
});
