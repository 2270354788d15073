import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ignoreReports, openRecording, play } from '@affect-edge/acquire';
import { bandDe, epochs, extract, type FeatureVector, tonicPhasic } from '@affect-edge/features';
import { afterAll, describe, expect, test } from 'vitest';
import { python } from '../../acquire/test/peers/python.ts';
import { writeParquet } from '../src/convert/parquet.ts';

const folder = mkdtempSync(join(tmpdir(), 'parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));
const recorded = fileURLToPath(new URL('../../acquire/test/recordings/xdf/recorded.xdf', import.meta.url));

interface Read {
  readonly types: Readonly<Record<string, string>>;
  readonly metadata: {
    schema: string;
    hop_sec: number;
    features: { signal: string; spec: { name: string; unit: string }; columns: string[] }[];
  };
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

describe('features as Parquet, read by pyarrow', () => {
  test('every element of every vector of the live line is where its name says, and nothing else is', async () => {
    const path = join(folder, 'features.parquet');
    const recording = await openRecording(recorded);
    const written = await writeParquet(recording, path, { hopSec: 0.5, features: ['band-de', 'tonic-phasic'] });
    const read = python(new URL('peers/read_parquet.py', import.meta.url), [path]) as Read;
    const vectors: FeatureVector[] = [];
    await new Promise<void>((resolve, reject) => {
      play([recording], { speed: 'max' })
        .pipe(epochs({ hopSec: 0.5 }), extract([bandDe(), tonicPhasic()], 0.5, ignoreReports))
        .subscribe({ next: (vector) => vectors.push(vector), error: reject, complete: resolve });
    });
    expect(vectors.length).toBeGreaterThan(5);
    expect(new Set(Object.values(read.types))).toEqual(new Set(['double']));
    expect(read.metadata).toMatchObject({ schema: 'affect.features/1', hop_sec: 0.5 });
    const times = read.columns.t_sec as readonly number[];
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    let nFound = 0;
    for (const { signal, spec, tmax, values, quality } of vectors) {
      const { columns } = read.metadata.features.find((one) => one.signal === signal && one.spec.name === spec.name)!;
      const row = times.indexOf(tmax);
      expect(columns.map((name) => read.columns[name]![row])).toEqual([...values, quality]);
      nFound += columns.length;
    }
    const filled = Object.entries(read.columns)
      .filter(([name]) => name !== 't_sec')
      .flatMap(([, column]) => column.filter((value) => value !== null));
    expect(filled).toHaveLength(nFound);
    expect(Object.keys(read.columns)).toContain('eda.tonic-phasic.quality');
    expect(written.notes[0]).toBe(`${times.length} rows, ${Object.keys(read.columns).length - 1} columns of features`);
  });
});
