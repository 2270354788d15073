import { escapeText } from '../svg/escape-text.ts';
import { place } from '../svg/layers.ts';
import { ticks } from '../svg/ticks.ts';
import type { Spectra } from './spectra.ts';

const columns = 4;
const cell = { width: 224, height: 118 } as const;
const plot = { left: 26, top: 20, width: 186, height: 72 } as const;
const lowestHz = 1;
/** Up to here the scale fits; what rises above it further up, the mains, is cut off. */
const scaledToHz = 45;

/**
 * The spectrum of every electrode in a small panel of its own, all to one scale, with the mains frequencies marked: what an electrode does wrong shows in
 * its shape.
 */
export const spectrumPanels = ({ channels, frequencies, decibels }: Spectra): string => {
  const from = frequencies.findIndex((frequency) => frequency >= lowestHz);
  const highest = frequencies.at(-1)!;
  const shown = decibels.map((row) => row.slice(from));
  const scaled = shown.flatMap((row) => row.filter((_, k) => frequencies[from + k] <= scaledToHz));
  const low = Math.floor(Math.min(...scaled) / 5) * 5;
  const high = Math.ceil((Math.max(...scaled) + 1) / 5) * 5;
  const rows = Math.ceil(channels.length / columns);
  const x = (hz: number): number => plot.left + ((hz - lowestHz) / (highest - lowestHz)) * plot.width;
  const y = (db: number): number => plot.top + (1 - (Math.min(high, Math.max(low, db)) - low) / (high - low || 1)) * plot.height;
  const dbTicks = ticks(low, high, 3);
  const hzTicks = [10, 20, 30, 40, 50, 60].filter((hz) => hz <= highest);
  const panels = channels.map((channel, c) => {
    const curve = shown[c].map((db, k) => `${k === 0 ? 'M' : 'L'}${place(x(frequencies[from + k]))} ${place(y(db))}`).join('');
    return (
      `<g transform="translate(${(c % columns) * (cell.width + 8)} ${Math.floor(c / columns) * cell.height})">` +
      `<text class="title" x="${plot.left}" y="13">${escapeText(channel)}</text>` +
      `<path class="grid" d="${dbTicks.map((db) => `M${plot.left} ${place(y(db))}h${plot.width}`).join('')}"/>` +
      `<path class="grid mains" d="${[50, 60]
        .filter((hz) => hz <= highest)
        .map((hz) => `M${place(x(hz))} ${plot.top}v${plot.height}`)
        .join('')}"/>` +
      `${dbTicks.map((db) => `<text class="tick" x="${plot.left - 4}" y="${place(y(db) + 3.5)}">${db}</text>`).join('')}` +
      `${hzTicks.map((hz) => `<text class="time" x="${place(x(hz))}" y="${plot.top + plot.height + 13}">${hz}</text>`).join('')}` +
      `<path class="line s1" d="${curve}"/><path class="frame" d="M${plot.left} ${plot.top}v${plot.height}h${plot.width}"/></g>`
    );
  });
  return `<svg class="picture" viewBox="0 0 ${columns * (cell.width + 8) - 8} ${rows * cell.height}" role="img" aria-label="Spectra of ${channels.length} electrodes, decibels of µV²/Hz against Hz">${panels.join('')}</svg>`;
};
