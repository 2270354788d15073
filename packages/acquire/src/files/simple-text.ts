import { basename } from 'node:path';
import { AcquireError } from '../errors.ts';
import { columnSignals } from './column-signals.ts';
import { unixOfText } from './file-time.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { firstLines } from './table-head.ts';
import { tableBlocks } from './text-table.ts';

const maxHeaderLines = 40;

/**
 * BioSPPy's "Simple Text Format": comment lines, then a row a sample, columns separated by blanks.
 *
 *     # Simple Text Format
 *     # Sampling Rate (Hz):= 1000.00
 *     # Resolution:= 12          where the numbers are codes of a converter
 *     # Date:= 2021-07-18T23:58:26.361264
 *     # Labels:= EDA
 *
 * The format knows no units: a column labelled EDA is auxiliary until `options.columns` declares it (`{ EDA: 'eda µS' }`). Converter codes
 * are never µS.
 */
export const openSimpleText = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const lines = await firstLines(path, maxHeaderLines);
  const nHeader = lines.findIndex((line) => !line.startsWith('#'));
  const header = new Map(
    lines.slice(0, nHeader < 0 ? lines.length : nHeader).flatMap((line) => {
      const at = line.indexOf(':=');
      return at < 0 ? [] : [[line.slice(1, at).trim().toLowerCase(), line.slice(at + 2).trim()] as const];
    }),
  );
  const sfreq = options.sfreq ?? Number(header.get('sampling rate (hz)') ?? 'NaN');
  if (!(sfreq > 0 && sfreq < 1e6)) throw new AcquireError('bad-file', `'${path}' has no line '# Sampling Rate (Hz):= …': say the rate.`);
  const first = lines[nHeader]?.trim().split(/\s+/) ?? [];
  if (nHeader < 0 || first.length === 0 || first[0] === '') throw new AcquireError('bad-file', `'${path}' holds no samples.`);
  const labels = (header.get('labels') ?? '').split(/[\t,;]+| {2,}/).filter((label) => label !== '');
  const columns = first.map((_, c) => {
    const name = labels[c] ?? `${c + 1}`;
    return { name, channel: name, type: name, unit: '', sfreq };
  });
  const { parts, remarks } = columnSignals(columns, 'n/a', options.columns);
  const startedAt = unixOfText(header.get('date') ?? '');
  const resolution = header.get('resolution');
  return {
    name: basename(path),
    format: 'simple-text',
    signals: parts.map(({ signal }) => signal),
    ...(Number.isFinite(startedAt) && { startedAt }),
    blocks: (report) =>
      tableBlocks(
        {
          path,
          firstRow: nHeader + 1,
          cut: (line) => line.trim().split(/\s+/),
          nFields: first.length,
          parts,
          sfreq,
          times: 'counted',
          isOther: (text) => text.startsWith('#'),
          remarks: [
            ...remarks,
            ...(resolution === undefined ? [] : [`the numbers are codes of a converter of ${resolution} bits, in no unit`]),
          ],
        },
        report,
      ),
  };
};
