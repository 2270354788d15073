import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { AcquireError } from '../../src/errors.ts';
import { openRecording } from '../../src/files/index.ts';
import { random } from '../../src/wearer/random.ts';
import { zipFile } from '../fakes/datasets/npz-writer.ts';
import { edfFile, edfTexts } from '../fakes/files/edf-file.ts';
import { csvFolder, mindMonitorCsv, museLslCsv, openSignalsText, plainCsv, quotedCsv, shimmerCsv } from '../fakes/files/tables.ts';
import { fuzzCount, fuzzFolder, isNightly } from './counts.ts';

/** One format to fuzz: the files of a small recording, and which of them is damaged. */
interface Fuzzed {
  readonly name: string;
  /** What is opened; empty for the folder. */
  readonly open: string;
  readonly damaged: string;
  readonly files: () => Readonly<Record<string, Buffer | string>>;
  /** Share of the usual number of runs, where one takes long. */
  readonly share?: number;
  /** After every this many damaged files, the sound one is read from the same path, and must give what it gave at first; else after 100. */
  readonly soundEvery?: number;
  /** Files read side by side, so that none waits for the disk: 4 unless said. */
  readonly nLanes?: number;
}

const at = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)));
const lines = (path: string, n: number) => at(path).toString('latin1').split('\n').slice(0, n).join('\n');
const ramp = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i);

const edf = (bits: 16 | 24, kind: string) =>
  edfFile({
    bits,
    kind,
    signals: [
      { label: 'EEG Cz', unit: 'uV', perRecord: 16, records: ramp(4).map((k) => ramp(16, 16 * k)) },
      { label: 'EDA', unit: 'uS', perRecord: 4, records: ramp(4).map((k) => ramp(4, k)) },
      ...(kind === ''
        ? [{ label: 'Status', perRecord: 8, records: ramp(4).map(() => [0, 0, 1, 1, 0, 2, 2, 0]) }]
        : [
            {
              label: `${kind.slice(0, 3)} Annotations`,
              perRecord: 30,
              records: ramp(4).map((k) => edfTexts(2 * k, [2 * k + 0.5, 'mark'])),
            },
          ]),
    ],
  });

const brainvision = (damaged: string): Fuzzed => ({
  name: `BrainVision, its ${damaged}`,
  open: 'x.vhdr',
  damaged: `x.${damaged}`,
  share: 0.34,
  files: () => {
    const text = (ending: string) =>
      at(`golden/recordings_brainvision_int16.${ending}`).toString('utf8').replaceAll('recordings_brainvision_int16', 'x');
    return { 'x.vhdr': text('vhdr'), 'x.vmrk': text('vmrk'), 'x.eeg': at('golden/recordings_brainvision_int16.eeg').subarray(0, 900) };
  },
});

const single = (name: string, file: string, content: () => Buffer | string, share?: number): Fuzzed => ({
  name,
  open: file,
  damaged: file,
  files: () => ({ [file]: content() }),
  ...(share !== undefined && { share }),
});

const e4 = (): Record<string, Buffer> => ({
  'EDA.csv': Buffer.from('1000000000.00\r\n4.000000\r\n1.5\r\n2.25\r\n3.125\r\n4\r\n5\r\n'),
  'HR.csv': Buffer.from('1000000010.00\n1.000000\n60\n61\n'),
  'ACC.csv': Buffer.from('1000000000,1000000000,1000000000\n32,32,32\n1,2,-64\n1,3,-63\n'),
  'IBI.csv': Buffer.from('1000000000.00, IBI\n1.5,0.75\n2.25,0.76\n'),
  'tags.csv': Buffer.from('1000000001.5\r\n'),
});

/** Every reader of files (XDF is fuzzed beside its writer, `recorder.test.ts`, and here). */
export const fuzzedFiles: readonly Fuzzed[] = [
  single('OpenBCI text', 'x.txt', () => openbci()),
  { name: 'Empatica E4, its EDA', open: '', damaged: 'EDA.csv', files: e4, share: 0.3 },
  { name: 'Empatica E4, its beats', open: '', damaged: 'IBI.csv', files: e4, share: 0.3 },
  single('Empatica E4 zip', 'x.zip', () => zipFile(e4(), true), 0.4),
  single('EmotiBit', 'x.csv', () => lines('recordings/emotibit/test_data.csv', 25)),
  single('XDF', 'x.xdf', () => at('recordings/xdf/minimal.xdf')),
  single('EDF', 'x.edf', () => edf(16, ''), 0.5),
  single('EDF+D', 'x.edf', () => edf(16, 'EDF+D'), 0.5),
  single('BDF with Status', 'x.bdf', () => edf(24, ''), 0.5),
  single('BDF+C', 'x.bdf', () => edf(24, 'BDF+C'), 0.5),
  single('gzip of EDF+', 'x.edf.gz', () => gzipSync(edf(16, 'EDF+C')), 0.25),
  brainvision('vhdr'),
  brainvision('vmrk'),
  brainvision('eeg'),
  single('EmbracePlus Avro', 'x.avro', () => at('golden/recordings_embrace.avro')),
  single('muse-lsl', 'x.csv', () => museLslCsv(15)),
  single('Mind Monitor', 'x.csv', () => mindMonitorCsv(40)),
  single('OpenMuse capture', 'x.txt', () => lines('recordings/muse-athena/p20.txt', 4)),
  single('amused-py', 'x.bin', () => at('recordings/muse-athena/amused.bin').subarray(0, 1000)),
  single('OpenSignals text', 'x.txt', () => openSignalsText(12)),
  // After a damaged file the HDF5 library is loaded anew, which takes 30 ms.
  { ...single('OpenSignals HDF5', 'x.h5', () => at('golden/recordings_opensignals.h5'), 0.1), soundEvery: 1, nLanes: 1 },
  single('Shimmer CSV', 'x.csv', () => shimmerCsv(12)),
  single('Simple Text Format', 'x.txt', () => lines('recordings/simple-text/eeg_ec.txt', 30)),
  { name: 'CSV folder, its description', open: '', damaged: 'recording.json', files: () => csvFolder(20), share: 0.5 },
  { name: 'CSV folder, its samples', open: '', damaged: 'eeg.csv', files: () => csvFolder(20), share: 0.5 },
  single('plain CSV', 'x.csv', () => plainCsv(12)),
  single('CSV with quotes and decimal commas', 'x.csv', () => quotedCsv(12)),
];

function openbci(): string {
  const row = (i: number) => `${i % 256}, ${i}.5, -2, 3, 4, 5, 6, 7, 8, 0.1, 0.2, 0.9, 18:47:38.413, ${1544125658413 + 4 * i}`;
  return `%OpenBCI Raw EEG Data\n%Number of channels = 8\n%Sample Rate = 250.0 Hz\n%Board = OpenBCI_GUI$BoardCyton\n${ramp(12).map(row).join('\n')}\n`;
}

/** Runs a reader. */
export const fuzzRuns = fuzzCount(1000, 5000);

/** A small file cannot hold more numbers than this, damaged or not. */
const mostNumbers = 2_000_000;

/** Draws a truncation, a flipped bit in the first 600 bytes, up to eight changed bytes, or a piece put in, in turn. */
const damage = (whole: Buffer, run: number, pick: (n: number) => number): Buffer => {
  const bytes = Buffer.from(whole);
  if (run % 4 === 0) return bytes.subarray(0, pick(whole.length));
  if (run % 4 === 1) bytes[pick(Math.min(whole.length, 600))]! ^= 1 << pick(8);
  else if (run % 4 === 2) for (let i = 1 + pick(8); i > 0; i--) bytes[pick(whole.length)] = pick(256);
  else {
    const from = pick(whole.length);
    const piece = Buffer.from(['9e99', '-1', '\0\0\0\0', '99999999', 'NaN', '\n', '\xff\xff\xff\xff'][pick(7)]!, 'latin1');
    return Buffer.concat([whole.subarray(0, from), piece, whole.subarray(from + pick(9))]);
  }
  return bytes;
};

/** Numbers read, or the code of the typed error. */
const outcome = async (path: string): Promise<number | string> => {
  let n = 0;
  try {
    const recording = await openRecording(path);
    for (const { atSec, text } of recording.marks ?? []) {
      if (!Number.isFinite(atSec) || typeof text !== 'string') throw new Error(`a mark at ${atSec}`);
    }
    for await (const { data, tmin, firstSample } of recording.blocks(() => {})) {
      n += data.length;
      if (n > mostNumbers) throw new Error('more numbers than the file can hold');
      if (!Number.isFinite(tmin) || !Number.isSafeInteger(firstSample)) throw new Error(`a block at ${tmin} s, sample ${firstSample}`);
      for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) throw new Error(`a sample ${data[i]}`);
    }
    return n;
  } catch (error) {
    if (error instanceof AcquireError) return error.code;
    throw error;
  }
};

/** Runs the fuzz tests of some formats: `nRuns` truncations and damages each. */
export const fuzzFiles = (formats: readonly Fuzzed[], nRuns: number): void => {
  const root = mkdtempSync(join(fuzzFolder, 'fuzz-files-'));
  afterAll(() => rmSync(root, { recursive: true }));
  describe.each(formats)('$name', ({ name, open, damaged, files, share = 1, soundEvery = 100, nLanes = 4 }) => {
    const folder = (lane: number) => join(root, name.replace(/\W+/g, '-'), String(lane));
    const contents = files();
    const whole = Buffer.from(contents[damaged]!);
    for (let lane = 0; lane < nLanes; lane++)
      for (const [file, content] of Object.entries(contents)) {
        mkdirSync(dirname(join(folder(lane), file)), { recursive: true });
        writeFileSync(join(folder(lane), file), content);
      }

    const attempt = async (lane: number, bytes: Buffer): Promise<number | string> => {
      writeFileSync(join(folder(lane), damaged), bytes);
      try {
        return await outcome(join(folder(lane), open));
      } catch (error) {
        throw new Error(`${damaged} damaged so: ${bytes.toString('base64').slice(0, 4000)}`, { cause: error });
      }
    };

    test('is read whole', async () => expect(await attempt(0, whole)).toBeGreaterThan(0));

    const nInputs = Math.ceil(nRuns * (isNightly ? 1 : share));
    test(
      `${nInputs} files cut or damaged give typed errors only, and never numbers that are none; the sound one is read as before`,
      async () => {
        const draw = random(81, name);
        const pick = (n: number) => Math.floor(draw.uniform() * n);
        const sound = await attempt(0, whole);
        for (let run = 0; run < nInputs; run += nLanes) {
          const inputs = Array.from({ length: nLanes }, (_, lane) => damage(whole, run + lane, pick));
          await Promise.all(
            inputs.map(async (bytes, lane) => {
              await attempt(lane, bytes);
              if ((run / nLanes) % soundEvery === soundEvery - 1) expect(await attempt(lane, whole)).toBe(sound);
            }),
          );
        }
      },
      60_000 + nRuns * 60,
    );
  });
};
