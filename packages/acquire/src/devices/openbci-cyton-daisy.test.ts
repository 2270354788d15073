import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { cytonFrame } from '../../test/fakes/cyton.ts';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { openbciCytonDaisy } from './openbci-cyton-daisy.ts';

const decoded = (frames: readonly (readonly number[])[]) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  from([{ endpoint: '', arrivedAt: 1, bytes: Uint8Array.from(frames.flat()) }])
    .pipe(openbciCytonDaisy.create().decode((report) => reports.push(report)))
    .subscribe((block) => blocks.push(block));
  return { blocks: blocks.filter(({ signal }) => signal.id === 'eeg'), reports };
};

/** Frame `number` whose channels all say `number`. */
const frame = (number: number) => cytonFrame(number, new Array<number>(8).fill(number));
const range = (from_: number, to: number) => Array.from({ length: to - from_ }, (_, i) => frame(from_ + i));
const counts = (block: SampleBlock, c: number) =>
  [...block.data.subarray(c * nTimesOf(block), (c + 1) * nTimesOf(block))].map((value) => Math.round((value * 24 * (2 ** 23 - 1)) / 4.5e6));

describe('openbci-cyton-daisy', () => {
  it('joins an odd frame with the even one that follows, and leaves out frame 0', () => {
    const { blocks } = decoded(range(0, 7));
    expect(blocks).toHaveLength(1);
    expect(counts(blocks[0]!, 0)).toEqual([1, 3, 5]);
    expect(counts(blocks[0]!, 8)).toEqual([2, 4, 6]);
    expect(blocks[0]!.signal.montage.channels).toHaveLength(16);
  });

  it('drops a half without its partner and counts the pair as one lost sample', () => {
    const { blocks, reports } = decoded(range(0, 20).filter((_, number) => number !== 6));
    expect(blocks.map((block) => [block.firstSample, counts(block, 0)])).toEqual([
      [0, [1, 3]],
      [3, [7, 9, 11, 13, 15, 17]],
    ]);
    expect(reports).toMatchObject([{ kind: 'gap', lost: 1, exact: true, beforeSample: 3 }]);
  });

  it('goes on over the wrap, where frame 255 is joined with frame 0', () => {
    const { blocks, reports } = decoded([...range(251, 256), ...range(0, 5)]);
    expect(blocks.flatMap((block) => counts(block, 8))).toEqual([252, 254, 0, 2, 4]);
    expect(reports.filter(({ kind }) => kind === 'gap')).toEqual([]);
  });

  it('asks the board for sixteen channels', () => {
    const said = openbciCytonDaisy
      .create({ gain: [12, ...new Array(14).fill(24), 6] })
      .wire.start.map(({ bytes }) => Buffer.from(bytes).toString());
    expect(said).toEqual(['s', 'd', 'C', 'x1050110X', 'xI030110X', 'b']);
  });
});
