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

/** Reports on a table; gives what a person reads and the numbers. */
const reportOn = async (name: string, columns: readonly string[], rows: readonly (readonly number[])[]) => {
  const file = join(folder, `${name}.csv`);
  writeFileSync(
    file,
    `${['time', ...columns.map((column) => column.split('=')[0])].join(',')}\n${rows.map((row) => row.join(',')).join('\n')}\n`,
  );
  const err = paper();
  const out = join(folder, `${name}.html`);
  const said = columns.flatMap((column) => ['--column', column]);
  const code = await runCommand(['report', file, '-o', out, '--column', 'time=time s', ...said], {
    out: paper(),
    err,
    stop: new AbortController().signal,
  });
  expect([code, err.text]).toEqual([0, expect.stringContaining(out)]);
  const page = readFileSync(out, 'utf8').replace(/<style>.*?<\/style>/s, '');
  const text = page
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&#39;', "'");
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
  return { text, numbers: JSON.parse(readFileSync(out.replace('.html', '.json'), 'utf8')) };
};
const wave = (seconds: number, sfreq: number, values: (sec: number) => readonly number[]) =>
  Array.from({ length: seconds * sfreq }, (_, i) => [i / sfreq, ...values(i / sfreq)]);

test('EEG without an electrode near the eyes has everything but blinks, and the report says why', async () => {
  const { text, numbers } = await reportOn(
    'back',
    ['Pz=eeg µV', 'O1=eeg µV', 'O2=eeg µV'],
    wave(20, 250, (t) => [1, 2, 3].map((k) => 20 * Math.sin(60 * k * t) + 5 * Math.sin(911 * t * k))),
  );
  expect(numbers.eeg[0].electrodes).toHaveLength(3);
  expect(numbers.eeg[0].bands).toEqual(['theta', 'alpha', 'beta', 'gamma']);
  expect(text).toContain("Blinks of 'eeg': Blinks need one of Fp1, Fp2");
});

test('EEG too slow for its bands has quality and spectra, and no empty pictures', async () => {
  const { text, numbers } = await reportOn(
    'slow-eeg',
    ['Fp1=eeg µV'],
    wave(20, 62.5, (t) => [20 * Math.sin(60 * t)]),
  );
  expect(numbers.eeg[0]).toMatchObject({ bands: [], electrodes: [{ channel: 'Fp1' }] });
  expect(text).toContain("Band entropy of 'eeg': A bandpass at 31–49 Hz cannot be made at 62.5 Hz");
  expect(text).not.toContain('Bands over time');
});

test('skin conductance below 4 Hz is listed with the reason why it is not analysed', async () => {
  const { text, numbers } = await reportOn(
    'slow',
    ['EDA=eda µS'],
    wave(100, 2, (t) => [2 + 0.1 * Math.sin(t)]),
  );
  expect(numbers.eda).toEqual([]);
  expect(numbers.signals).toMatchObject([{ id: 'eda', nSamples: 200 }]);
  expect(text).toContain("Tonic and phasic parts of 'eda': Signal 'eda' has 2 Hz; features of skin conductance need at least 4 Hz.");
});

test('two sites of skin conductance are analysed each for itself', async () => {
  const { text, numbers } = await reportOn(
    'two',
    ['left=eda µS', 'right=eda µS'],
    wave(60, 4, (t) => [2 + 0.1 * Math.sin(t), 5 + 0.2 * Math.sin(t / 2)]),
  );
  expect(numbers.eda).toMatchObject([{ signal: 'eda' }, { signal: 'eda-2' }]);
  expect(numbers.eda[0].meanMicrosiemens).toBeCloseTo(2, 1);
  expect(numbers.eda[1].meanMicrosiemens).toBeCloseTo(5, 1);
  expect(text).toContain('Worn, eda-2');
  expect(text).toContain('Of eda and eda-2 each model reads the one that is heard first.');
});

test('a recording too short to judge says so instead of giving zeros', async () => {
  const { text, numbers } = await reportOn(
    'short',
    ['Fp1=eeg µV', 'EDA=eda µS'],
    wave(1, 250, (t) => [20 * Math.sin(60 * t), 2 + 0.1 * Math.sin(t)]),
  );
  expect(numbers.eeg[0].electrodes[0]).toMatchObject({ quality: null, usable: null });
  expect(numbers.eda[0].trusted).toBeNull();
  expect(text).toContain('Too short to tell.');
  expect(text).not.toContain('Electrodes usable');
});

test('a sensor of which nothing came has no empty pictures, and counts as lost', async () => {
  const file = join(folder, 'half.xdf');
  const run = (...argv: string[]) => runCommand(argv, { out: paper(), err: paper(), stop: new AbortController().signal });
  const sources = ['openbci-cyton@simulated:cyton?speed=5', 'gsr-lines?sfreq=4&unit=microsiemens&format=integer@simulated:gsr-lines'];
  await run('record', '-o', file, ...sources.flatMap((source) => ['--source', source]), '--for', '2s');
  expect(await run('report', file, '-o', join(folder, 'half.html'))).toBe(0);
  const numbers = JSON.parse(readFileSync(join(folder, 'half.json'), 'utf8'));
  expect([numbers.eeg.length, numbers.eda]).toEqual([1, []]);
  expect(numbers.notMeasured).toContain("'eda': announced, but not one sample came.");
  expect(readFileSync(join(folder, 'half.html'), 'utf8').replace(/<[^>]*>/g, ' ')).toMatch(/Samples that came\s+0 %\s+of eda/);
});
