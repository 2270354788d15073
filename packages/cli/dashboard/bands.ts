import type { PageFeature } from '../src/dashboard/protocol.ts';
import { element, make } from './theme.ts';

interface Cell {
  readonly box: HTMLElement;
  sum: number;
  count: number;
}

/** Full colour at this deviation from a cell's own mean, in the feature's unit (bits or nats). */
const fullColourAt = 1;

/**
 * Band differential entropy, electrodes × bands: the number is the entropy, the colour says how far it lies from that cell's own mean since
 * the page opened, because levels differ more between electrodes and bands than they change with the wearer.
 */
export const bandMap = () => {
  const grid = element('bands');
  let cells: Cell[] = [];
  let shape = '';

  const build = (feature: PageFeature, rows: readonly string[], columns: readonly string[]): void => {
    grid.replaceChildren();
    grid.style.gridTemplateColumns = `4.5em repeat(${columns.length}, minmax(0, 1fr))`;
    grid.append(make('span'), ...columns.map((name) => make('span', 'head', name)));
    cells = [];
    for (const name of rows) {
      grid.append(make('span', 'name', name));
      for (const _ of columns) {
        const box = make('span', 'cell');
        grid.append(box);
        cells.push({ box, sum: 0, count: 0 });
      }
    }
    element('bands-unit').textContent = feature.unit;
  };

  const show = (feature: PageFeature): void => {
    if (feature.axes.length !== 2) return;
    const channelFirst = !/^band/i.test(feature.axes[0].name);
    const [rows, columns] = channelFirst
      ? [feature.axes[0].labels, feature.axes[1].labels]
      : [feature.axes[1].labels, feature.axes[0].labels];
    const now = `${feature.name} ${rows.join()} ${columns.join()}`;
    if (now !== shape) build(feature, rows, columns);
    shape = now;
    cells.forEach((cell, i) => {
      const row = Math.floor(i / columns.length);
      const column = i % columns.length;
      const value = feature.values[channelFirst ? i : column * rows.length + row];
      cell.sum += value;
      cell.count += 1;
      const deviation = Math.max(-1, Math.min(1, (value - cell.sum / cell.count) / fullColourAt));
      cell.box.textContent = value.toFixed(2);
      const share = Math.round(Math.abs(deviation) * 75);
      cell.box.style.backgroundColor = `color-mix(in srgb, var(--${deviation < 0 ? 'low' : 'high'}) ${share}%, var(--paper))`;
    });
  };
  return { show };
};
