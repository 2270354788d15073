import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openRecording } from '../../src/files/index.ts';
import type { Recording } from '../../src/files/recording.ts';
import type { Signal } from '../../src/signal.ts';
import { anonymised } from '../../src/writers/anonymised.ts';
import { writeBids } from '../../src/writers/bids-writer.ts';
import { madeRecording } from '../peers/made-recording.ts';
import { runPeer } from '../peers/python.ts';

const folder = mkdtempSync(join(tmpdir(), 'bids-'));
afterAll(() => rmSync(folder, { recursive: true }));

const eeg: Signal = { id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 250, montage: { channels: ['Fp1', 'Cz', 'O2'], reference: 'A1' } };
const eda: Signal = { id: 'wrist eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: ['EDA'], reference: 'n/a' } };
const light: Signal = { id: 'ppg', kind: 'ppg', unit: 'a.u.', sfreq: 64, montage: { channels: ['red', 'infrared'], reference: 'n/a' } };
const ibi: Signal = { id: 'ibi', kind: 'inter-beat', unit: 's', sfreq: 0, montage: { channels: ['IBI'], reference: 'n/a' } };
const session = madeRecording(
  [
    { signal: eeg, nSamples: 5000, startSec: 0.3, value: (c, t) => Math.sin(t / 3 + c) * 40, lost: (t) => t >= 1000 && t < 1300 },
    { signal: eda, nSamples: 81, value: (_, t) => 2 + t / 100, trueRate: 3.9, lost: (t) => t === 40 },
    { signal: light, nSamples: 1280, value: (c, t) => 10_000 + c + (t % 64) },
    { signal: ibi, nSamples: 20, startSec: 1, value: () => 0.8 },
  ],
  {
    startedAt: 1_700_000_000.5,
    subject: 'S 1',
    marks: [
      { atSec: 4.3, text: 'film\tbegins' },
      { atSec: 8.3, text: '' },
    ],
  },
);
const opened = (name: string): Promise<Recording> => openRecording(fileURLToPath(new URL(`../recordings/${name}`, import.meta.url)));

/** The errors that the official validator finds. */
const errorsOf = (dataset: string): string[] => {
  const { stdout, stderr } = runPeer('bids-validator-deno', [dataset, '--json']);
  if (stdout === '') throw new Error(`bids-validator said nothing: ${stderr}`);
  const { issues } = JSON.parse(stdout) as {
    issues: { issues: { severity: string; code: string; subCode?: string; location?: string; issueMessage?: string }[] };
  };
  return issues.issues
    .filter(({ severity }) => severity === 'error')
    .map(({ code, subCode = '', location = '', issueMessage = '' }) => `${code} ${subCode} ${location} ${issueMessage}`.trim());
};

describe('a BIDS folder passes the official validator without an error', () => {
  test.each([
    ['EEG with lost samples, EDA whose clock runs slow, pulse, beats and marks', async () => session],
    ['the same, anonymised', async () => anonymised(session, { daysBack: 40_000, code: 'P07' })],
    ['a session of ours', () => opened('xdf/recorded.xdf')],
    ['an E4 folder, without EEG', () => opened('empatica-e4/S02')],
    ['a Cyton log', () => opened('openbci-text/v6.txt.gz')],
  ] as const)('%s', async (name, open) => {
    const out = join(folder, name.replace(/\W+/g, '-'));
    await writeBids(await open(), out, { task: 'film watching', session: '1', powerLineHz: 50 });
    expect(errorsOf(out)).toEqual([]);
  });

  test('the validator does find an error where there is one', async () => {
    const out = join(folder, 'broken');
    await writeBids(session, out);
    rmSync(join(out, 'dataset_description.json'));
    expect(errorsOf(out)).toEqual(['MISSING_DATASET_DESCRIPTION']);
  });

  test('physio files count from the first EEG sample, with the rate the samples truly had', () => {
    const inside = join(folder, 'EEG-with-lost-samples-EDA-whose-clock-runs-slow-pulse-beats-and-marks', 'sub-S1', 'ses-1', 'eeg');
    const stem = 'sub-S1_ses-1_task-filmwatching';
    expect(readdirSync(inside).sort()).toEqual(
      ['channels.tsv', 'eeg.edf', 'eeg.json', 'events.json', 'events.tsv', 'recording-ppg_physio.json', 'recording-ppg_physio.tsv.gz']
        .concat(['recording-wristeda_physio.json', 'recording-wristeda_physio.tsv.gz'])
        .map((name) => `${stem}_${name}`),
    );
    const physio = JSON.parse(readFileSync(join(inside, `${stem}_recording-wristeda_physio.json`), 'utf8'));
    expect(physio.StartTime).toBeCloseTo(-0.3, 6);
    expect(physio.SamplingFrequency).toBeCloseTo(3.9, 2);
    const lines = gunzipSync(readFileSync(join(inside, `${stem}_recording-wristeda_physio.tsv.gz`)))
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(81);
    expect(lines[40]).toBe('n/a');
    expect(lines[41]).toBe(`${2 + 41 / 100}`);
    const events = readFileSync(join(inside, `${stem}_events.tsv`), 'utf8').split('\n');
    expect(events).toContain('4\tn/a\tfilm begins\tn/a');
    expect(events).toContain('4\t1.2\tBAD_gap\tn/a');
    expect(events).toContain('0.7\tn/a\tibi\t0.8');
  });
});
