import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { nTimesOf, type SampleBlock, type Signal } from '../signal.ts';
import { cannotWrite } from './new-file.ts';
import type { SignalSurvey } from './recording-survey.ts';

/** The name of a column: the kind of signal and the channel, in the letters BIDS takes. */
export const physioColumn = ({ kind }: Signal, channel: string): string => {
  const word = channel
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  const type = kind.replace('-', '_');
  return word === '' ? type : word === type || word.startsWith(`${type}_`) ? word : `${type}_${word}`;
};

/** A physio file that is being written. */
export interface Physio {
  readonly add: (block: SampleBlock) => Promise<void>;
  /** Gives the bytes of the file. */
  readonly close: () => Promise<number>;
}

/** A physio file: a line a sample without a head, gzip; a lost sample is a line of n/a. */
export const bidsPhysio = ({ signal, origin }: SignalSurvey, path: string): Physio => {
  const file = createWriteStream(path, { flags: 'wx' });
  const zipped: Gzip = createGzip();
  zipped.pipe(file);
  const done = finished(file);
  const failed = new AbortController();
  done.catch(() => failed.abort()); // told by `close`
  const nChannels = signal.montage.channels.length;
  const missing = `${Array(nChannels).fill('n/a').join('\t')}\n`;
  let next = 0;
  /** A file that takes nothing any more never drains. */
  const put = async (text: string) => {
    if (!zipped.write(text)) await once(zipped, 'drain', { signal: failed.signal });
  };
  return {
    add: async (block) => {
      const index = block.firstSample - origin;
      const nTimes = nTimesOf(block);
      let text = '';
      for (; next < index; next++) {
        text += missing;
        if (text.length > 2 ** 20) {
          await put(text);
          text = '';
        }
      }
      for (let t = next - index; t < nTimes; t++, next++) {
        for (let c = 0; c < nChannels; c++) {
          const value = block.data[c * nTimes + t]!;
          text += `${c > 0 ? '\t' : ''}${Number.isFinite(value) ? value : 'n/a'}`;
        }
        text += '\n';
      }
      if (text !== '') await put(text);
    },
    close: async () => {
      zipped.end();
      await done.catch((cause) => {
        throw cannotWrite(path, cause);
      });
      return file.bytesWritten;
    },
  };
};
