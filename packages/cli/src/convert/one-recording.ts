import { type Recording, type RecordingOptions, recordingsOf } from '@affect-edge/acquire';
import type { Command } from 'commander';
import { several } from '../config.ts';
import { ConfigError } from '../errors.ts';

/** What a person may have to say of a file that does not say it itself. */
export interface ReadingOptions {
  readonly column?: readonly (readonly [name: string, kind: string])[];
  readonly channels?: readonly string[];
  readonly rate?: number;
}

/** Adds the options of `ReadingOptions` to a verb. */
export const readingOptions = (command: Command): Command =>
  command
    .option(
      '--column <name=kind>',
      "what a column or channel of the file is: 'GSR=eda µS', 'A1=eeg µV', 'Light=ignore' (may be given several times)",
      several(columnKind),
    )
    .option('--channels <names>', 'names of the electrodes, separated by commas', (text) => text.split(',').map((name) => name.trim()))
    .option('--rate <hertz>', 'samples a second, where the file does not say', hertz);

/** `GSR=eda µS`. */
const columnKind = (text: string): readonly [string, string] => {
  const at = text.lastIndexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new ConfigError('bad-option', `Option --column: expected '<name>=<kind> <unit>' such as 'GSR=eda µS', got '${text}'.`);
  return [text.slice(0, at), text.slice(at + 1)];
};

const hertz = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value < 1e6))
    throw new ConfigError('bad-option', `Option --rate: expected a number of samples a second, got '${text}'.`);
  return value;
};

/** What a person said of a file, for its reader. */
export const saidOf = ({ column, channels, rate }: ReadingOptions): RecordingOptions => ({
  ...(column !== undefined && { columns: Object.fromEntries(column) }),
  ...(channels !== undefined && { channels }),
  ...(rate !== undefined && { sfreq: rate }),
});

/** The one recording that these files are: a file, a folder, or all parts of a split session. Throws `ConfigError('bad-option')` for several. */
export const oneRecording = async (paths: readonly string[], options: ReadingOptions): Promise<Recording> => {
  const [recording, ...others] = await recordingsOf(paths, saidOf(options));
  if (recording !== undefined && others.length === 0) return recording;
  throw new ConfigError('bad-option', `Expected one recording (or all parts of one), got ${others.length + 1}: one at a time.`);
};
