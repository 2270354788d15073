import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stopAfter } from './terminal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a session may last longer than the longest timer there is', () => {
  const month = stopAfter(new AbortController().signal, 30 * 86_400);
  vi.advanceTimersByTime(30 * 86_400_000 - 1);
  expect(month.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(month.signal.aborted).toBe(true);
});

test('what is let go leaves no timer', () => {
  const month = stopAfter(new AbortController().signal, 30 * 86_400);
  vi.advanceTimersByTime(26 * 86_400_000);
  month.release();
  expect(vi.getTimerCount()).toBe(0);
});
