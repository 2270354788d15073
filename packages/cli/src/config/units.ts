import { z } from 'zod';

/** Quantities as people write them in a file: a number and its unit, never a bare number whose unit has to be guessed. */

const timeUnits: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400 };
const byteUnits: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

const quantity = (text: string, units: Readonly<Record<string, number>>): number => {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text) ?? [];
  return number === '' || !Object.hasOwn(units, unit) ? Number.NaN : Number(number) * units[unit];
};

const timePattern = /^\d+(\.\d+)? ?(ms|s|m|min|h|d)$/;
const sizePattern = /^\d+(\.\d+)? ?(kB|MB|GB|KiB|MiB|GiB)$/;
const ratePattern = /^\d+(\.\d+)? ?\/ ?(s|min|h)$/;

/** A duration from `least` to `most`, read into seconds: `500ms`, `30s`, `5m`, `2h`, `14d`. */
export const duration = (least: string, most: string, example: string) =>
  z
    .string()
    .regex(timePattern)
    .refine((text) => quantity(text, timeUnits) >= quantity(least, timeUnits) && quantity(text, timeUnits) <= quantity(most, timeUnits))
    .transform((text) => quantity(text, timeUnits))
    .meta({ expected: `a duration from ${least} to ${most} with its unit (ms, s, m, h or d)`, example });

/** A size from `least` to `most`, read into bytes: `64kB`, `500MB`, `2GiB`. */
export const size = (least: string, most: string, example: string) =>
  z
    .string()
    .regex(sizePattern)
    .refine((text) => quantity(text, byteUnits) >= quantity(least, byteUnits) && quantity(text, byteUnits) <= quantity(most, byteUnits))
    .transform((text) => quantity(text, byteUnits))
    .meta({ expected: `a size from ${least} to ${most} with its unit (kB, MB, GB, KiB, MiB or GiB)`, example });

/** At most so often, read into times a second: `2/s`, `30/min`. */
export const rate = (example: string) =>
  z
    .string()
    .regex(ratePattern)
    .transform((text) => {
      const [times, unit] = text.split('/');
      return Number(times) / timeUnits[unit.trim()];
    })
    .refine((perSec) => perSec > 0 && perSec <= 1000)
    .meta({ expected: "a rate up to 1000/s, such as '2/s' or '30/min'", example });
