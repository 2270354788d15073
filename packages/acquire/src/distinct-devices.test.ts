import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { distinctDevices } from './distinct-devices.ts';
import { findDevice } from './find-device.ts';
import type { Chunk } from './link.ts';
import type { Report } from './report.ts';
import type { SampleBlock } from './signal.ts';

const gsr = () => findDevice('gsr-lines').create({ unit: 'microsiemens', format: 'integer', sfreq: 4 });

describe('the devices of a session', () => {
  it('have ids of their own; one whose ids are free stays as it is', () => {
    const devices = [findDevice('emotibit').create(), findDevice('heart-rate').create(), findDevice('heart-rate').create(), gsr()];
    const distinct = distinctDevices(devices);
    const ids = distinct.map(({ signals }) => signals.map(({ id }) => id));
    expect(ids.slice(1)).toEqual([['heart-rate-2', 'inter-beat-2'], ['heart-rate-3', 'inter-beat-3'], ['eda-2']]);
    expect(new Set(ids.flat()).size).toBe(ids.flat().length);
    expect(distinct[0]).toBe(devices[0]);
    expect(new Set(distinct.flatMap(({ signals }) => signals)).size).toBe(ids.flat().length); // no object stands for two
  });

  it('give them in their blocks and their reports', () => {
    const [, second] = distinctDevices([gsr(), gsr()]);
    const chunks = new Subject<Chunk>();
    const blocks: SampleBlock[] = [];
    const reports: Report[] = [];
    chunks.pipe(second!.decode((fact) => reports.push(fact))).subscribe((block) => blocks.push(block));
    for (const [arrivedAt, text] of [
      [0, '\n1\n'],
      [0.25, '2\n'],
      [20, '3\n'],
    ] as const)
      chunks.next({ endpoint: '', arrivedAt, bytes: new TextEncoder().encode(text) });
    expect(blocks.map(({ signal }) => signal)).toEqual(new Array(3).fill(second!.signals[0]));
    expect(blocks.every(({ signal }) => signal === second!.signals[0])).toBe(true);
    expect(reports).toMatchObject([{ kind: 'gap', signal: 'eda-2' }]);
  });
});
