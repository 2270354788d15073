import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { edfFile, edfTexts } from '../../test/fakes/files/edf-file.ts';
import { readAll } from '../../test/read-all.ts';

const at = (path: string) => fileURLToPath(new URL(`../../test/${path}`, import.meta.url));
const golden = JSON.parse(readFileSync(at('golden/recordings.json'), 'utf8')) as Record<
  string,
  {
    startedAt: number;
    signals: { label: string; unit: string; sfreq: number; n: number; values: [number, number][] }[];
    annotations: [number, string][];
  }
>;
const folder = mkdtempSync(join(tmpdir(), 'edf-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const ramp = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i);

describe.each(['bdf_test.bdf', 'eeglab_test.edf', 'test_generator.bdf', 'test_utf8.edf'])('%s', (name) => {
  const expected = golden[name]!;

  it('has the samples, rates and annotations that pyedflib and MNE find', async () => {
    const { recording, values, count, damages } = await readAll(at(`recordings/edf/${name}`));
    expect(damages).toEqual([]);
    const channels = recording.signals.flatMap((signal) => signal.montage.channels.map((channel, c) => ({ signal, channel, c })));
    expect(channels).toHaveLength(expected.signals.length);
    for (const { label, sfreq, n, values: some } of expected.signals) {
      const found = channels.find(({ channel }) => label === channel || label === `EEG ${channel}`)!;
      expect(found.signal.sfreq).toBe(sfreq);
      expect(count(found.signal.id)).toBe(n);
      const own = values(found.signal.id, found.c);
      const perMicrovolt = found.signal.unit === 'mV' ? 1e-3 : 1;
      for (const [i, value] of some) expect(Math.abs(own[i]! - value * perMicrovolt)).toBeLessThan(1e-9 * perMicrovolt * 1e3);
    }
    expect((recording.marks ?? []).map(({ text }) => text)).toEqual(expected.annotations.map(([, text]) => text));
    (recording.marks ?? []).forEach(({ atSec }, i) => {
      expect(Math.abs(atSec - expected.annotations[i]![0])).toBeLessThan(1e-6);
    });
    expect(Math.floor(recording.startedAt!)).toBe(expected.startedAt);
  });
});

describe('of the files of others', () => {
  it('those that say EEG are EEG with the electrode’s name, and the patient is the subject', async () => {
    const { recording } = await readAll(at('recordings/edf/eeglab_test.edf'));
    expect(recording).toMatchObject({ format: 'edf', subject: 'J. B. (1066 28)' });
    expect(recording.signals[0]).toMatchObject({ id: 'eeg', kind: 'eeg', unit: 'µV', sfreq: 256 });
    expect(recording.signals[0]!.montage.channels.slice(0, 3)).toEqual(['Fp1', 'Fp2', 'T3']);
  });

  it('a potential that does not say what it is stays auxiliary until it is declared', async () => {
    const path = at('recordings/edf/test_generator.bdf');
    const { recording, texts } = await readAll(path);
    expect(recording.signals.map(({ kind, unit }) => `${kind} ${unit}`)).toEqual(new Array(5).fill('auxiliary mV'));
    expect(texts[0]).toMatch(/sine 5Hz in 'uV'.*Declare them/);
    const declared = await readAll(path, { columns: { 'sine 5Hz': 'eeg µV', 'white noise': 'ignore' } });
    expect(declared.recording.signals.map(({ id }) => id)).toEqual(['eeg', 'auxiliary', 'auxiliary-2', 'auxiliary-3']);
    expect(declared.values('eeg')[0]).toBeCloseTo(golden['test_generator.bdf']!.signals[0]!.values[0]![1], 9);
    await expect(readAll(path, { columns: { 'sine 5': 'eeg µV' } })).rejects.toThrow(/Did you mean 'sine 5Hz'/);
    await expect(readAll(path, { columns: { 'sine 5Hz': 'eeg µS' } })).rejects.toMatchObject({ code: 'bad-option' });
  });

  it('electrodes take the names the caller gives', async () => {
    const { recording } = await readAll(at('recordings/edf/test_utf8.edf'), { channels: ['Fpz'] });
    expect(recording.signals[0]!.montage.channels).toEqual(['Fpz']);
    await expect(readAll(at('recordings/edf/test_utf8.edf'), { channels: ['a', 'b'] })).rejects.toMatchObject({ code: 'bad-option' });
  });
});

describe('units and scales', () => {
  const one = (label: string, unit: string, transducer = '') => ({
    label,
    unit,
    transducer,
    perRecord: 4,
    records: [[0, 1000, -32768, 32767]],
  });

  it('are ours, whatever the prefix', async () => {
    const signals = [
      one('EEG Fp1', 'mV'),
      one('EEG Cz', 'nV'),
      one('GSR', 'nS'),
      one('Temp rectal', 'degC'),
      one('ACC x', 'm/s^2'),
      one('SC 1', 'uS'),
      one('Resp nasal', ''),
      one('ECG I', 'uV'),
    ];
    const { recording, values } = await readAll(write('units.edf', edfFile({ signals })));
    expect(recording.signals.map(({ id, unit, montage }) => [id, unit, montage.channels])).toEqual([
      ['eeg', 'µV', ['Fp1', 'Cz']],
      ['eda', 'µS', ['GSR']],
      ['temperature', '°C', ['rectal']],
      ['acceleration', 'g', ['x']],
      ['eda-2', 'µS', ['1']],
      ['resp', 'a.u.', ['nasal']],
      ['ecg', 'mV', ['I']],
    ]);
    expect(values('eeg', 0)[1]).toBeCloseTo(1e6, 6);
    expect(values('eeg', 1)[1]).toBeCloseTo(1, 9);
    expect(values('eda', 0)[1]).toBeCloseTo(1, 9);
    expect(values('acceleration')[1]).toBeCloseTo(1000 / 9.80665, 9);
    expect(values('ecg')[1]).toBeCloseTo(1, 9);
  });

  it('24 bits keep their sign, and a range is what the header says', async () => {
    const signals = [
      {
        label: 'EEG Cz',
        unit: 'uV',
        physical: [-100, 300],
        digital: [-8388608, 8388607],
        perRecord: 3,
        records: [[-8388608, 0, 8388607]],
      } as const,
    ];
    const { recording, values } = await readAll(write('range.bdf', edfFile({ signals, bits: 24 })));
    expect(recording.format).toBe('bdf');
    expect(values('eeg').map((value) => Math.round(value * 1e4) / 1e4)).toEqual([-100, 100, 300]);
  });

  it('a reference that all electrodes share is the montage’s, and not part of their names', async () => {
    const named = await readAll(write('ref.edf', edfFile({ signals: [one('EEG Fp1-REF', 'uV'), one('EEG Cz-REF', 'uV')] })));
    expect(named.recording.signals[0]!.montage).toEqual({ channels: ['Fp1', 'Cz'], reference: 'REF' });
    const told = await readAll(write('told.edf', edfFile({ signals: [one('EEG Fp1', 'uV', 'against SRB2')] })));
    expect(told.recording.signals[0]!.montage.reference).toBe('SRB2');
  });

  it('each signal has its own rate; records of any length make blocks of a second at most', async () => {
    const long = edfFile({
      recordSec: 4,
      signals: [
        { label: 'EEG Cz', unit: 'uV', perRecord: 400, records: [ramp(400), ramp(400, 400)] },
        { label: 'EDA', unit: 'uS', perRecord: 16, records: [ramp(16), ramp(16, 16)] },
      ],
    });
    const { of, blocks, values } = await readAll(write('long.edf', long));
    expect(of('eeg').map(({ firstSample, tmin, data }) => [firstSample, tmin, data.length])).toEqual(ramp(8).map((k) => [100 * k, k, 100]));
    expect(values('eeg').every((value, i) => Math.abs(value - i) < 1e-9)).toBe(true);
    expect(of('eda').map(({ tmin }) => tmin)).toEqual(ramp(8));
    for (let i = 1; i < blocks.length; i++) expect(blocks[i]!.arrivedAt).toBeGreaterThanOrEqual(blocks[i - 1]!.arrivedAt);
    const short = edfFile({
      recordSec: 0.1,
      signals: [{ label: 'EEG Cz', unit: 'uV', perRecord: 10, records: ramp(25).map((k) => ramp(10, 10 * k)) }],
    });
    const brief = await readAll(write('short.edf', short));
    expect(brief.of('eeg').map(({ data }) => data.length)).toEqual([100, 100, 50]);
    expect(brief.values('eeg').every((value, i) => Math.abs(value - i) < 1e-9)).toBe(true);
  });
});

it.each([1e-9, 1e-99])('records that are said to last %s s cost no memory: every sample is read', async (recordSec) => {
  const signals = [{ label: 'EEG Fp1', unit: 'uV', perRecord: 4, records: [ramp(4), ramp(4, 4), ramp(4, 8)] }];
  const { values } = await readAll(write('short.edf', edfFile({ signals, recordSec })));
  expect(values('eeg')).toEqual(ramp(12));
});

describe('annotations', () => {
  const eeg = (n: number) => ({ label: 'EEG Cz', unit: 'uV', perRecord: 10, records: ramp(n).map((k) => ramp(10, 10 * k)) });

  it('of EDF+D say when a record begins: what lies between is missing', async () => {
    const texts = [edfTexts(0.25), edfTexts(1.25, [1.5, 'here', 2]), edfTexts(5.25, [5.5, 'µ, there'])];
    const signals = [eeg(3), { label: 'EDF Annotations', perRecord: 40, records: texts }];
    const { recording, of, gaps } = await readAll(write('d.edf', edfFile({ kind: 'EDF+D', signals })));
    expect(recording.startedAt).toBe(Date.UTC(2021, 1, 3, 10, 20, 30) / 1000 + 0.25);
    expect(of('eeg').map(({ firstSample, tmin }) => [firstSample, tmin])).toEqual([
      [0, 0],
      [10, 1],
      [50, 5],
    ]);
    expect(gaps).toEqual([['eeg', 50, 30]]);
    expect(recording.marks).toEqual([
      { atSec: 1.25, text: 'here' },
      { atSec: 5.25, text: 'µ, there' },
    ]);
  });

  it('that cannot be understood are told, and the samples are kept', async () => {
    const signals = [eeg(2), { label: 'EDF Annotations', perRecord: 20, records: [edfTexts(0), 'nonsense\x14\0'] }];
    const { count, damages } = await readAll(write('bad.edf', edfFile({ kind: 'EDF+C', signals })));
    expect(count('eeg')).toBe(20);
    expect(damages).toEqual([expect.stringMatching(/^byte \d+: 1 annotations of the record cannot be understood/)]);
  });

  it('at a time without end are none', async () => {
    const endless = `${edfTexts(0, [0.5, 'here'])}+${'9'.repeat(400)}\x14never\x14\0`;
    const signals = [eeg(1), { label: 'EDF Annotations', perRecord: 250, records: [endless] }];
    const { recording, damages } = await readAll(write('endless.edf', edfFile({ kind: 'EDF+C', signals })));
    expect(recording.marks).toEqual([{ atSec: 0.5, text: 'here' }]);
    expect(damages).toEqual([expect.stringMatching(/1 annotations of the record cannot be understood/)]);
  });

  it('a Status channel’s triggers are marks where they change, its upper bits are not', async () => {
    const status = [0x10000, 0x10000, 0x10007, 0x10007, 0x10000, 0x10003, 0x30003, 0, 5, 5];
    const signals = [
      { label: 'EEG Cz', unit: 'uV', perRecord: 10, records: [ramp(10)] },
      { label: 'Status', unit: 'Boolean', perRecord: 10, records: [status] },
    ];
    const { recording } = await readAll(write('status.bdf', edfFile({ bits: 24, signals })));
    expect(recording.signals.map(({ id }) => id)).toEqual(['eeg']);
    expect(recording.marks).toEqual([
      { atSec: 0.2, text: '7' },
      { atSec: 0.5, text: '3' },
      { atSec: 0.8, text: '5' },
    ]);
  });

  it('of this program tell which samples are filling: they are holes again, and no marks', async () => {
    const signals = [
      eeg(3),
      {
        label: 'EDF Annotations',
        perRecord: 40,
        records: [edfTexts(0, [0.5, 'BAD_gap eeg', 1]), edfTexts(1), edfTexts(2, [2.5, 'start'])],
      },
    ];
    const ours = await readAll(write('ours.edf', edfFile({ kind: 'EDF+C', recording: 'Startdate 03-FEB-2021 X X affect-edge', signals })));
    expect(ours.gaps).toEqual([['eeg', 15, 10]]);
    expect(ours.values('eeg')).toHaveLength(20);
    expect(ours.recording.marks).toEqual([{ atSec: 2.5, text: 'start' }]);
    const theirs = await readAll(write('theirs.edf', edfFile({ kind: 'EDF+C', signals })));
    expect(theirs.gaps).toEqual([]);
    expect(theirs.recording.marks).toHaveLength(2);
  });
});

describe('a file that was not closed, or was cut off', () => {
  const signals = [{ label: 'EEG Cz', unit: 'uV', perRecord: 100, records: ramp(5).map((k) => ramp(100, 100 * k)) }];

  it('gives every whole record; what is left is told with its byte', async () => {
    const whole = edfFile({ signals, nRecords: -1 });
    const { count, damages, texts } = await readAll(write('open.edf', whole));
    expect([count('eeg'), damages]).toEqual([500, []]);
    expect(texts).toEqual([expect.stringContaining('not closed in good order')]);
    const cut = await readAll(write('cut.edf', whole.subarray(0, -70)));
    expect(cut.count('eeg')).toBe(400);
    expect(cut.damages).toEqual(["byte 1312: the file ends after 130 of a record's 200 bytes"]);
    const counted = await readAll(write('counted.edf', edfFile({ signals, nRecords: 7 })));
    expect(counted.count('eeg')).toBe(500);
    expect(counted.damages).toEqual(['byte 236: the header says 7 records, the file holds 5 whole ones']);
  });

  it('a gzip of one is read as the file itself', async () => {
    const plain = edfFile({ signals });
    const packed = await readAll(write('packed.edf.gz', gzipSync(plain)));
    expect(packed.values('eeg')).toEqual((await readAll(write('plain.edf', plain))).values('eeg'));
  });

  it.each([
    ['a cut header', edfFile({ signals }).subarray(0, 400)],
    ['no signals', Buffer.from(edfFile({ signals }).toString('latin1').replace('1   EEG Cz', '0   EEG Cz'), 'latin1')],
    ['records of 0 s', edfFile({ signals, recordSec: 0 })],
  ])('%s is refused', async (_, bytes) => {
    await expect(readAll(write('refused.edf', bytes))).rejects.toMatchObject({ code: 'bad-file' });
  });
});
