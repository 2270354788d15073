import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRecording } from '../src/files/index.ts';
import { type XdfChunk, xdfChunks } from '../src/files/xdf-scan.ts';
import type { Report } from '../src/report.ts';
import type { SampleBlock } from '../src/signal.ts';
import { random } from '../src/wearer/random.ts';
import { recordSimulated } from './simulated-recording.ts';

/**
 * What a cut or a flipped bit costs. `AFFECT_NIGHTLY=1` cuts at every byte of a 60 s recording (about half an hour); else at every byte of some stretches and
 * at others drawn from a seed.
 */
const nightly = process.env.AFFECT_NIGHTLY === '1';
const patienceMs = nightly ? 3 * 3_600_000 : 180_000;
const { uniform } = random(1, 'recording damage');
const folder = mkdtempSync(join(tmpdir(), 'damage-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A chunk without its content, which is compared by its checksum. */
interface Summed {
  readonly offset: number;
  readonly end: number;
  readonly crc: number;
}
const summed = ({ offset, end, content }: XdfChunk): Summed => ({ offset, end, crc: crc32(content) });

const chunksOf = async (path: string) => {
  const chunks: Summed[] = [];
  let nDamages = 0;
  for await (const batch of xdfChunks(path, () => nDamages++)) chunks.push(...batch.map(summed));
  return { chunks, nDamages };
};
const blocksOf = async (path: string) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  for await (const block of (await openRecording(path)).blocks((report) => reports.push(report))) blocks.push(block);
  return { blocks, reports };
};
const plain = ({ signal, ...rest }: SampleBlock) => ({ id: signal.id, ...rest });

const whole = join(folder, 'whole.xdf');
const damaged = join(folder, 'damaged.xdf');
let bytes: Buffer;
let live: SampleBlock[];
let chunks: Summed[];
beforeAll(async () => {
  live = await recordSimulated(whole, 60);
  bytes = readFileSync(whole);
  ({ chunks } = await chunksOf(whole));
});

describe('a recording of 60 s', () => {
  test('is whole, and gives what was live', async () => {
    const { blocks, reports } = await blocksOf(whole);
    expect(blocks.map(plain)).toEqual(live.map(plain));
    expect(reports.filter(({ kind }) => kind === 'damage')).toEqual([]);
    expect(chunks.length).toBeGreaterThan(800);
  });

  test(
    'cut anywhere gives every block that was complete before the cut, and no exception',
    async () => {
      const cuts = Array.from({ length: nightly ? 2000 : 60 }, () => 4 + Math.floor(uniform() * (bytes.length - 4)));
      for (const cut of cuts) {
        writeFileSync(damaged, bytes.subarray(0, cut));
        const { chunks: found } = await chunksOf(damaged);
        expect(found).toEqual(chunks.filter(({ end }) => end <= cut));
        const opened = await blocksOf(damaged);
        expect(opened.blocks.map(plain)).toEqual(live.slice(0, opened.blocks.length).map(plain));
      }
    },
    patienceMs,
  );

  test(
    'cut at every byte of a stretch gives every chunk that was complete before the cut',
    async () => {
      // Reading is forward only: what a cut does depends on the chunks around it. So the file is cut short in front of them, not read 3 million times.
      const stretches = nightly
        ? chunks.map((_, i) => i)
        : [0, 1, 2, 8, 9, chunks.length - 1, ...Array.from({ length: 12 }, () => Math.floor(uniform() * chunks.length))];
      const head = chunks.filter(({ offset }) => offset < 2 ** 14).length; // the headers, and the first list of checksums
      let nCuts = 0;
      for (const k of stretches) {
        const shown = [...chunks.slice(0, Math.min(head, k)), ...chunks.slice(Math.max(head, k - 3), k)];
        const before = Buffer.concat([bytes.subarray(0, 4), ...shown.map(({ offset, end }) => bytes.subarray(offset, end))]);
        const { offset, end } = chunks[k]!;
        writeFileSync(damaged, Buffer.concat([before, bytes.subarray(offset, end)]));
        const file = openSync(damaged, 'r+');
        for (let cut = end - offset - 1; cut >= 0; cut -= nightly || end - offset < 3000 ? 1 : 7) {
          ftruncateSync(file, before.length + cut);
          const found = await chunksOf(damaged);
          if (found.chunks.length !== shown.length || found.chunks.some(({ crc }, i) => crc !== shown[i]!.crc)) {
            expect.fail(`cut ${cut} bytes into the chunk at ${offset}: ${found.chunks.length} chunks instead of ${shown.length}`);
          }
          if (cut > 0 && found.nDamages === 0) expect.fail(`cut ${cut} bytes into the chunk at ${offset}: not reported`);
          nCuts++;
        }
        closeSync(file);
      }
      expect(nCuts).toBeGreaterThan(nightly ? bytes.length * 0.9 : 5000);
      if (nightly) console.log(`${nCuts} cuts of ${bytes.length} bytes`);
    },
    patienceMs,
  );
});

describe('10,000 flipped bits', () => {
  test('cost at most the block that was hit, each is reported, and nothing that is read differs from what was written', async () => {
    const short = join(folder, 'short.xdf');
    await recordSimulated(short, 6);
    const content = readFileSync(short);
    const { chunks: written } = await chunksOf(short);
    const intact = new Map(written.map((chunk) => [chunk.offset, chunk]));
    const file = openSync(short, 'r+');
    let nLost = 0;
    for (let round = 0; round < 10_000; round++) {
      const at = Math.floor(uniform() * content.length);
      const bit = 1 << Math.floor(uniform() * 8);
      writeSync(file, Buffer.of(content[at]! ^ bit), 0, 1, at);
      const { chunks: found, nDamages } = await chunksOf(short);
      writeSync(file, content, at, 1, at);
      const where = `bit ${bit} of byte ${at}`;
      if (nDamages === 0) expect.fail(`${where}: not reported`);
      for (const { offset, crc } of found) if (intact.get(offset)?.crc !== crc) expect.fail(`${where}: the chunk at ${offset} is another`);
      const lost = written.filter(({ offset }) => !found.some((chunk) => chunk.offset === offset));
      nLost += lost.length;
      if (lost.length > 1 || lost.some(({ offset, end }) => at < offset || at >= end))
        expect.fail(`${where}: lost ${lost.map(({ offset, end }) => `${offset}-${end}`).join(', ')}`);
    }
    closeSync(file);
    expect(nLost).toBeGreaterThan(9000);
  });

  test('that hit the headers cost nothing at all', async () => {
    const content = Buffer.from(bytes);
    const headers = chunks.findIndex(({ offset }) => offset > 6000);
    const end = chunks[headers]!.offset;
    for (let round = 0; round < 16; round++) {
      const at = Math.floor(uniform() * Math.min(end, 5000));
      content[at]! ^= 1 << (round % 8);
      writeFileSync(damaged, content);
      content[at] = bytes[at]!;
      const { blocks, reports } = await blocksOf(damaged);
      expect(blocks.length, `byte ${at}`).toBe(live.length);
      expect(blocks.map(plain)).toEqual(live.map(plain));
      expect(reports.some(({ kind }) => kind === 'damage')).toBe(true);
    }
  });

  test('that hit the bytes of a sensor lose at most half a second of its samples, and say which', async () => {
    const content = Buffer.from(bytes);
    for (let round = 0; round < 30; round++) {
      const at = 20_000 + Math.floor(uniform() * (content.length - 20_000));
      content[at]! ^= 1 << (round % 8);
      writeFileSync(damaged, content);
      content[at] = bytes[at]!;
      const { blocks, reports } = await blocksOf(damaged);
      expect(reports.some(({ kind }) => kind === 'damage')).toBe(true);
      const nSamples = (of: readonly SampleBlock[]) =>
        of.reduce((sum, { signal, data }) => sum + (signal.kind === 'eeg' ? data.length / 8 : 0), 0);
      expect(nSamples(live) - nSamples(blocks), `byte ${at}`).toBeLessThan(150);
    }
  });
});
