import { basename } from 'node:path';
import { AcquireError } from '../errors.ts';
import { deviceParts, headerDevices, type OpenSignalsDevice } from './opensignals-header.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { firstLines } from './table-head.ts';
import { tableBlocks } from './text-table.ts';

/** Whether a first line is that of an OpenSignals text file. */
export const isOpenSignalsText = (firstLine: string): boolean => /^#\s*OpenSignals Text File Format/.test(firstLine);

const maxHeaderLines = 10;

/**
 * A text file of OpenSignals (PLUX biosignalsplux, RespiBAN, BITalino): a line of JSON that describes the devices, then tab-separated rows.
 *
 *     # OpenSignals Text File Format [. Version 1]
 *     # {"00:07:80:79:6F:DB": {"sensor": ["ECG"], "column": ["nSeq", "DI", "CH1"], "sampling rate": 1000, "resolution": [16], "device": …, "date": …, "time": …}}
 *     # EndOfHeader
 *     0    0    32948
 *
 * nSeq counts rows: modulo 16 from a BITalino, elsewhere by what the device can; a jump is a gap. Digital lines are not read. Codes become
 * units as `opensignals-header.ts` says; several devices share the rows, one's columns after the other's.
 */
export const openOpenSignalsText = async (path: string, options: RecordingOptions = {}): Promise<Recording> => {
  const lines = await firstLines(path, maxHeaderLines);
  const end = lines.findIndex((line) => /^#\s*EndOfHeader/.test(line));
  const json = lines.find((line) => /^#\s*\{/.test(line));
  if (end < 0 || json === undefined)
    throw new AcquireError('bad-file', `'${path}' is no OpenSignals file: expected a line of JSON and '# EndOfHeader'.`);
  const devices = headerDevices(path, json.replace(/^#\s*/, ''));
  const { sfreq } = devices[0]!;
  if (devices.some((device) => device.sfreq !== sfreq))
    throw new AcquireError('bad-file', `'${path}' holds devices of different rates in one row.`);
  const fields = fieldsOf(path, devices);
  const { parts, remarks } = deviceParts(devices, options.columns);
  const inFile = parts.map((part) => ({ ...part, columns: part.columns.map((c) => fields.channels[c]!) }));
  const { startedAt, device, isConverted } = devices[0]!;
  const hasCounter = !isConverted && devices[0]!.columns[0] === 'nSeq';
  return {
    name: basename(path),
    format: 'opensignals-text',
    signals: inFile.map(({ signal }) => signal),
    ...(Number.isFinite(startedAt) && { startedAt }),
    blocks: (report) =>
      tableBlocks(
        {
          path,
          firstRow: end + 2,
          cut: (line) => line.split('\t'),
          nFields: fields.count,
          parts: inFile,
          sfreq,
          times: 'counted',
          ...(hasCounter && { counter: { field: 0, ...(/^bitalino/i.test(device) && { modulus: 16 }) } }),
          isOther: (text) => text.startsWith('#'),
          remarks,
        },
        report,
      ),
  };
};

/** Which field each channel is, all devices in turn, and how many fields a row has. */
const fieldsOf = (path: string, devices: readonly OpenSignalsDevice[]): { count: number; channels: number[] } => {
  let count = 0;
  const channels: number[] = [];
  for (const { columns, channels: own } of devices) {
    if (columns.length < own.length || own.length === 0)
      throw new AcquireError('bad-file', `'${path}' describes ${own.length} channels in ${columns.length} columns.`);
    for (let i = 0; i < own.length; i++) channels.push(count + columns.length - own.length + i);
    count += columns.length;
  }
  return { count, channels };
};
