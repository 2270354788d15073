import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { SampleBlock, Signal } from '../signal.ts';
import { bidsPhysio } from './bids-physio.ts';
import { surveyRecording } from './recording-survey.ts';

const folder = mkdtempSync(join(tmpdir(), 'physio-'));
afterAll(() => rmSync(folder, { recursive: true }));

const signal: Signal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 1000, montage: { channels: ['EDA'], reference: 'n/a' } };
async function* noise(seconds: number): AsyncGenerator<SampleBlock> {
  for (let s = 0; s < seconds; s++) {
    const data = Float64Array.from({ length: 1000 }, (_, t) => Math.sin((1000 * s + t) ** 2));
    yield { signal, firstSample: 1000 * s, tmin: s, arrivedAt: s + 1, data };
  }
}

it('a file that takes nothing any more (a full disk, a folder that went) ends the writing with a typed error, and does not wait for ever', async () => {
  const blocks = () => noise(100);
  const [survey] = await surveyRecording({ name: '', format: '', signals: [signal], blocks });
  const sheet = bidsPhysio(survey!, join(folder, 'gone', 'eda.tsv.gz'));
  const write = async () => {
    for await (const block of blocks()) await sheet.add(block);
  };
  await expect(write()).rejects.toThrow();
  await expect(sheet.close()).rejects.toMatchObject({ name: 'AcquireError', code: 'not-found' });
});
