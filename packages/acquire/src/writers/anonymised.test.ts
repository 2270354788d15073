import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { madeRecording } from '../../test/peers/made-recording.ts';
import { openRecording } from '../files/index.ts';
import type { Signal } from '../signal.ts';
import { anonymised, freeTexts } from './anonymised.ts';
import { writeBids } from './bids-writer.ts';
import { writeCsv } from './csv-writer.ts';
import { writeEdf } from './edf-writer.ts';
import { writeXdf } from './xdf-export.ts';

const folder = mkdtempSync(join(tmpdir(), 'anonymised-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A word that must not come through, a different one in every field a recording has. */
const canaries: string[] = [];
const canary = (where: string): string => {
  const word = `Zq${canaries.length}${where}Canary`;
  canaries.push(word);
  return word;
};

const startedAt = Date.UTC(2026, 4, 17, 9, 41, 27) / 1000;
const eeg: Signal = {
  id: canary('id'),
  kind: 'eeg',
  unit: 'µV',
  sfreq: 250,
  montage: { channels: ['Fp1', canary('channel')], reference: canary('reference') },
};
const eda: Signal = { id: 'eda', kind: 'eda', unit: 'µS', sfreq: 4, montage: { channels: [canary('eda')], reference: 'n/a' } };
const beats: Signal = { id: canary('beats'), kind: 'inter-beat', unit: 's', sfreq: 0, montage: { channels: ['IBI'], reference: 'n/a' } };
const texts = [canary('mark'), `call ${canary('phone')} back`];
const recording = {
  ...madeRecording(
    [
      { signal: eeg, nSamples: 1000, value: (c, t) => Math.sin(t + c) * 20 },
      { signal: eda, nSamples: 16, value: (_, t) => 2 + t / 10 },
      { signal: beats, nSamples: 4, value: () => 0.8 },
    ],
    {
      startedAt,
      subject: canary('subject'),
      name: `${canary('file')}.xdf`,
      session: {
        id: canary('session'),
        station: canary('station'),
        notes: canary('notes'),
        consent: { text: canary('consent') },
        startUnixSec: startedAt,
        sources: [{ device: canary('device'), origin: `ble:${canary('serial')}-00:11:22:AA:BB:CC` }],
      },
      marks: [
        { atSec: 0.5, text: texts[0]! },
        { atSec: 1.5, text: texts[1]! },
        { atSec: 2.5, text: texts[0]! },
      ],
    },
  ),
  format: 'xdf',
};
canaries.push('00:11:22', '2026', '17-MAY', '17.05.26');

const everything = (path: string): string => {
  if (statSync(path).isDirectory())
    return readdirSync(path, { recursive: true })
      .map((name) => `${name}\n${statSync(join(path, `${name}`)).isDirectory() ? '' : everything(join(path, `${name}`))}`)
      .join('\n');
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};

const writers = {
  'out.xdf': writeXdf,
  'out.bdf': writeEdf,
  csv: writeCsv,
  bids: writeBids,
} as const;

describe('an anonymised recording', () => {
  test.each(Object.entries(writers))('%s: none of what was planted in any field comes through', async (name, write) => {
    const planted = join(folder, `planted-${name}`);
    await write(recording, planted, {});
    const before = everything(planted);
    // the test would prove nothing if nothing of it were ever written
    expect(canaries.filter((word) => before.includes(word)).length).toBeGreaterThan(3);

    const out = join(folder, name);
    await write(anonymised(recording, { daysBack: 40_321 }), out, {});
    const after = everything(out);
    for (const word of canaries) expect(after.includes(word), `${word} in ${name}`).toBe(false);
  });

  test('of a recording of ours, neither the bytes of the links nor their addresses come through', async () => {
    const live = await openRecording(new URL('../../test/recordings/xdf/recorded.xdf', import.meta.url).pathname);
    const out = join(folder, 'live.xdf');
    await writeXdf(anonymised(live, { daysBack: 40_000 }), out);
    const after = everything(out);
    for (const word of ['RawBytes', 'simulated:', 'serial:', ...freeTexts(live)]) expect(after.includes(word), word).toBe(false);
    expect((await openRecording(out)).signals.map(({ id }) => id)).toEqual(['eeg', 'acceleration', 'eda']);
  });

  test('dates move by whole days to before 1925: intervals and the hour survive', async () => {
    const out = join(folder, 'dates.xdf');
    await writeXdf(anonymised(recording, { daysBack: 40_000 }), out);
    const later = { ...recording, startedAt: startedAt + 7 * 86_400 + 5 };
    const [first, second] = [anonymised(recording, { daysBack: 40_000 }), anonymised(later, { daysBack: 40_000 })];
    expect(second.startedAt! - first.startedAt!).toBe(7 * 86_400 + 5);
    expect(new Date((await openRecording(out)).startedAt! * 1000).toISOString()).toMatch(/^191\d-\d\d-\d\dT09:41:27/);
    expect(() => anonymised(recording, { daysBack: 0.5 })).toThrow('whole number of days');
  });

  test('marks keep their times and which are alike; every text is listed, and kept on demand alone', () => {
    expect(anonymised(recording, { daysBack: 1 }).marks).toEqual([
      { atSec: 0.5, text: 'mark-1' },
      { atSec: 1.5, text: 'mark-2' },
      { atSec: 2.5, text: 'mark-1' },
    ]);
    expect(freeTexts(recording)).toEqual([...texts, recording.session!.notes]);
    const kept = anonymised(recording, { daysBack: 1, keepText: true });
    expect(kept.marks!.map(({ text }) => text)).toEqual([texts[0], texts[1], texts[0]]);
    expect(kept.session).toEqual({ notes: recording.session!.notes });
  });
});
