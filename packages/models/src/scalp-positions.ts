import { didYouMean } from '@affect-edge/acquire';
import { ModelError } from './errors.ts';

/** A place on the head, m: x to the right ear, y to the nose, z to the crown. */
export type ScalpPosition = readonly [x: number, y: number, z: number];

/** Radius of the head's sphere, m. */
const headRadius = 0.095;
/** Polar angle of the ring Fpz–T7–Oz: a tenth of the way from nasion to inion above the line through them. */
const ringAngle = 72;

/** Rows of the 10-10 system from front to back: angle of the midline electrode before the crown, and of the ring electrode from the front, both in degrees. */
const rows: Readonly<Record<string, readonly [midline: number, ring: number]>> = {
  Fp: [72, 18],
  AF: [54, 36],
  F: [36, 54],
  FC: [18, 72],
  FT: [18, 72],
  C: [0, 90],
  T: [0, 90],
  CP: [-18, 108],
  TP: [-18, 108],
  P: [-36, 126],
  PO: [-54, 144],
  O: [-72, 162],
};

/** The 10-20 system's older names. */
const renamed: Readonly<Record<string, string>> = { T3: 'T7', T4: 'T8', T5: 'P7', T6: 'P8' };

/** How far along its row a number lies from the midline to the ring: 1 and 2 a quarter, 7 and 8 all the way. The outermost rows have a single pair. */
const shareOf = (row: string, number: number): number => (row === 'Fp' || row === 'O' ? 1 : Math.ceil(number / 2) / 4);

const degrees = (angle: number): number => (angle * Math.PI) / 180;
const cross = ([a, b, c]: ScalpPosition, [d, e, f]: ScalpPosition): ScalpPosition => [b * f - c * e, c * d - a * f, a * e - b * d];
const minus = (a: ScalpPosition, b: ScalpPosition): ScalpPosition => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: ScalpPosition, b: ScalpPosition): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const times = (a: ScalpPosition, factor: number): ScalpPosition => [a[0] * factor, a[1] * factor, a[2] * factor];
const plus = (a: ScalpPosition, b: ScalpPosition): ScalpPosition => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

/** The point a share of the way along the arc from `from` to `to`, on the circle in which the plane through both and `other` cuts the unit sphere. */
const alongArc = (from: ScalpPosition, to: ScalpPosition, other: ScalpPosition, share: number): ScalpPosition => {
  const across = cross(minus(from, to), minus(other, to));
  const normal = times(across, 1 / Math.hypot(...across));
  const centre = times(normal, dot(normal, from));
  const start = minus(from, centre);
  const side = cross(normal, start);
  const end = minus(to, centre);
  const angle = Math.atan2(dot(end, side), dot(end, start)) * share;
  return plus(centre, plus(times(start, Math.cos(angle)), times(side, Math.sin(angle))));
};

/**
 * Where a 10-20 or 10-10 electrode sits (case ignored), on a spherical head: midline and ring at tenths of their arcs, the electrodes of a row at
 * quarters of the arc between them (Oostenveld & Praamstra 2001, doi:10.1016/S1388-2457(00)00527-7). Real heads differ by a centimetre.
 * @throws ModelError('bad-option') for a name that is none of theirs.
 */
export const scalpPosition = (electrode: string): ScalpPosition => {
  const name = renamed[electrode.toUpperCase()] ?? electrode;
  const [, letters, number] = /^([a-z]+?)(z|[1-8])$/i.exec(name) ?? [];
  const row = Object.keys(rows).find((known) => known.toLowerCase() === letters?.toLowerCase());
  if (row === undefined) {
    const names = Object.keys(rows).flatMap((known) => ['z', '1', '2', '3', '4', '5', '6', '7', '8'].map((digit) => `${known}${digit}`));
    throw new ModelError('bad-option', `'${electrode}' is not an electrode of the 10-10 system.${didYouMean(electrode, names)}`);
  }
  const [midline, ring] = rows[row];
  const middle: ScalpPosition = [0, Math.sin(degrees(midline)), Math.cos(degrees(midline))];
  const onRing = (side: -1 | 1): ScalpPosition => [
    side * Math.sin(degrees(ringAngle)) * Math.sin(degrees(ring)),
    Math.sin(degrees(ringAngle)) * Math.cos(degrees(ring)),
    Math.cos(degrees(ringAngle)),
  ];
  if (number === 'z' || number === 'Z') return times(middle, headRadius);
  const side = Number(number) % 2 === 1 ? -1 : 1;
  const place = alongArc(middle, onRing(side), onRing(side === 1 ? -1 : 1), shareOf(row, Number(number)));
  return times(place, headRadius);
};
