import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { mindMonitorCsv, museLslCsv, openSignalsText, plainCsv, shimmerCsv, tableStart } from '../../test/fakes/files/tables.ts';
import { readAll } from '../../test/read-all.ts';

const folder = mkdtempSync(join(tmpdir(), 'tables-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const at = (path: string) => fileURLToPath(new URL(`../../test/recordings/${path}`, import.meta.url));
const without = (text: string, from: number, count: number): string => {
  const lines = text.split('\n');
  lines.splice(from, count);
  return lines.join('\n');
};

describe('muse-lsl CSV', () => {
  it('is EEG in µV at 256 Hz, from the first row on; gzip too', async () => {
    const { recording, values, count, reports } = await readAll(write('muse.csv.gz', gzipSync(museLslCsv(2560))));
    expect(recording).toMatchObject({ format: 'muse-lsl', startedAt: tableStart });
    expect(recording.signals).toEqual([
      {
        id: 'eeg',
        kind: 'eeg',
        unit: 'µV',
        sfreq: 256,
        montage: { channels: ['TP9', 'AF7', 'AF8', 'TP10', 'Right AUX'], reference: 'Fpz' },
      },
    ]);
    expect(count('eeg')).toBe(2560);
    expect(values('eeg', 1).slice(0, 3)).toEqual([0, -1, -2]);
    expect(reports).toEqual([]);
  });

  it('with rows missing has a gap of their number, once they stay missing', async () => {
    const { gaps, of } = await readAll(write('gap.csv', without(museLslCsv(256 * 20), 1 + 256 * 8, 768)));
    expect(gaps.map(([id, , lost]) => [id, lost])).toEqual([['eeg', 768]]);
    const last = of('eeg').at(-1)!;
    expect(last.firstSample + last.data.length / 5).toBe(256 * 20);
    expect(Math.abs(last.tmin - 19)).toBeLessThan(0.05);
  });
});

it.each([
  ['muse-lsl', 'timestamps,TP9,AF7,AF8,TP10,Right AUX\n1e20,1,2,3,4,5\n'],
  ['csv', 'time (s),EDA (µS)\n1e18,1\n1.001e18,2\n1.002e18,3\n'],
])('%s: a first time that can be no time of day is not when the recording began', async (format, text) => {
  const { recording } = await readAll(write('wild.csv', text), { sfreq: 1 });
  expect(recording.format).toBe(format);
  expect(recording.startedAt).toBeUndefined();
});

describe('Mind Monitor CSV', () => {
  it('gives centred RAW, motion, and the rows of events as marks, by the names of the columns', async () => {
    const { recording, values, count, damages } = await readAll(write('mm.csv', mindMonitorCsv(1536)));
    expect(recording).toMatchObject({ format: 'mind-monitor', startedAt: tableStart });
    expect(recording.signals.map(({ id, sfreq, unit }) => [id, sfreq, unit])).toEqual([
      ['eeg', 256, 'µV'],
      ['aux', 256, 'mV'],
      ['acceleration', 256, 'g'],
      ['gyroscope', 256, '°/s'],
    ]);
    expect(count('eeg')).toBe(1536);
    expect(values('eeg').slice(0, 2)[1]).toBeCloseTo(1, 9);
    expect(values('gyroscope', 2)[5]).toBe(-3.5);
    expect(recording.marks).toEqual([{ atSec: expect.closeTo(300 / 256, 2), text: '/muse/elements/blink' }]);
    expect(damages).toEqual([]);
  });

  it('at an interval of seconds is refused, since raw EEG is not in it', async () => {
    await expect(readAll(write('slow.csv', mindMonitorCsv(400, 1)))).rejects.toThrow(/1\.0\d rows a second.*'Constant'/);
  });
});

describe('OpenSignals text', () => {
  it('turns the codes of known sensors into their units, and others into volts', async () => {
    const { recording, values } = await readAll(write('os.txt', openSignalsText(300)));
    expect(recording).toMatchObject({ format: 'opensignals-text', startedAt: Date.UTC(2018, 6, 5, 10, 29, 43, 249) / 1000 });
    expect(recording.signals.map(({ id, kind, unit }) => [id, kind, unit])).toEqual([
      ['eda', 'eda', 'µS'],
      ['ecg', 'auxiliary', 'mV'],
      ['lux', 'auxiliary', 'V'],
    ]);
    expect(values('eda')[0]).toBeCloseTo(12.5, 12);
    expect(values('eda')[1]).toBeCloseTo(((513 / 1024) * 3.3) / 0.132, 12);
    expect(values('ecg')[0]).toBe(0);
    expect(values('lux')[0]).toBe(0.825);
  });

  it('counts lost rows by the counter of four bits', async () => {
    const { gaps, damages } = await readAll(write('lost.txt', without(openSignalsText(300), 3 + 100, 5)));
    expect(gaps).toEqual(['eda', 'ecg', 'lux'].map((id) => [id, 105, 5]));
    expect(damages).toEqual([]);
  });

  it.each([
    ['no JSON', '# OpenSignals Text File Format\n# {nonsense\n# EndOfHeader\n0\t1\n'],
    ['no rate', '# OpenSignals Text File Format\n# {"a": {"column": ["nSeq", "A1"], "sensor": ["EDA"]}}\n# EndOfHeader\n0\t1\n'],
    ['no end', '# OpenSignals Text File Format\n# {"a": {}}\n0\t1\n'],
  ])('with %s in its header is refused', async (_, content) => {
    await expect(readAll(write('bad.txt', content))).rejects.toMatchObject({ code: 'bad-file' });
  });
});

it('a row of OpenSignals that stands there twice is no turn of the counter', async () => {
  const says = { sensor: ['EDA'], column: ['nSeq', 'DI', 'CH1'], 'sampling rate': 100, resolution: [16], device: 'biosignalsplux' };
  const rows = [5000, 5001, 5001, 5002, 5004].map((nSeq) => `${nSeq}\t0\t100\n`);
  const text = `# OpenSignals Text File Format\n# ${JSON.stringify({ x: says })}\n# EndOfHeader\n${rows.join('')}`;
  expect((await readAll(write('twice.txt', text))).gaps).toEqual([['eda', 5, 1]]);
});

describe('Shimmer Consensys CSV', () => {
  it('takes the calibrated columns by their names, with the rate that the device’s clock can have', async () => {
    const { recording, values, reports } = await readAll(write('shimmer.csv', shimmerCsv(300)));
    expect(recording).toMatchObject({ format: 'shimmer-csv', startedAt: tableStart });
    expect(recording.signals.map(({ id, unit, sfreq, montage }) => [id, unit, sfreq, montage.channels.length])).toEqual([
      ['eda', 'µS', 51.2, 1],
      ['ppg', 'a.u.', 51.2, 1],
      ['acceleration', 'g', 51.2, 3],
    ]);
    expect(values('eda').slice(0, 3)).toEqual([2, 2.001, 2.002]);
    expect(values('acceleration', 1)[0]).toBe(1);
    expect(recording.marks).toEqual([{ atSec: expect.closeTo(100 / 51.2, 6), text: '1' }]);
    expect(reports).toEqual([]);
  });

  it('a mark has a time, or is that of the next row that has one', async () => {
    const text = shimmerCsv(300).replace(`${(tableStart + 100 / 51.2) * 1000}\t`, '1e400\t');
    const { recording } = await readAll(write('endless.csv', text));
    expect(recording.marks).toEqual([{ atSec: expect.closeTo(101 / 51.2, 6), text: '1' }]);
  });

  it('with resistance only gives its reciprocal', async () => {
    const text = shimmerCsv(60).replace('GSR_Skin_Conductance_CAL', 'Battery_CAL');
    expect((await readAll(write('resistance.csv', text))).values('eda')[0]).toBe(2);
    // no skin has a resistance of 0: the sample is missing
    let row = 0;
    const shorted = text.replaceAll('\t500\t', (field) => (row++ === 20 ? '\t0\t' : field));
    const { values, count, gaps } = await readAll(write('shorted.csv', shorted));
    expect(gaps).toEqual([['eda', 21, 1]]);
    expect(count('eda')).toBe(59);
    expect(values('eda').every((value) => value === 2)).toBe(true);
    expect(count('ppg')).toBe(60);
  });

  it('a row that comes late follows on lost ones', async () => {
    const { gaps, of } = await readAll(write('late.csv', without(shimmerCsv(300), 3 + 60, 40)));
    expect(gaps[0]).toEqual(['eda', 100, 40]);
    expect(of('eda').find(({ firstSample }) => firstSample === 100)!.tmin).toBeCloseTo(100 / 51.2, 6);
  });
});

describe('Simple Text Format', () => {
  it('knows rate and start; its numbers have no unit until they are declared', async () => {
    const eeg = await readAll(at('simple-text/eeg_ec.txt'));
    expect(eeg.recording).toMatchObject({ format: 'simple-text', startedAt: Date.UTC(2021, 6, 18, 23, 58, 26) / 1000 + 0.361264 });
    expect(eeg.recording.signals).toMatchObject([{ id: 'eeg', kind: 'auxiliary', unit: 'a.u.', sfreq: 125 }]);
    expect([eeg.count('eeg'), ...eeg.values('eeg').slice(0, 3)]).toEqual([2000, 537, 442, 545]);
    expect(eeg.damages).toEqual([]);
    const declared = await readAll(at('simple-text/eeg_ec.txt'), { columns: { EEG: 'eeg µV' } });
    expect(declared.recording.signals).toMatchObject([{ id: 'eeg', kind: 'eeg', unit: 'µV' }]);
  });

  it('a comment of blanks costs no time', async () => {
    const text = `# Simple Text Format\n# ${' '.repeat(4000)}x\n# Sampling Rate (Hz):= 100\n1\n`; // 26 s before
    expect((await readAll(write('blanks.txt', text))).recording.signals).toMatchObject([{ sfreq: 100 }]);
  });

  it('converter codes are told to be codes, and are never µS', async () => {
    const { recording, values, count, texts } = await readAll(at('simple-text/eda_1000hz_adc.txt.gz'));
    expect(recording.signals).toMatchObject([{ id: 'eda', kind: 'auxiliary', unit: 'a.u.', sfreq: 1000 }]);
    expect([count('eda'), ...values('eda').slice(0, 3)]).toEqual([3000, 2669, 2671, 2677]);
    expect(texts).toContain('the numbers are codes of a converter of 12 bits, in no unit');
  });
});

describe('plain CSV', () => {
  it('takes names, units and rate from header and times', async () => {
    const { recording, values, texts, of } = await readAll(write('plain.csv', plainCsv(100)));
    expect(recording.format).toBe('csv');
    expect(recording.signals.map(({ id, kind, unit, sfreq, montage }) => [id, kind, unit, sfreq, ...montage.channels])).toEqual([
      ['eda', 'eda', 'µS', 32, 'eda'],
      ['eeg', 'eeg', 'µV', 32, 'Fp1'],
      ['temperature', 'temperature', '°C', 32, 'temp'],
    ]);
    expect(values('eda').slice(0, 2)).toEqual([1, 1.01]);
    expect(of('eda')[0]!.tmin).toBe(0);
    expect(texts).toEqual(['columns of text are not read: note']);
  });

  const times = Array.from({ length: 40 }, (_, i) => i / 4);
  it.each([
    ['semicolons and decimal commas', `time;EDA (µS)\n${times.map((t) => `${t};${t + 1.5}`.replaceAll('.', ',')).join('\n')}\n`],
    ['tabs and decimal commas', `time (s)\tEDA (µS)\n${times.map((t) => `${t}\t${t + 1.5}`.replaceAll('.', ',')).join('\n')}\n`],
    ['semicolons and points', `time (s);EDA (µS)\n${times.map((t) => `${t};${t + 1.5}`).join('\n')}\n`],
    ['a byte order mark and quotes', `\ufeff"time (s)","EDA (µS)"\r\n${times.map((t) => `"${t}","${t + 1.5}"`).join('\r\n')}\r\n`],
    ['a name with the separator in quotes', `time (s),"EDA, left (µS)"\n${times.map((t) => `${t},${t + 1.5}`).join('\n')}\n`],
    ['Latin-1', Buffer.from(`time (s),EDA (µS)\n${times.map((t) => `${t},${t + 1.5}`).join('\n')}\n`, 'latin1')],
  ])('may be written with %s', async (_, content) => {
    const { recording, values, damages } = await readAll(write('dialect.csv', content), { columns: { time: 'time s' } });
    expect(recording.signals).toMatchObject([{ kind: 'eda', unit: 'µS', sfreq: 4 }]);
    expect(values('eda')).toEqual(times.map((t) => t + 1.5));
    expect(damages).toEqual([]);
  });

  it('a field without a value is a hole of its own signal only, a jump of the time one of all', async () => {
    const text = plainCsv(100).replace('10.312500,1.1,3,33', '10.312500,,3,33');
    const { gaps, count } = await readAll(write('holes.csv', without(text, 61, 20)));
    expect(gaps).toEqual([
      ['eda', 11, 1],
      ['eda', 80, 20],
      ['eeg', 80, 20],
      ['temperature', 80, 20],
    ]);
    expect(count('eda')).toBe(79);
  });

  it('a clock that was set back is told, and time goes on', async () => {
    const times = Array.from({ length: 40 }, (_, i) => (i < 20 ? i / 4 : i / 4 - 3));
    const { reports, of, count } = await readAll(write('back.csv', `time (s),EDA (µS)\n${times.map((time) => `${time},2`).join('\n')}\n`));
    expect(reports).toEqual([{ kind: 'clock-step', signal: 'eda', bySec: -3, atSec: 4.75 }]);
    expect(count('eda')).toBe(40);
    expect(of('eda').map(({ tmin }) => tmin)).toEqual(Array.from({ length: 10 }, (_, k) => k));
  });

  it('without rate and units says what to declare, and is read when it is declared', async () => {
    const path = at('neurokit/bio_eventrelated_100hz.csv.gz');
    await expect(readAll(path)).rejects.toThrow(/columns ECG, EDA, Photosensor, RSP\. It does not say the rate \(sfreq\).*declare that/);
    const { recording, values, count } = await readAll(path, {
      sfreq: 100,
      columns: { EDA: 'eda µS', ECG: 'ecg mV', Photosensor: 'ignore' },
    });
    expect(recording.signals.map(({ id, unit }) => [id, unit])).toEqual([
      ['ecg', 'mV'],
      ['eda', 'µS'],
      ['rsp', 'a.u.'],
    ]);
    expect([count('eda'), values('eda')[0], values('ecg')[0]]).toEqual([1500, 13.196867709029974, -0.015869140625]);
  });

  it('a name of blanks costs no time', async () => {
    const text = `time (s),EDA ( µS ),x (${' '.repeat(4000)}y\n0,1,2\n1,2,3\n2,3,4\n`;
    expect((await readAll(write('blank-name.csv', text))).values('eda')).toEqual([1, 2, 3]);
  });

  it('a column of times in no unit is not guessed; unix times are', async () => {
    const counted = (name: string, first: number, step: number) =>
      write('times.csv', `${name},EDA (µS)\n${Array.from({ length: 20 }, (_, i) => `${first + i * step},2`).join('\n')}\n`);
    await expect(readAll(counted('time', 0, 250))).rejects.toThrow(/column 'time' of which nothing says the unit/);
    const declared = await readAll(counted('time', 0, 250), { columns: { time: 'time ms' } });
    expect(declared.recording.signals[0]!.sfreq).toBe(4);
    const unix = await readAll(counted('timestamp', tableStart * 1000, 250));
    expect(unix.recording).toMatchObject({ startedAt: tableStart, signals: [{ sfreq: 4 }] });
  });

  it('uneven times need a rate to be declared', async () => {
    const path = write('uneven.csv', `time (s),EDA (µS)\n${Array.from({ length: 40 }, (_, i) => `${i * i},2`).join('\n')}\n`);
    await expect(readAll(path)).rejects.toThrow(/its times are uneven/);
  });

  it('damaged rows are told by their lines', async () => {
    const lines = plainCsv(50).split('\n');
    lines[20] = '\u0000garbage,,';
    lines[30] = '';
    const { damages, count } = await readAll(write('damaged.csv', lines.join('\r\n')));
    expect(damages.map((damage) => damage.split(':')[0])).toEqual(['line 21', 'line 31']);
    expect(count('eda')).toBe(48);
  });
});
