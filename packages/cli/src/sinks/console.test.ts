import { describe, expect, test } from 'vitest';
import { card, estimate, paper, session } from '../../test/fakes.ts';
import { noLosses } from '../losses.ts';
import { estimateMessage } from '../message.ts';
import { consoleSink, estimateLine, statusLine } from './console.ts';
import { openSinks } from './sink.ts';

const message = estimateMessage(session, 0, estimate(25))!;

describe('the status line', () => {
  test('tells how long a model still warms up', () => {
    expect(statusLine({ tSec: 0.2, cards: [card], latest: new Map(), losses: noLosses, states: [] })).toBe(
      '0:00 │ made-up warms up 1 s │ no losses',
    );
  });

  test('shows the newest numbers with a bar within their range, losses and sinks', () => {
    const losses = { ...noLosses, lostSamples: { eeg: 12 }, badFrames: 1 };
    expect(statusLine({ tSec: 75, cards: [card], latest: new Map([['made-up', message]]), losses, states: ['mqtt 3 sent'] })).toBe(
      '1:15 │ arousal ▁ 0.12 scl ▁ 3.00 │ 12 samples lost, 1 bad frames │ mqtt 3 sent',
    );
  });
});

describe('consoleSink', () => {
  test('without a terminal there is no escape code, and one line an estimate', async () => {
    const screen = paper();
    const sinks = await openSinks([consoleSink({ screen, cards: [card], lines: true, states: () => [] })], () => {});
    sinks.estimate(estimate(25), message);
    await sinks.close(0);
    const [first] = screen.text.split('\n');
    expect(first).toBe('   12.5 s  made-up  arousal 0.12  scl_microsiemens 3.00  quality 0.90  (simulated)');
    expect(first).toBe(estimateLine(estimate(25), message));
    expect(screen.text).not.toContain('\x1b');
  });

  test('on a terminal the status line is replaced, not repeated', async () => {
    const screen = Object.assign(paper(), { isTTY: true, columns: 40 });
    const sinks = await openSinks([consoleSink({ screen, cards: [card], lines: false, states: () => [] })], () => {});
    sinks.estimate(estimate(25), message);
    await sinks.close(0);
    expect(screen.text.startsWith('\r\x1b[K')).toBe(true);
    expect(screen.text.match(/\n/g)).toHaveLength(1);
  });
});
