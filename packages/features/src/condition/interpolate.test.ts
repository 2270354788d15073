import type { SampleBlock } from '@affect-edge/acquire';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { named } from '../../test/run-feature.ts';
import { block, eeg } from '../../test/signals.ts';
import { SCALP_POSITIONS } from '../kernels/scalp-positions.ts';
import { type AnyFilter, condition } from './condition.ts';
import { interpolate } from './interpolate.ts';
import { rereference, selectChannels } from './rereference.ts';

const run = (input: SampleBlock, filter: AnyFilter): SampleBlock => {
  let got: SampleBlock | undefined;
  let failed: Error | undefined;
  of(input)
    .pipe(condition([filter]))
    .subscribe({ next: (out) => (got = out), error: (error: Error) => (failed = error) });
  if (failed) throw failed;
  return got!;
};
const names = ['F3', 'Fz', 'F4', 'C3', 'Cz', 'C4', 'P3', 'Pz', 'P4'];
const signal = named(eeg(9, 250), names);

describe('interpolate', () => {
  it('gives a bad channel what a smooth field would have there, and leaves the others', () => {
    // a field that grows to the front and to the right
    const field = (name: string) => 10 * SCALP_POSITIONS[name][1] + 4 * SCALP_POSITIONS[name][0];
    const data = Float64Array.from(names.flatMap((name) => [field(name), -field(name)]));
    const spoiled = data.slice();
    spoiled.set([9999, -187500], 8);
    const { data: got } = run(block(signal, 0, 0, spoiled), interpolate({ bad: ['Cz'] }));
    expect(Math.abs(got[8] - field('Cz'))).toBeLessThan(0.3);
    expect(Math.abs(got[9] + field('Cz'))).toBeLessThan(0.3);
    expect([...got.subarray(0, 8), ...got.subarray(10)]).toEqual([...data.subarray(0, 8), ...data.subarray(10)]);
  });

  it('says which channel it cannot place', () => {
    const input = block(signal, 0, 0, new Float64Array(9));
    expect(() => run(input, interpolate({ bad: ['Oz'] }))).toThrow('Channel Oz is to be interpolated, the signal has F3, Fz');
    expect(() => run(block(eeg(3, 250), 0, 0, new Float64Array(3)), interpolate({ bad: ['E1'] }))).toThrow(
      'needs a channel with a 10-10 name',
    );
  });
});

describe('rereference', () => {
  it('takes the mean of the named channels from all', () => {
    const out = run(
      block(named(eeg(3, 250), ['A1', 'Cz', 'A2']), 0, 0, Float64Array.of(1, 2, 10, 20, 3, 6)),
      rereference({ to: ['A1', 'A2'] }),
    );
    expect([...out.data]).toEqual([-1, -2, 8, 16, 1, 2]);
    expect(out.signal.montage.reference).toBe('A1+A2');
  });
});

describe('selectChannels', () => {
  it('keeps the named channels in their order', () => {
    const out = run(
      block(named(eeg(3, 250), ['A', 'B', 'C']), 0, 0, Float64Array.of(1, 2, 3, 4, 5, 6)),
      selectChannels({ channels: ['C', 'A'] }),
    );
    expect([...out.data]).toEqual([5, 6, 1, 2]);
    expect(out.signal.montage.channels).toEqual(['C', 'A']);
  });

  it('says which channel is not there', () => {
    expect(() => run(block(eeg(2, 250), 0, 0, new Float64Array(2)), selectChannels({ channels: ['Cz'] }))).toThrow(
      'Channel Cz is wanted, the signal has E1, E2',
    );
  });
});
