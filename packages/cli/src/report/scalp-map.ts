import { scalpPosition } from '@affect-edge/features';
import { escapeText } from '../svg/escape-text.ts';
import { place } from '../svg/layers.ts';

export interface ScalpMap {
  readonly title: string;
  readonly unit: string;
  readonly channels: readonly string[];
  /** One value a channel; `null` where it is not known. */
  readonly values: readonly (number | null)[];
}

const nLevels = 12;
const cells = 56;
const radius = 70;
/** Angle from the crown that the circle stands for: the equator of the fitted sphere lies at 0.85 of it. */
const rimAngle = Math.PI / 2 / 0.85;

/** Electrodes on the page, from -1 to 1 in either direction, nose up: distances from the crown along the scalp are kept. */
const flat = (channel: string): readonly [number, number] | undefined => {
  const position = scalpPosition(channel);
  if (position === undefined) return undefined;
  const [x, y, z] = position;
  const across = Math.hypot(x, y) || 1;
  const distance = Math.acos(Math.max(-1, Math.min(1, z))) / rimAngle;
  return [(x / across) * distance, (-y / across) * distance];
};

/** Whether there is anything to draw: at least three electrodes whose places are known. */
export const hasScalpMap = (channels: readonly string[]): boolean => channels.filter((channel) => flat(channel) !== undefined).length >= 3;

/**
 * A head seen from above, nose up, the values of its electrodes in colour. Between electrodes each counts by the inverse square of its distance (Shepard
 * 1968, doi 10.1145/800186.810616): it fills the picture, it measures nothing there. The colours reach from the least value to the largest.
 */
export const scalpMap = ({ title, unit, channels, values }: ScalpMap): string => {
  const known = channels.flatMap((channel, c) => {
    const at = flat(channel);
    const value = values[c];
    return at === undefined || value === null ? [] : [{ channel, at, value }];
  });
  const missing = channels.flatMap((channel, c) => {
    const at = flat(channel);
    return at !== undefined && values[c] === null ? [{ channel, at }] : [];
  });
  const least = Math.min(...known.map(({ value }) => value));
  const most = Math.max(...known.map(({ value }) => value));
  const span = most - least || 1;
  const paths = Array.from({ length: nLevels }, () => '');
  const size = (2 * radius) / cells;
  const levelAt = (row: number, column: number): number | undefined => {
    const [x, y] = [(column + 0.5) / (cells / 2) - 1, (row + 0.5) / (cells / 2) - 1];
    if (Math.hypot(x, y) > 1 || known.length === 0) return undefined;
    let [sum, weights] = [0, 0];
    for (const { at, value } of known) {
      const weight = 1 / ((x - at[0]) ** 2 + (y - at[1]) ** 2 + 1e-4);
      sum += weight * value;
      weights += weight;
    }
    return Math.max(0, Math.min(nLevels - 1, Math.floor(((sum / weights - least) / span) * nLevels)));
  };
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; ) {
      const level = levelAt(row, column);
      let end = column + 1;
      while (end < cells && levelAt(row, end) === level) end++;
      if (level !== undefined)
        paths[level] +=
          `M${place(column * size - radius)} ${place(row * size - radius)}h${place((end - column) * size)}v${place(size + 0.3)}h${place((column - end) * size)}z`;
      column = end;
    }
  }
  const dot = ({ channel, at }: { readonly channel: string; readonly at: readonly [number, number] }, shape: string): string => {
    const [x, y] = [at[0] * radius, at[1] * radius];
    return `<circle class="${shape}" cx="${place(x)}" cy="${place(y)}" r="2.4"/><text class="electrode" x="${place(x)}" y="${place(y > 52 ? y - 5 : y + 11)}">${escapeText(channel)}</text>`;
  };
  const said = known.map(({ channel, value }) => `${channel} ${value.toFixed(2)}`).join(', ');
  return (
    `<svg class="head" viewBox="-92 -100 184 222" role="img" aria-label="${escapeText(`${title}: ${said || 'nothing measured'} ${unit}`)}">` +
    `<text class="title middle" x="0" y="-86">${escapeText(title)}</text>` +
    `<path class="outline" d="M-9 -69L0 -81L9 -69M-69 -14c-9 -3 -9 31 0 28M69 -14c9 -3 9 31 0 28"/>` +
    `${paths.map((path, level) => (path === '' ? '' : `<path class="m${level}" d="${path}"/>`)).join('')}` +
    `<circle class="rim" r="${radius + 2.5}"/><circle class="outline" r="${radius}"/>` +
    `${known.map((one) => dot(one, 'dot')).join('')}${missing.map((one) => dot(one, 'dot missing')).join('')}` +
    (known.length === 0
      ? ''
      : `${paths.map((_, level) => `<rect class="m${level}" x="${place(-48 + level * 8)}" y="86" width="8.3" height="7"/>`).join('')}` +
        `<text class="tick" x="-53" y="93">${least.toFixed(2)}</text><text class="key" x="53" y="93">${most.toFixed(2)}</text>` +
        `<text class="time" x="0" y="108">${escapeText(unit)}</text>`) +
    '</svg>'
  );
};

export const scalpLevels = nLevels;
