import type { Report } from '@affect-edge/acquire';
import { expect, test } from 'vitest';
import { countLosses, describeLosses, noLosses } from './losses.ts';

const after = (...reports: Report[]) => reports.reduce(countLosses, noLosses);

test('losses add up by kind, gaps by signal', () => {
  const gap = { kind: 'gap', signal: 'eeg', lost: 3, exact: true, beforeSample: 10, atSec: 1 } as const;
  const bad = { kind: 'bad-frame', device: 'x', reason: 'sync', bytes: 33 } as const;
  const losses = after(gap, gap, { ...gap, signal: 'eda' }, bad, { kind: 'dropped', stage: 'gather', what: 'set', count: 2 });
  expect(losses).toMatchObject({ lostSamples: { eeg: 6, eda: 3 }, badFrames: 1, badBytes: 33, dropped: 2 });
  expect(describeLosses(losses)).toBe('9 samples lost, 1 bad frames, 2 dropped');
});

test('a link that is down is named until it is open again', () => {
  const link = { kind: 'link', uri: 'serial:/dev/ttyUSB0', detail: 'unplugged' } as const;
  const down = after({ ...link, state: 'lost' }, { ...link, state: 'retrying' });
  expect(describeLosses(down)).toBe('1 reconnects, serial:/dev/ttyUSB0 is down');
  expect(describeLosses(countLosses(down, { ...link, state: 'open' }))).toBe('1 reconnects');
});

test('what is no loss changes nothing', () => {
  expect(after({ kind: 'device-text', device: 'x', text: 'hello' }, { kind: 'battery', device: 'x', fraction: 0.1 })).toBe(noLosses);
  expect(describeLosses(noLosses)).toBe('no losses');
});
