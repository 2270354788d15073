import { basename } from 'node:path';
import { AcquireError } from '../errors.ts';
import { type Column, columnSignals } from './column-signals.ts';
import { unixOfText } from './file-time.ts';
import { linesOf } from './lines.ts';
import type { Mark, Recording, RecordingOptions } from './recording.ts';
import { firstLines, nearestRate } from './table-head.ts';
import { tableBlocks } from './text-table.ts';

/**
 * What the app Mind Monitor records of a Muse; which columns there are depends on its version and the headband, so they are found by name.
 *
 *     TimeStamp, Delta_TP9 … Gamma_TP10 (log₁₀ band powers, not taken), RAW_TP9, RAW_AF7, RAW_AF8, RAW_TP10, AUX_RIGHT …, Accelerometer_X/Y/Z,
 *     Gyro_X/Y/Z, PPG_…, Heart_Rate, HeadBandOn, HSI_TP9 … , Battery, Elements
 *
 * RAW is µV from 0 to 1682, of which the middle is taken away; all other columns repeat the sensor's last value. TimeStamp is local time,
 * in bursts as the headband sent them. Rows with nothing but TimeStamp and Elements (`/muse/elements/blink`, `/Marker/1`) are marks; so is
 * what a row of samples has there.
 */
const rawMiddle = 1682.815 / 2;
/** Rows a second where the interval is set to "constant": all Muses since 2016, the one of 2014, its research preset. */
const rates = [256, 220, 500];
const rateTolerance = 0.1;
const rowsToLook = 3000;

/** Whether a first line is the header of a Mind Monitor file. */
export const isMindMonitor = (firstLine: string): boolean => /^TimeStamp,/.test(firstLine) && /,Elements\s*$/.test(firstLine);

const columnOf = (name: string, sfreq: number): Column | undefined => {
  const [, group = '', channel = ''] = /^(RAW|AUX|Accelerometer|Gyro|PPG)_(\w+)$/.exec(name) ?? [];
  if (group === 'RAW') return { name, channel, type: 'EEG', unit: 'uV', sfreq, convert: (value) => value - rawMiddle };
  if (group === 'AUX') return { name, channel: name, type: 'aux', unit: 'uV', sfreq, convert: (value) => value - rawMiddle };
  if (group === 'Accelerometer') return { name, channel: channel.toLowerCase(), type: 'ACC', unit: 'g', sfreq };
  if (group === 'Gyro') return { name, channel: channel.toLowerCase(), type: 'GYRO', unit: 'deg/s', sfreq };
  if (group === 'PPG') return { name, channel, type: 'PPG', unit: '', sfreq };
  if (name === 'Heart_Rate') return { name, channel: 'HR', type: 'HR', unit: 'bpm', sfreq };
  return undefined;
};

/**
 * A CSV file of Mind Monitor. Time 0 is the first row's. Throws `bad-file` where rows are too rare to be a recording (an interval of
 * seconds was chosen).
 */
export const openMindMonitor = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const [header = '', ...lines] = await firstLines(path, rowsToLook);
  const names = header.split(',').map((name) => name.trim());
  const raw = names.findIndex((name) => name.startsWith('RAW_'));
  if (raw < 0) throw new AcquireError('bad-file', `'${path}' has no RAW columns: only what they were is a recording.`);
  const fields = lines.map((line) => line.split(','));
  const times = fields.filter((row) => row.length === names.length && row[raw] !== '').map((row) => unixOfText(row[0]!));
  const startedAt = unixOfText(fields[0]?.[0] ?? '');
  const mean = burstRate(times);
  const sfreq = options.sfreq ?? nearestRate(mean, rates, rateTolerance);
  if (Number.isNaN(startedAt) || Number.isNaN(mean)) throw new AcquireError('bad-file', `'${path}' has no rows of samples with a time.`);
  if (sfreq === undefined) {
    throw new AcquireError(
      'bad-file',
      `'${path}' has ${mean.toFixed(2)} rows a second: raw EEG needs Mind Monitor's recording interval 'Constant' (${rates.join(', ')}).`,
    );
  }
  const found = names.flatMap((name, field) => {
    const column = columnOf(name, sfreq);
    return column === undefined ? [] : [{ column, field }];
  });
  const { parts, remarks } = columnSignals(
    found.map(({ column }) => column),
    'Fpz',
    options.columns,
  );
  const inFile = parts.map((part) => ({ ...part, columns: part.columns.map((c) => found[c]!.field) }));
  const isMark = (text: string) => /^[^,]*,{3,}[^,]+$/.test(text);
  return {
    name: basename(path),
    format: 'mind-monitor',
    startedAt,
    signals: inFile.map(({ signal }) => signal),
    marks: await readMarks(path, names.length, startedAt),
    blocks: (report) =>
      tableBlocks(
        {
          path,
          firstRow: 2,
          cut: (line) => line.split(','),
          nFields: names.length,
          parts: inFile,
          sfreq,
          times: 'jittery',
          time: { field: 0, secOf: (text) => unixOfText(text) - startedAt },
          isOther: isMark,
          holds: true,
          remarks,
        },
        report,
      ),
  };
};

/** Rows a second, up to the last burst: NaN where all rows have one time. */
const burstRate = (times: readonly number[]): number => {
  const last = times.indexOf(times.at(-1)!);
  return last > 0 ? last / (times[last]! - times[0]!) : Number.NaN;
};

const readMarks = async (path: string, nFields: number, startedAt: number): Promise<Mark[]> => {
  const marks: Mark[] = [];
  for await (const batch of linesOf(path)) {
    for (const { text } of batch) {
      const at = text.lastIndexOf(',');
      if (at < 0 || at === text.length - 1 || text.split(',').length < Math.min(nFields, 5)) continue;
      const said = text.slice(at + 1).trim();
      const atSec = unixOfText(text.slice(0, text.indexOf(','))) - startedAt;
      if (said !== '' && Number.isFinite(atSec) && Number.isNaN(Number(said))) marks.push({ atSec, text: said });
    }
  }
  return marks;
};
