import { type Recording, type WriteOptions, type Written, writeBids, writeCsv, writeEdf, writeXdf } from '@affect-edge/acquire';
import type { OutputFormat } from './formats.ts';

/** What the formats may be told. */
export interface FormatOptions {
  readonly hop: number;
  readonly feature?: readonly string[];
  readonly subject?: string;
  readonly session?: string;
  readonly task?: string;
  readonly mains?: number;
}

/** Writes a recording in a format under a new path. */
export const writeAs = async (
  format: OutputFormat,
  recording: Recording,
  path: string,
  options: FormatOptions,
  how: WriteOptions,
): Promise<Written> => {
  switch (format) {
    case 'edf':
      return writeEdf(recording, path, { ...how, bits: 16 });
    case 'bdf':
      return writeEdf(recording, path, { ...how, bits: 24 });
    case 'csv':
      return writeCsv(recording, path, how);
    case 'xdf':
      return writeXdf(recording, path, how);
    case 'bids': {
      const { subject, session, task, mains } = options;
      return writeBids(recording, path, {
        ...how,
        ...(subject !== undefined && { subject }),
        ...(session !== undefined && { session }),
        ...(task !== undefined && { task }),
        ...(mains !== undefined && { powerLineHz: mains }),
      });
    }
    case 'parquet': {
      const { writeParquet } = await import('./parquet.ts');
      return writeParquet(recording, path, {
        ...how,
        hopSec: options.hop,
        ...(options.feature !== undefined && { features: options.feature }),
      });
    }
  }
};
