import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EdaSignal, type EegSignal, ignoreReports, play } from '@affect-edge/acquire';
import { epochs, extract, type FeatureVector, findFeature } from '@affect-edge/features';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, test } from 'vitest';
import { madeRecording } from '../../../acquire/test/peers/made-recording.ts';
import { writeParquet } from './parquet.ts';

const folder = mkdtempSync(join(tmpdir(), 'parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const eeg: EegSignal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 128, montage: { channels: ['Fp1', 'Oz'], reference: 'A1' } };
const eda: EdaSignal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };

describe('features as Parquet', () => {
  test.each([1, 2, 3])('seed %i: every value of every vector of the live line, exactly, null where there is none', async (seed) => {
    const noise = (c: number, t: number) => ((Math.imul((t + 1) * seed, 2654435761) ^ (c * 40503)) % 2000) / 50;
    const recording = madeRecording([
      { signal: eeg, nSamples: 128 * 25, value: noise, lost: (t) => t > 128 * (5 * seed) && t < 128 * (5 * seed + 2) },
      { signal: eda, nSamples: 4 * 120, value: (_, t) => 3 + Math.sin(t / (10 * seed)) + noise(0, t) / 5000 },
    ]);
    const names = ['band-de', 'hjorth', 'tonic-phasic', 'eda-course'];
    const path = join(folder, `${seed}.parquet`);
    await writeParquet(recording, path, { hopSec: 0.5, features: names });

    const vectors: FeatureVector[] = [];
    const features = names.map((name) => findFeature(name).create());
    await new Promise<void>((resolve, reject) => {
      play([recording], { speed: 'max' })
        .pipe(epochs({ hopSec: 0.5 }), extract(features, 0.5, ignoreReports))
        .subscribe({ next: (vector) => vectors.push(vector), error: reject, complete: resolve });
    });
    expect(vectors.length).toBeGreaterThan(100);
    const bytes = readFileSync(path);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = new Map((await parquetReadObjects({ file })).map((row) => [Number(row.t_sec), row]));
    const { value } = parquetMetadata(file).key_value_metadata!.find(({ key }) => key === 'affect')!;
    const about: { features: { signal: string; spec: { name: string }; columns: string[] }[] } = JSON.parse(value!);
    let nValues = 0;
    for (const { signal, spec, tmax, values, quality } of vectors) {
      const { columns } = about.features.find((one) => one.signal === signal && one.spec.name === spec.name)!;
      const row = rows.get(tmax)!;
      expect(columns.map((name) => row[name])).toEqual([...values, quality].map((one) => (Number.isFinite(one) ? one : null)));
      nValues += [...values, quality].filter(Number.isFinite).length;
    }
    const written = [...rows.values()].flatMap(({ t_sec: _, ...columns }) => Object.values(columns).filter((one) => one !== null));
    expect(written).toHaveLength(nValues);
  });

  test.runIf(existsSync('/dev/full'))('a disk that is full in the middle ends the writing, not the program', async () => {
    // A group of rows is large enough not to wait in memory: 32 channels, 4096 rows.
    const wide: EegSignal = { ...eeg, montage: { channels: Array.from({ length: 32 }, (_, c) => `E${c}`), reference: 'A1' } };
    const recording = madeRecording([{ signal: wide, nSamples: 128 * 60, value: (c, t) => Math.sin(t * (c + 1)) }]);
    let readSec = 0;
    const progress = ({ sec }: { readonly sec: number }) => {
      readSec = sec;
    };
    await expect(writeParquet(recording, '/dev/full', { hopSec: 0.01, features: ['hjorth'], progress })).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(readSec).toBeLessThan(58);
  });

  test('recordings that give no feature are told so, by name', async () => {
    const recording = madeRecording([{ signal: eda, nSamples: 40, value: () => 1 }]);
    await expect(writeParquet(recording, join(folder, 'none.parquet'), { hopSec: 0.5, features: ['band-de'] })).rejects.toThrow(
      'No feature can be computed of eda (eda). band-de needs eeg, and there is none.',
    );
  });
});
