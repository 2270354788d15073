/** No number or time is longer as text, characters. */
export const longestNumber = 32;

/**
 * Writes a number as JavaScript does (`String(value)`: the fewest digits from which the very same number is read back) into bytes, without making a string of it.
 * Gives where it ends. Infinity and NaN are written as nothing; -0 as 0. There must be room for `longestNumber` characters.
 *
 * The value times a power of ten that gives it 17 digits before the point is known exactly as the sum of two numbers (Dekker, 1971, doi:10.1007/BF01397083);
 * the shortest of its roundings that lies inside half a unit in the last place is the answer (Steele and White, 1990, doi:10.1145/93542.93559). What is
 * outside of `[1e-6, 1e15)`, or on an edge to within rounding, is left to JavaScript.
 */
export const putNumber = (value: number, into: Uint8Array, start: number): number => {
  if (value === 0) return putText('0', into, start);
  const x = Math.abs(value);
  if (!(x >= 1e-6 && x < 1e15)) return Number.isFinite(value) ? putText(`${value}`, into, start) : start;
  const exponent = exponentOf(x);
  const least = leastDigits[exponent + lowest]!;
  const nBefore = x >= powers[least + 6]! ? least + 1 : least; // digits before the point; 0 and less are zeros after it
  const d = 17 - nBefore;
  const power = wholePowers[d]!;
  const spread = 134217729 * x; // 2^27 + 1 cuts a number into two of half its bits
  const xHigh = spread - (spread - x);
  const xLow = x - xHigh;
  const product = x * power;
  const rest = xHigh * powersHigh[d]! - product + xHigh * powersLow[d]! + xLow * powersHigh[d]! + xLow * powersLow[d]!;
  // whole numbers of 32 bits: their remainders are much cheaper
  let high = Math.floor(product / 1e8) | 0;
  let low = (product - high * 1e8) | 0;
  const last = low % 100;
  const rounded = shortest(last + rest, halfUnits[exponent + lowest]! * power);
  if (Number.isNaN(rounded)) return putText(`${value}`, into, start);
  low = (low + rounded - last) | 0;
  if (low >= 1e8 || low < 0) {
    const carry = low < 0 ? -1 : 1;
    high += carry;
    low -= carry * 1e8;
  }
  let at = start;
  if (value < 0) into[at++] = minus;
  if (nBefore <= 0) {
    into[at++] = zero;
    into[at++] = point;
    for (let i = nBefore; i < 0; i++) into[at++] = zero;
    return withoutZeros(into, at, put17(high, low, into, at));
  }
  const end = put17(high, low, into, at + 1);
  for (let i = 0; i < nBefore; i++, at++) into[at] = into[at + 1]!;
  into[at++] = point;
  const short = withoutZeros(into, at, end);
  return short === at ? short - 1 : short;
};

/**
 * Writes a time in s with six decimals as `toFixed(6)` does into bytes, and gives where it ends. There must be room for `longestNumber`
 * characters.
 */
export const putMicroseconds = (sec: number, into: Uint8Array, start: number): number => {
  const exact = sec * 1e6;
  const micros = Math.round(exact);
  // a multiplication rounds: near the middle of two microseconds it cannot tell which is nearer
  if (!(sec >= 0 && micros < 1e14) || Math.abs(Math.abs(exact - micros) - 0.5) < 1e-4 + exact * 1e-15)
    return putText(sec.toFixed(6), into, start);
  const seconds = Math.floor(micros / 1e6);
  const fraction = micros - seconds * 1e6;
  let at = start;
  for (let power = seconds < 10 ? 1 : seconds < 10_000 ? 1000 : 10_000_000; power >= 1; power /= 10) {
    const digit = Math.floor(seconds / power) % 10;
    if (digit > 0 || at > start || power === 1) into[at++] = zero + digit;
  }
  into[at++] = point;
  const upper = Math.floor(fraction / 100);
  at = put4(upper, into, at);
  const lower = (fraction - upper * 100) * 4 + 2;
  into[at++] = fours[lower]!;
  into[at++] = fours[lower + 1]!;
  return at;
};

const [zero, point, minus] = [48, 46, 45];

/** So near an edge a comparison is not to be trusted; what it compares is known to 1e-13. */
const doubt = 1e-9;

/** The roundest whole number less than `half` from a value of two digits, to hundreds, tens or ones; NaN where that is a matter of doubt. */
const shortest = (value: number, half: number): number => {
  const hundreds = value < 50 ? 0 : 100;
  const toHundreds = Math.abs(hundreds - value) - half;
  if (toHundreds < -doubt) return hundreds;
  const tens = 10 * Math.floor(value * 0.1 + 0.5);
  const offTens = Math.abs(tens - value);
  if (toHundreds < doubt || Math.abs(offTens - half) < doubt) return Number.NaN;
  if (offTens < half) return offTens > 5 - doubt ? Number.NaN : tens;
  const ones = Math.floor(value + 0.5);
  return Math.abs(ones - value) > 0.5 - doubt ? Number.NaN : ones;
};

/** The binary exponent. Going through memory costs as much as all the digits, and is not needed for most. */
const exponentOf = (x: number): number => {
  if (x >= 1 && x < 2 ** 31) return 31 - Math.clz32(x);
  double[0] = x;
  return (words[highWord]! >>> 20) - 1023;
};

/** Nine digits and eight. */
const put17 = (high: number, low: number, into: Uint8Array, start: number): number => {
  const first = (high / 1e8) | 0;
  const next = (high - first * 1e8) | 0;
  const upper = (next / 1e4) | 0;
  const lower = (low / 1e4) | 0;
  into[start] = zero + first;
  put4(upper, into, start + 1);
  put4(next - upper * 1e4, into, start + 5);
  put4(lower, into, start + 9);
  return put4(low - lower * 1e4, into, start + 13);
};

const put4 = (number: number, into: Uint8Array, start: number): number => {
  const from = number * 4;
  into[start] = fours[from]!;
  into[start + 1] = fours[from + 1]!;
  into[start + 2] = fours[from + 2]!;
  into[start + 3] = fours[from + 3]!;
  return start + 4;
};

const withoutZeros = (bytes: Uint8Array, from: number, end: number): number => {
  let at = end;
  while (at > from && bytes[at - 1] === zero) at--;
  return at;
};

const putText = (text: string, into: Uint8Array, start: number): number => {
  for (let i = 0; i < text.length; i++) into[start + i] = text.charCodeAt(i);
  return start + text.length;
};

/** 0000 to 9999. */
const fours = Uint8Array.from({ length: 40_000 }, (_, i) => zero + (Math.floor(Math.floor(i / 4) / 10 ** (3 - (i % 4))) % 10));
/** 10^d for whole d, which are exact to 10^22, and each in two halves. */
const wholePowers = Float64Array.from({ length: 23 }, (_, d) => Number(`1e${d}`));
const powersHigh = wholePowers.map((power) => 134217729 * power - (134217729 * power - power));
const powersLow = wholePowers.map((power, d) => power - powersHigh[d]!);
/** 10^-6 to 10^16. */
const powers = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i - 6}`));
/** Of every binary exponent from -20 (1e-6 lies there) to 49 (1e15): the digits before the point of its least number, and half a unit in its last place. */
const lowest = 20;
const leastDigits = Int8Array.from({ length: 70 }, (_, i) => Math.max(-5, Math.floor(Math.log10(2 ** (i - lowest))) + 1));
const halfUnits = Float64Array.from({ length: 70 }, (_, i) => 2 ** (i - lowest - 53));
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const highWord = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;
