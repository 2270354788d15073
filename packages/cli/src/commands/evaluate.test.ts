import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { paper } from '../../test/fakes.ts';
import { evaluate } from './evaluate.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const collect = (seed: number, out: string): Promise<number> => {
  const config = join(folder, `${seed}.yaml`);
  writeFileSync(
    config,
    `title: Noise\ndata: { noise: { subjects: 2, trials: 4, trialSec: 6, seed: ${seed} } }\nprotocols: ['paper:pinn']\nnetworks: []\nout: out\n`,
  );
  return evaluate(config, { out: join(folder, out), collect: true }, { out: paper(), err: paper(), stop: new AbortController().signal });
};

describe('affect evaluate', () => {
  test('a folder of another evaluation is refused as it is: its windows stay', async () => {
    await expect(collect(1, 'kept')).rejects.toThrow('tasks have no result yet');
    const before = readFileSync(join(folder, 'kept/data.bin'));
    await expect(collect(2, 'kept')).rejects.toThrow('holds results of another evaluation');
    expect(readFileSync(join(folder, 'kept/data.bin')).equals(before)).toBe(true);
    expect(readdirSync(join(folder, 'kept')).sort()).toEqual(['data.bin', 'plan.txt', 'tasks']);
  });

  test('a folder that cannot be made and a disk that is full are told in words', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(collect(1, 'file')).rejects.toThrow(/^Cannot write '.*file': there is something else of that name\.$/);
    await expect(collect(1, 'file/out')).rejects.toThrow(/^Cannot write '.*out': what should be a folder of its path is a file\.$/);
    await expect(collect(1, 'full')).rejects.toThrow('tasks have no result yet');
    rmSync(join(folder, 'full/data.bin'));
    symlinkSync('/dev/full', join(folder, `full/data.bin.${process.pid}.part`));
    await expect(collect(1, 'full')).rejects.toThrow(/^Cannot write '.*data\.bin': the disk is full\.$/);
  });
});
