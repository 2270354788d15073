import { basename } from 'node:path';
import { type Hdf5, openHdf5 } from '../codecs/hdf5.ts';
import { AcquireError } from '../errors.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import type { ColumnSignal } from './column-signals.ts';
import { unixOfText } from './file-time.ts';
import { deviceParts, type OpenSignalsDevice } from './opensignals-header.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { rowBlocks } from './row-blocks.ts';

/** Rows read at once. */
const pieceRows = 8192;

/**
 * An HDF5 file of OpenSignals: a group for each device, named by its address.
 *
 *     /<address>            attributes: sampling rate, date, time, device, channels, resolution …
 *     /<address>/raw/channel_<n>   (nTimes, 1) codes; attribute or dataset sensor
 *     /<address>/raw/nSeq   (nTimes, 1)
 */
export const openOpenSignalsH5 = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const file = await openHdf5(path);
  try {
    const devices = file.names('/').map((address) => deviceOf(path, file, address));
    if (devices.length === 0) throw new AcquireError('bad-file', `'${path}' holds no device of OpenSignals.`);
    const { startedAt, sfreq } = devices[0]!;
    const { parts, remarks } = deviceParts(devices, options.columns);
    const datasets = devices.flatMap(({ datasets: own }) => own);
    return {
      name: basename(path),
      format: 'opensignals-h5',
      signals: parts.map(({ signal }) => signal),
      ...(Number.isFinite(startedAt) && { startedAt }),
      blocks: (report) => readBlocks(path, datasets, parts, sfreq, remarks, report),
    };
  } finally {
    file.close();
  }
};

const deviceOf = (path: string, file: Hdf5, address: string): OpenSignalsDevice & { datasets: string[] } => {
  const attributes = file.attributes(`/${address}`);
  const sfreq = Number(attributes['sampling rate']);
  const raw = `/${address}/raw`;
  const names = file.names(raw).filter((name) => /^channel_\d+$/.test(name));
  if (!(sfreq > 0 && sfreq < 1e6) || names.length === 0) {
    throw new AcquireError(
      'bad-file',
      `'${path}' is HDF5, but '${address}' in it is no device of OpenSignals: it has no rate, or no raw/channel_1.`,
    );
  }
  const numbers = names.map((name) => Number(name.slice(8))).sort((a, b) => a - b);
  const resolutions = [attributes.resolution].flat().map(Number);
  return {
    device: String(attributes.device ?? ''),
    sfreq,
    columns: [],
    channels: numbers.map((n, i) => {
      const own = file.attributes(`${raw}/channel_${n}`);
      const bits = Number(own.resolution ?? resolutions.at(i - numbers.length) ?? resolutions[0]);
      return { name: `channel_${n}`, sensor: String(own.sensor ?? own.label ?? 'RAW'), bits: bits > 0 && bits <= 32 ? bits : Number.NaN };
    }),
    isConverted: false,
    startedAt: unixOfText(`${attributes.date} ${attributes.time}`),
    datasets: numbers.map((n) => `${raw}/channel_${n}`),
  };
};

async function* readBlocks(
  path: string,
  datasets: readonly string[],
  parts: readonly ColumnSignal[],
  sfreq: number,
  remarks: readonly string[],
  report: Reporter,
): AsyncGenerator<SampleBlock, void> {
  for (const text of remarks) report({ kind: 'device-text', device: basename(path), text });
  const file = await openHdf5(path);
  try {
    const lengths = datasets.map((name) => file.shape(name)?.[0] ?? 0);
    const nTimes = Math.min(...lengths);
    if (lengths.some((length) => length !== nTimes))
      report({
        kind: 'damage',
        file: path,
        where: datasets[0]!,
        detail: `channels of ${lengths.join(', ')} samples`,
        lost: Math.max(...lengths) - nTimes,
      });
    const rows = rowBlocks({ parts, nColumns: datasets.length, sfreq, times: 'counted' }, report);
    const row = new Float64Array(datasets.length);
    for (let from = 0; from < nTimes; from += pieceRows) {
      const to = Math.min(nTimes, from + pieceRows);
      const columns = datasets.map((name) => file.rows(name, from, to));
      for (let t = 0; t < to - from; t++) {
        for (let c = 0; c < columns.length; c++) row[c] = columns[c]![t]!;
        rows.add(row, Number.NaN);
      }
      yield* rows.take();
    }
    rows.end();
    yield* rows.take();
  } finally {
    file.close();
  }
}
