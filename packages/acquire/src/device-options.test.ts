import { describe, expect, it } from 'vitest';
import { optionReader } from './device-options.ts';

const known = { rate: 'How fast.', mode: 'How.', names: 'Which.', gain: 'How much.', on: 'Whether.' };
const read = (options: Record<string, unknown> = {}) => optionReader('toy', known, options);

describe('optionReader', () => {
  it('refuses an option that the device has not, with what it has and what was probably meant', () => {
    expect(() => read({ raet: 5 })).toThrow(
      "Device 'toy' has no option 'raet'. Known options are rate, mode, names, gain, on. Did you mean 'rate'?",
    );
    expect(() => optionReader('toy', {}, { rate: 5 })).toThrow('It has no options.');
  });

  it('an error names option, expectation, what was got, and what the option is for', () => {
    expect(() => read({ rate: 'fast' }).number('rate', { min: 1, max: 10 })).toThrow(
      `Option 'rate' of device 'toy': expected a number from 1 to 10, got "fast". How fast.`,
    );
    expect(() => read().number('rate', { min: 1, max: 10 })).toThrow(/got nothing/);
  });

  it('takes numbers and texts that are numbers, within their limits', () => {
    const number = (rate: unknown) => () => read({ rate }).number('rate', { min: 1, max: 10 });
    expect([number(5)(), number('5')()]).toEqual([5, 5]);
    for (const bad of [0, 11, '', ' ', 'NaN', true, [5], null]) expect(number(bad)).toThrow(/expected a number/);
    expect(read().number('rate', { min: 1, max: 10, fallback: 3 })).toBe(3);
  });

  it('takes a word of a list', () => {
    expect(read({ mode: 'a' }).choice('mode', ['a', 'b'])).toBe('a');
    expect(read().choice('mode', ['a', 'b'], 'b')).toBe('b');
    expect(() => read({ mode: 'c' }).choice('mode', ['a', 'b'])).toThrow(/one of a, b, got "c"/);
  });

  it('takes yes and no', () => {
    expect([true, 'true', false, 'false'].map((on) => read({ on }).flag('on', true))).toEqual([true, true, false, false]);
    expect(() => read({ on: 'yes' }).flag('on', true)).toThrow(/true or false/);
  });

  it('takes lists as arrays or with commas', () => {
    expect(read({ names: 'Fz, Cz' }).channels('names', ['1', '2'])).toEqual(['Fz', 'Cz']);
    expect(read({ names: ['Fz', 'Cz'] }).names('names')).toEqual(['Fz', 'Cz']);
    expect(read().channels('names', ['1', '2'])).toEqual(['1', '2']);
    for (const names of ['Fz', 'Fz,Fz', 'Fz,', 5])
      expect(() => read({ names }).channels('names', ['1', '2'])).toThrow(/2 different channel names/);
    expect(() => read({ names: '' }).names('names')).toThrow(/different names/);
  });

  it('one number of a list stands for all', () => {
    const gain = (value: unknown) => read({ gain: value }).numbers('gain', 3, [1, 2, 4], 4);
    expect([gain(2), gain('1,2,4'), gain(undefined)]).toEqual([
      [2, 2, 2],
      [1, 2, 4],
      [4, 4, 4],
    ]);
    for (const bad of [3, '1,2', 'x', []]) expect(() => gain(bad)).toThrow(/one number or 3 numbers out of 1, 2, 4/);
  });
});
