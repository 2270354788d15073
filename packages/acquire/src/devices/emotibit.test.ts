import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { emotibitDatagrams, emotibitText } from '../../test/fakes/emotibit.ts';
import { chunksOf } from '../../test/fakes/fake.ts';
import { emotibitLine } from '../codecs/emotibit-line.ts';
import type { Report } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { emotibit } from './emotibit.ts';

const decode = (datagrams: readonly (readonly [number, string])[], options: Record<string, unknown> = {}) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from(datagrams.map(([arrivedAt, text]) => ({ endpoint: '', arrivedAt, bytes: Uint8Array.from(Buffer.from(text)) })))
    .pipe(emotibit.create(options).decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  return { blocks, reports, of: (id: string) => blocks.filter(({ signal }) => signal.id === id) };
};

// lines of a real device: EmotiBit_Docs and ofxEmotiBit (MIT)
const real = [
  '47083,4103,3,PI,1,100,145600,145728,145816',
  '47083,4104,3,PR,1,100,142283,142356,142392',
  '47083,4105,3,PG,1,100,5276,5294,5299',
  '47076,4106,2,EA,1,100,1.791457,1.791457',
  '47064,4107,1,T1,1,100,31.228',
  '48667,4108,2,AX,1,100,-0.342,-0.347',
  '48667,4109,2,AY,1,100,0.603,0.601',
  '48667,4110,2,AZ,1,100,0.771,0.768',
  '48918,4111,1,BI,1,100,1160',
  '48918,4112,1,HR,1,100,33',
  '48920,4113,1,B%,1,100,76',
];

describe('real lines', () => {
  const { of, reports } = decode([[1, `${real.join('\n')}\n`]]);

  it('become signals in their units', () => {
    expect([...of('eda')[0]!.data]).toEqual([1.791457, 1.791457]);
    expect([...of('ppg')[0]!.data]).toEqual([145600, 145728, 145816, 142283, 142356, 142392, 5276, 5294, 5299]);
    expect([...of('acceleration')[0]!.data]).toEqual([-0.342, -0.347, 0.603, 0.601, 0.771, 0.768]);
    expect([...of('temperature')[0]!.data]).toEqual([31.228]);
    expect(of('inter-beat')[0]!.data[0]).toBe(1.16);
    expect(of('heart-rate')[0]!.data[0]).toBe(33);
  });

  it('tell of the battery, and of nothing amiss', () => {
    expect(reports).toEqual([{ kind: 'battery', device: 'emotibit', fraction: 0.76 }]);
  });
});

describe('losses', () => {
  it('the device owns to are counted exactly', () => {
    const { reports } = decode([
      [1, emotibitText(1000, 1, 'EA', [1, 2])],
      [1.2, emotibitText(1200, 2, 'DO', ['EA', 3, 'EL', 3]) + emotibitText(1200, 3, 'EA', [3, 4])],
    ]);
    expect(reports).toEqual([expect.objectContaining({ kind: 'gap', signal: 'eda', lost: 3, exact: true, beforeSample: 5 })]);
  });

  it('of datagrams are counted by the device’s time, for each signal, inexactly', () => {
    const fake = emotibitDatagrams();
    const chunks = chunksOf(fake, fake.units(20, 1)).filter((_, i) => i < 10 || i > 12);
    const { reports } = decode(chunks.map(({ arrivedAt, bytes }) => [arrivedAt, Buffer.from(bytes).toString()]));
    const gaps = reports.filter((report) => report.kind === 'gap');
    expect(gaps.map(({ signal, lost, exact }) => [signal, lost, exact])).toEqual([
      ['eda', 18, false],
      ['ppg', 30, false],
      ['acceleration', 30, false],
      ['gyroscope', 30, false],
      ['temperature', 9, false],
    ]);
  });

  it('of a datagram too short for arrival time to tell are counted all the same', () => {
    const fake = emotibitDatagrams();
    const chunks = chunksOf(fake, fake.units(20, 1)).filter((_, i) => i !== 11);
    const { reports } = decode(chunks.map(({ arrivedAt, bytes }) => [arrivedAt, Buffer.from(bytes).toString()]));
    const told = reports.map((report) => report.kind === 'gap' && [report.signal, report.lost, report.exact]).filter(Boolean);
    expect(told.slice(0, 2)).toEqual([
      ['eda', 6, false],
      ['ppg', 10, false],
    ]);
  });

  it('of one axis in the middle are a hole, exactly counted; so are axes of different length', () => {
    const whole = (number: number, stamp: number) =>
      ['AX', 'AY', 'AZ'].map((tag, i) => emotibitText(stamp, number + i, tag, [3, 4])).join('');
    const lines = ['AX,1,100,1,2', 'AY,1,100,1,2,3', 'AZ,1,100,1,2']
      .map((end, i) => `1080,${3 + i},${end.split(',').length - 3},${end}\n`)
      .join('');
    const { of, reports } = decode([
      [1, whole(0, 1000)],
      [1.08, lines],
      [1.16, whole(6, 1160)],
    ]);
    expect(of('acceleration').map(({ firstSample, data }) => [firstSample, ...data])).toEqual([
      [0, 3, 4, 3, 4, 3, 4],
      [4, 3, 4, 3, 4, 3, 4],
    ]);
    expect(reports).toMatchObject([{ kind: 'gap', signal: 'acceleration', lost: 2, exact: true, beforeSample: 4 }]);
  });

  it('of one axis lose the instant', () => {
    const texts = ['AX', 'AZ'].map((tag, i) => emotibitText(1000, i, tag, [1, 2])).join('');
    const next = ['AX', 'AY', 'AZ'].map((tag, i) => emotibitText(1080, 2 + i, tag, [3, 4])).join('');
    const { of, reports } = decode([
      [1, texts],
      [1.08, next],
    ]);
    expect(of('acceleration').map(({ data }) => [...data])).toEqual([[3, 4, 3, 4, 3, 4]]);
    expect(reports.filter(({ kind }) => kind === 'gap').length).toBeLessThanOrEqual(1);
  });

  it('a datagram that comes late is left out', () => {
    const { of, reports } = decode([
      [1, emotibitText(1000, 10, 'EA', [1])],
      [1.1, emotibitText(1200, 12, 'EA', [3])],
      [1.2, emotibitText(1100, 11, 'EA', [2])],
    ]);
    expect(of('eda').flatMap(({ data }) => [...data])).toEqual([1, 3]);
    expect(reports).toContainEqual({ kind: 'dropped', stage: 'emotibit', what: 'late lines', count: 1 });
  });
});

it('clipping is a saturation', () => {
  const { reports } = decode([[2, emotibitText(1000, 1, 'DC', ['EA', 4])]]);
  expect(reports).toEqual([{ kind: 'saturation', signal: 'eda', channel: 'EA', atSec: 2 }]);
});

describe('a line', () => {
  it.each(['', 'x', '1,2,3', '1,2,1,EA,200,100,1', '1,2,2,EA,1,100,1', '1,99999,1,EA,1,100,1', '-1,2,1,EA,1,100,1', '1,2,1,ea,1,100,1'])(
    '%j is none',
    (text) => {
      expect(emotibitLine(text)).toBeUndefined();
    },
  );

  it('with a value that is no number is a bad frame', () => {
    const { reports, blocks } = decode([[1, '1,2,2,EA,1,100,1,nan\n1,3,1,EA,1,100,\n']]);
    expect(blocks).toEqual([]);
    expect(reports.map(({ kind }) => kind)).toEqual(['bad-frame', 'bad-frame']);
  });
});

it('says hello, connects and pings', () => {
  const { wire } = emotibit.create({ port: 3135 });
  expect(wire.start.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['0,0,0,HE,1,100\n', '0,0,4,EC,1,100,CP,3134,DP,3135\n']);
  expect(Buffer.from(wire.keepAlive!.commands[0]!.bytes).toString()).toBe('0,0,2,PN,1,100,DP,3135\n');
});
