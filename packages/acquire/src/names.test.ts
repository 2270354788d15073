import { describe, expect, it } from 'vitest';
import { closest, didYouMean } from './names.ts';

const devices = ['muse-2', 'muse-athena', 'openbci-cyton', 'openbci-cyton-daisy', 'shimmer3-gsr', 'gsr-lines'];

describe('closest', () => {
  it.each([
    ['openbci-cytn', 'openbci-cyton'],
    ['OpenBCI-Cyton', 'openbci-cyton'],
    ['mues-2', 'muse-2'],
    ['shimmer', 'shimmer3-gsr'],
    ['gsr-line', 'gsr-lines'],
    ['openbic-cyton-da', 'openbci-cyton-daisy'],
  ])('takes %s for %s', (word, meant) => expect(closest(word, devices)).toBe(meant));

  it('has no idea for a word that is near to none', () => {
    expect(closest('toaster', devices)).toBeUndefined();
    expect(closest('x', devices)).toBeUndefined();
    expect(closest('muse-2', [])).toBeUndefined();
  });

  it('counts a swap of neighbours as one slip', () => expect(closest('ab', ['ba', 'xy'])).toBe('ba'));
});

describe('didYouMean', () => {
  it('ends an error message, or adds nothing', () => {
    expect(didYouMean('muse2', devices)).toBe(" Did you mean 'muse-2'?");
    expect(didYouMean('toaster', devices)).toBe('');
  });
});
