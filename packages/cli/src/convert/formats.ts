import { extname } from 'node:path';
import { ConfigError } from '../errors.ts';

/** What a recording can be written as. */
export const outputFormats = ['edf', 'bdf', 'csv', 'parquet', 'xdf', 'bids'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** Those that are folders. */
const folders: readonly OutputFormat[] = ['csv', 'bids'];

const byExtension: Readonly<Record<string, OutputFormat>> = { '.edf': 'edf', '.bdf': 'bdf', '.parquet': 'parquet', '.xdf': 'xdf' };

/** The format that was asked for, or that the name of the output tells. Throws `ConfigError('bad-option')` where neither does, or where they differ. */
export const outputFormat = (out: string, asked: OutputFormat | undefined): OutputFormat => {
  const named = byExtension[extname(out).toLowerCase()];
  if (asked !== undefined && named !== undefined && asked !== named) {
    throw new ConfigError('bad-option', `'--to ${asked}' does not go with '${out}', which is a name for ${named}.`);
  }
  const format = asked ?? named;
  if (format !== undefined && out.endsWith('/') && !folders.includes(format)) {
    throw new ConfigError('bad-option', `'${out}' is the name of a folder, and ${format} is one file: name the file.`);
  }
  if (format !== undefined) return format;
  throw new ConfigError(
    'bad-option',
    `What is '${out}' to be? Expected a name that ends in ${Object.keys(byExtension).join(', ')}, or --to ${outputFormats.join('|')} (${folders.join(' and ')} are folders).`,
  );
};
