import type { SampleBlock } from '@affect-edge/acquire';
import fc from 'fast-check';
import { from } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { block, columns, congruential, cutBlock, eda, eeg } from '../../test/signals.ts';
import { bandpass } from './bandpass.ts';
import { commonAverage } from './common-average.ts';
import { type AnyFilter, condition } from './condition.ts';
import { notch } from './notch.ts';
import { passThrough } from './pass-through.ts';

const run = (blocks: readonly SampleBlock[], filters: readonly AnyFilter[]): SampleBlock[] => {
  const got: SampleBlock[] = [];
  from(blocks)
    .pipe(condition(filters))
    .subscribe((out) => got.push(out));
  return got;
};
const sine = (frequency: number, sfreq: number, n: number, amplitude = 1) =>
  Float64Array.from({ length: n }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / sfreq));
const rms = (x: Float64Array) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length);

describe('condition', () => {
  it('gives the same samples however they are cut into blocks', () => {
    const signal = eeg(3, 250);
    const whole = block(signal, 0, 0, congruential(1, 900));
    const filters = [notch('eeg', { frequency: 50, harmonics: 2 }), commonAverage(), bandpass('eeg', { fmin: 1, fmax: 45 })];
    const [expected] = run([whole], filters);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 }), (cuts) => {
        const parts = run(cutBlock(whole, cuts), filters);
        for (const part of parts) {
          const nTimes = part.data.length / 3;
          expect(part.data).toEqual(columns(expected.data, 3, part.firstSample, part.firstSample + nTimes));
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('never writes into what came in', () => {
    const whole = block(eeg(2, 250), 0, 0, congruential(1, 200));
    const before = whole.data.slice();
    run([whole], [commonAverage()]);
    expect(whole.data).toEqual(before);
  });

  it('starts filters anew after a gap', () => {
    const signal = eeg(1, 250);
    const filters = [bandpass('eeg', { fmin: 1, fmax: 45 })];
    const data = congruential(5, 100);
    const [, second] = run([block(signal, 0, 0, congruential(2, 100)), block(signal, 150, 0.6, data)], filters);
    const [alone] = run([block(signal, 0, 0, data)], filters);
    expect(second.data).toEqual(alone.data);
    expect(second.firstSample).toBe(150);
  });

  it('hands each filter the signal the one before gives, and other kinds on untouched', () => {
    const other = block(eda(4), 0, 0, Float64Array.of(1, 2));
    const [conditioned, untouched] = run([block(eeg(2, 250), 0, 0, congruential(1, 20)), other], [commonAverage()]);
    expect(conditioned.signal.montage.reference).toBe('average');
    expect(untouched).toBe(other);
  });

  it('gives a block for a block, and passes completion and errors on', () => {
    new TestScheduler((got, expected) => expect(got).toEqual(expected)).run(({ cold, expectObservable }) => {
      const a = block(eeg(1, 250), 0, 0, Float64Array.of(1, 2, 3));
      expectObservable(cold('-a-|', { a }).pipe(condition([passThrough('eeg')]))).toBe('-a-|', { a });
      expectObservable(cold('-a-#', { a }).pipe(condition([]))).toBe('-a-#', { a });
    });
  });
});

describe('notch', () => {
  it('takes line noise out and leaves the rest, without a transient of the offset', () => {
    const n = 5000;
    const keep = sine(10, 250, n, 20);
    const line = sine(50, 250, n, 100);
    const [out] = run(
      [
        block(
          eeg(1, 250),
          0,
          0,
          keep.map((x, i) => x + line[i] + 60000),
        ),
      ],
      [notch('eeg', { frequency: 50 })],
    );
    const rest = out.data.map((x, i) => x - 60000 - keep[i]);
    expect(rms(rest.subarray(1000))).toBeLessThan(0.5);
    expect(rms(out.data.map((x) => x - 60000))).toBeGreaterThan(13);
    expect(Math.max(...out.data.map((x) => Math.abs(x - 60000)))).toBeLessThan(250);
  });

  it('says so where the frequency does not fit', () => {
    const blocks$ = from([block(eeg(1, 90), 0, 0, Float64Array.of(1))]).pipe(condition([notch('eeg', { frequency: 50 })]));
    let message = '';
    blocks$.subscribe({ error: (error: Error) => (message = error.message) });
    expect(message).toContain('A notch at 50 Hz cannot be made at 90 Hz');
  });
});

describe('commonAverage', () => {
  it('takes the mean of the included channels from all, so that they sum to zero', () => {
    const [out] = run([block(eeg(3, 250), 0, 0, Float64Array.of(1, 2, 3, 4, 500, 600))], [commonAverage({ exclude: ['E3'] })]);
    expect([...out.data]).toEqual([-1, -1, 1, 1, 498, 597]);
  });

  it('leaves a single channel as it is', () => {
    const [out] = run([block(eeg(1, 250), 0, 0, Float64Array.of(1, 2))], [commonAverage()]);
    expect([...out.data]).toEqual([1, 2]);
  });
});
