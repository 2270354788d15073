import { describe, expect, it } from 'vitest';
import { paper } from '../../test/fakes.ts';
import { longestMark, marker } from './marker.ts';

describe('a marker', () => {
  const set: [number, string][] = [];
  const screen = paper();
  const mark = marker(
    () => 12.5,
    (atSec, text) => set.push([atSec, text]),
    screen,
  );

  it('sets what was said at the present time and tells the person', () => {
    expect(mark('stimulus 1', 'http')).toEqual({ atSec: 12.5, text: 'stimulus 1' });
    expect(set).toEqual([[12.5, 'stimulus 1']]);
    expect(screen.text).toBe('Mark    12.500 s  stimulus 1  (http)\n');
  });

  it('calls a mark without words so, keeps control characters off the terminal, and cuts what never ends', () => {
    expect(mark('', 'keys')?.text).toBe('mark');
    expect(mark('a\u001b[2Jb\nc', 'mqtt')?.text).toBe('a [2Jb c');
    expect(mark('x'.repeat(9999), 'http')?.text).toHaveLength(longestMark);
  });
});
