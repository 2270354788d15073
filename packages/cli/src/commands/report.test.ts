import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { paper } from '../../test/fakes.ts';
import { runCommand } from '../main.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the numbers of a report replace no file of another kind, such as the sidecar of a recording in BIDS', async () => {
  const sidecar = join(folder, 'sub-01_task-rest_eeg.json');
  writeFileSync(sidecar, '{"TaskName":"rest"}');
  const err = paper();
  const argv = ['report', join(folder, 'sub-01_task-rest_eeg.edf'), '-o', join(folder, 'sub-01_task-rest_eeg.html')];
  expect(await runCommand(argv, { out: paper(), err, stop: new AbortController().signal })).toBe(2);
  expect(err.text).toContain(`'${sidecar}', where the report's numbers would go, is another file`);
  expect(readFileSync(sidecar, 'utf8')).toBe('{"TaskName":"rest"}');
  expect(readdirSync(folder)).toEqual(['sub-01_task-rest_eeg.json']);
});
