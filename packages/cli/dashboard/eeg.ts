import type { Trace } from '../src/dashboard/protocol.ts';
import { clock, colour, element } from './theme.ts';

const shownSec = 6;
/** Seconds the drawing runs behind the newest sample, so that it moves evenly while frames come in bursts. */
const behindSec = 0.25;
const scales = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

interface Point {
  readonly t: number;
  readonly values: readonly number[];
  /** A gap lies before this point. */
  readonly broken: boolean;
}

/** The last seconds of every EEG channel as one scrolling strip: a row a channel, all rows to one scale, each about its own mean. */
export const eegStrip = () => {
  const canvas = element<HTMLCanvasElement>('eeg');
  const points: Point[] = [];
  let channels: readonly string[] = [];
  let signal: string | undefined;
  let stepSec = 0;
  let newest = 0;
  let newestAt = 0;
  let scale = 50;
  let scaleAt = 0;

  const add = (trace: Trace): void => {
    if (trace.kind !== 'eeg' || (signal !== undefined && signal !== trace.signal)) return;
    signal = trace.signal;
    channels = trace.channels;
    stepSec = trace.stepSec;
    const last = points.at(-1);
    const broken = last !== undefined && trace.fromSec - last.t > 1.5 * stepSec;
    trace.rows[0].forEach((_, i) => {
      points.push({ t: trace.fromSec + i * stepSec, values: trace.rows.map((row) => row[i]), broken: broken && i === 0 });
    });
    newest = points.at(-1)?.t ?? newest;
    newestAt = performance.now();
    const tooOld = points.findIndex((point) => point.t > newest - shownSec - 1);
    if (tooOld > 0) points.splice(0, tooOld);
  };

  const paint = (now: number): void => {
    requestAnimationFrame(paint);
    if (points.length === 0 || document.hidden) return;
    const ratio = devicePixelRatio;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const g = canvas.getContext('2d')!;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    const right = Math.min(newest, newest - behindSec + (now - newestAt) / 1000);
    const left = 44;
    const bottom = 16;
    const x = (t: number): number => left + ((t - right + shownSec) / shownSec) * (width - left);
    const rowHeight = (height - bottom) / channels.length;
    const means = channels.map((_, c) => points.reduce((sum, point) => sum + point.values[c], 0) / points.length);
    if (now - scaleAt > 1000) {
      scale = fittingScale(points, means);
      scaleAt = now;
      element('eeg-scale').textContent = `last ${shownSec} s · each row ± ${scale} µV about its mean`;
    }
    paintTicks(g, x, right, height, bottom);
    g.font = '12px system-ui, sans-serif';
    g.textBaseline = 'middle';
    g.lineJoin = 'round';
    for (let c = 0; c < channels.length; c++) {
      const middle = (c + 0.5) * rowHeight;
      g.fillStyle = colour('muted');
      g.fillText(channels[c], 0, middle, left - 6);
      g.strokeStyle = colour('ink');
      g.lineWidth = 1.1;
      g.beginPath();
      let drawing = false;
      for (const point of points) {
        if (point.t < right - shownSec || point.t > right) continue;
        const deviation = Math.max(-1.4, Math.min(1.4, (point.values[c] - means[c]) / scale));
        const y = middle - (deviation * rowHeight) / 2;
        if (drawing && !point.broken) g.lineTo(x(point.t), y);
        else g.moveTo(x(point.t), y);
        drawing = true;
      }
      g.stroke();
    }
  };
  requestAnimationFrame(paint);
  return {
    add,
    /** The signal that is shown, the first that came; undefined before. */
    shown: () => signal,
  };
};

const paintTicks = (g: CanvasRenderingContext2D, x: (t: number) => number, right: number, height: number, bottom: number): void => {
  g.font = '11px system-ui, sans-serif';
  g.textBaseline = 'alphabetic';
  g.strokeStyle = colour('line');
  g.fillStyle = colour('muted');
  g.lineWidth = 1;
  for (let t = Math.ceil(right - shownSec); t <= right; t++) {
    g.beginPath();
    g.moveTo(x(t), 0);
    g.lineTo(x(t), height - bottom);
    g.stroke();
    g.fillText(clock(t), x(t) + 3, height - 3);
  }
};

/** The smallest round scale that holds 95 of 100 samples. */
const fittingScale = (points: readonly Point[], means: readonly number[]): number => {
  const deviations = points.flatMap((point) => point.values.map((value, c) => Math.abs(value - means[c]))).sort((a, b) => a - b);
  const wanted = deviations[Math.floor(deviations.length * 0.95)] ?? 50;
  return scales.find((candidate) => candidate >= wanted) ?? scales[scales.length - 1];
};
