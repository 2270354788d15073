import { describe, expect, it } from 'vitest';
import { course } from './course.ts';
import { heatStrip, levelOf } from './heat-strip.ts';
import { clockTime, duration, html, percent, raw } from './html.ts';
import { hasScalpMap, scalpMap } from './scalp-map.ts';
import { timeChart, timeTicks } from './time-chart.ts';

const hostile = '<img src=x onerror=alert(1)>"\'&';
const filled = (values: readonly number[]) => {
  const growing = course();
  values.forEach((value, i) => {
    growing.add(i, value);
  });
  return growing.read();
};
const isWellFormed = (svg: string): boolean => {
  const open: string[] = [];
  for (const [, slash, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (slash === '/') {
      if (open.pop() !== name) return false;
    } else if (self !== '/') open.push(name!);
  }
  return open.length === 0;
};

describe('text on the page', () => {
  it('stays text, whatever a file or a person called something', () => {
    expect(html`<p>${hostile}</p>`.html).toBe('<p>&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;</p>');
    expect(html`${[hostile, raw('<b>'), null, undefined, false, 0]}`.html).toBe('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;<b>0');
  });

  it.each([
    [0, '0 %'],
    [0.0004, '< 0.1 %'],
    [0.9995, '> 99.9 %'],
    [1, '100 %'],
    [0.982, '98.2 %'],
  ] as const)('a share of %d is %s', (share, text) => expect(percent(share)).toBe(text));

  it.each([
    [0.008, '8 ms'],
    [4.25, '4.3 s'],
    [59.6, '1 min'],
    [252, '4 min 12 s'],
    [3780, '1 h 3 min'],
  ] as const)('%d s are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it.each([
    [7, '0:07'],
    [3750, '1:02:30'],
  ] as const)('the time %d is %s', (seconds, text) => expect(clockTime(seconds)).toBe(text));
});

describe('pictures', () => {
  const chart = {
    title: hostile,
    unit: 'µS',
    fromSec: 0,
    toSec: 60,
    lines: [{ name: hostile, course: filled([1, 2, 3]), colour: 0, spread: true }],
  };

  it('are whole, name no thing from elsewhere, and carry names as text', () => {
    const pictures = [
      timeChart({ ...chart, marks: [2], strokes: { name: hostile, at: [1], colour: 3 }, shaded: { name: hostile, stretches: [[1, 2]] } }),
      heatStrip({ title: hostile, unit: '1', fromSec: 0, toSec: 60, rows: [{ name: hostile, course: filled([0, 1]) }], scale: 'quality' }),
      scalpMap({ title: hostile, unit: 'bit', channels: ['Fp1', 'O1', 'O2'], values: [1, 2, null] }),
    ];
    for (const picture of pictures) {
      expect(isWellFormed(picture)).toBe(true);
      expect(picture).not.toContain('<img');
      expect(picture).not.toMatch(/NaN|undefined|href/);
    }
  });

  it('of a flat line, of one value and of nothing are drawn all the same', () => {
    for (const values of [[5, 5, 5], [5], []])
      expect(timeChart({ ...chart, lines: [{ name: 'x', course: filled(values), colour: 0 }] })).not.toContain('NaN');
  });

  it('break the line where nothing was measured', () => {
    const growing = course();
    for (const at of [0, 1, 2, 20, 21]) growing.add(at, 1);
    const [, path] = /class="line s0" d="([^"]*)"/.exec(
      timeChart({ ...chart, lines: [{ name: 'x', course: growing.read(), colour: 0 }] }),
    )!;
    expect(path!.match(/M/g)).toHaveLength(2);
  });

  it('have times that a person counts in, at most nine', () => {
    for (const to of [12, 90, 600, 3566, 86_400]) {
      const ticks = timeTicks(0, to);
      expect(ticks.length).toBeGreaterThan(3);
      expect(ticks.length).toBeLessThanOrEqual(10);
    }
    expect(timeTicks(0, 3566)).toEqual([0, 600, 1200, 1800, 2400, 3000]);
  });

  it('colours of deviations lie on both sides of the middle, those of quality from bad to good', () => {
    expect([-9, -1, 0, 1, 9].map((value) => levelOf(value, 'deviation', 1))).toEqual([0, 0, 4, 8, 8]);
    expect([0, 0.5, 1].map((value) => levelOf(value, 'quality', 1))).toEqual([0, 3, 5]);
  });
});

describe('a scalp map', () => {
  it('needs three electrodes whose places are known', () => {
    expect(hasScalpMap(['Fp1', 'C3', 'x'])).toBe(false);
    expect(hasScalpMap(['TP9', 'AF7', 'AF8', 'TP10'])).toBe(true);
  });

  it('has the nose up, the left ear left, and tells its numbers in words', () => {
    const picture = scalpMap({ title: 'alpha', unit: 'bit', channels: ['Fp1', 'O2', 'T7'], values: [1, 2, 3] });
    const places = [...picture.matchAll(/<circle class="dot" cx="([^"]+)" cy="([^"]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
    const [fp1, o2, t7] = places as [number[], number[], number[]];
    expect(fp1[1]).toBeLessThan(0);
    expect(o2[1]).toBeGreaterThan(0);
    expect(t7[0]).toBeLessThan(fp1[0]!);
    expect(o2[0]).toBeGreaterThan(0);
    for (const [x, y] of places) expect(Math.hypot(x!, y!)).toBeLessThan(70);
    expect(picture).toContain('aria-label="alpha: Fp1 1.00, O2 2.00, T7 3.00 bit"');
  });
});
