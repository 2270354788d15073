import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorCode, errorText } from './system-error.ts';

test('an error of the system has a code; one of ours without, one with a number and what is no error have none', () => {
  const thrown = (): unknown => {
    try {
      return readFileSync('/nowhere/at/all');
    } catch (error) {
      return error;
    }
  };
  expect(errorCode(thrown())).toBe('ENOENT');
  for (const other of [new Error('x'), Object.assign(new Error('x'), { code: 5 }), { code: 'EIO' }, 'EIO', undefined])
    expect(errorCode(other)).toBeUndefined();
});

test('whatever was thrown can be told', () => {
  expect(['a', new TypeError('b'), 3, null].map(errorText)).toEqual(['a', 'b', '3', 'null']);
});
