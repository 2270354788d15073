import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const asked = Number(process.env.AFFECT_FUZZ ?? 0);

/** Whether the night's 100,000 inputs a reader are due. */
export const isNightly = process.env.AFFECT_NIGHTLY === '1';

/** How many inputs: `usual` ones in the fast suite, `more` where AFFECT_FUZZ is 1, as many as it says where it says more, 100,000 where AFFECT_NIGHTLY is 1. */
export const fuzzCount = (usual: number, more: number): number => (isNightly ? 100_000 : asked > 1 ? asked : asked === 1 ? more : usual);

const inMemory = '/dev/shm';

/** Where a few small temporary files cost least: in memory, where the system offers that. */
export const fuzzFolder = existsSync(inMemory) ? inMemory : tmpdir();
