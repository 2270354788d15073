import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openRecording } from '../../src/files/index.ts';
import { repairRecording } from '../../src/writers/repair.ts';
import { writeXdf } from '../../src/writers/xdf-export.ts';
import { samplesOf } from '../peers/made-recording.ts';
import { python } from '../peers/python.ts';

const folder = mkdtempSync(join(tmpdir(), 'xdf-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Stream {
  readonly name: string;
  readonly rate: number;
  readonly labels: readonly string[];
  readonly times: readonly number[];
  readonly values: readonly (readonly number[])[] | readonly (readonly string[])[];
}

const recordings = {
  'a session of ours': 'xdf/recorded.xdf',
  'an E4 folder': 'empatica-e4/S02',
  'a Cyton log': 'openbci-text/v6.txt.gz',
};

describe.each(Object.entries(recordings))('%s as XDF, read by pyxdf', (_, name) => {
  test.each(['as written', 'as repaired'])('%s: equal samples, times equal to 1e-9 s', async (how) => {
    const recording = await openRecording(fileURLToPath(new URL(`../recordings/${name}`, import.meta.url)));
    const path = join(folder, `${name.replace(/\W/g, '-')}.xdf`);
    if (how === 'as written') await writeXdf(recording, path);
    else await repairRecording(path, `${path}.repaired`);
    const streams = python(new URL('../peers/read_xdf.py', import.meta.url), [
      how === 'as written' ? path : `${path}.repaired`,
    ]) as Stream[];
    const samples = await samplesOf(recording);
    for (const { id, sfreq, montage } of recording.signals) {
      const stream = streams.find((one) => one.name === id)!;
      expect([stream.rate, stream.labels]).toEqual([sfreq, montage.channels]);
      const expected = samples.get(id)!;
      expect(stream.values).toEqual(expected.map(({ values }) => values));
      let worst = 0;
      for (const [t, { sec }] of expected.entries()) worst = Math.max(worst, Math.abs(stream.times[t]! - sec));
      expect(worst).toBeLessThanOrEqual(1e-9);
    }
    const markers = streams.find((one) => one.name === 'markers')!;
    expect(markers.values).toEqual((recording.marks ?? []).map(({ text }) => [text]));
  });
});
