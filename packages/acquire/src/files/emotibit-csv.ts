import { basename } from 'node:path';
import { type OperatorFunction, Subject } from 'rxjs';
import { emotibitLine } from '../codecs/emotibit-line.ts';
import { emotibit } from '../devices/emotibit.ts';
import { AcquireError } from '../errors.ts';
import type { Chunk } from '../link.ts';
import type { Reporter } from '../report.ts';
import type { SampleBlock } from '../signal.ts';
import { linesOf } from './lines.ts';
import type { Recording } from './recording.ts';

const maxHead = 50;

/** Whether a first line is one of an EmotiBit's SD card (line numbers begin anywhere: the card starts in the middle of a run). */
export const isEmotibitCsv = (firstLine: string): boolean => emotibitLine(firstLine) !== undefined;

/**
 * An EmotiBit's SD-card file: the very lines it sends over WiFi (`devices/emotibit.ts`), decoded by the same decoder, a line arriving at the
 * device's own time of it. Time 0 is the first line's. The card knows local time only, so there is no `startedAt`. A damaged line is
 * reported, and leaves a hole like one lost on the air.
 */
export const openEmotibitCsv = async (path: string): Promise<Recording> => {
  const device = emotibit.create({ temperature: await thermometerOf(path) });
  return {
    name: basename(path),
    format: 'emotibit-csv',
    signals: device.signals,
    blocks: (report) => readBlocks(path, device.decode(report), report),
  };
};

/** Which thermometer the first lines tell of; throws `bad-file` where they are not of an EmotiBit. */
const thermometerOf = async (path: string): Promise<string> => {
  let isEmotibit = false;
  for await (const batch of linesOf(path)) {
    for (const { text, number } of batch) {
      const tag = emotibitLine(text)?.tag;
      isEmotibit ||= tag !== undefined;
      if (tag === 'T1' || tag === 'TH' || tag === 'T0') return tag;
      if (number >= maxHead) break;
    }
    break;
  }
  if (isEmotibit) return 'T1';
  throw new AcquireError('bad-file', `'${path}' is no EmotiBit file: expected lines such as 47076,4106,2,EA,1,100,1.79,1.79.`);
};

async function* readBlocks(
  path: string,
  decode: OperatorFunction<Chunk, SampleBlock>,
  report: Reporter,
): AsyncGenerator<SampleBlock, void> {
  const chunks = new Subject<Chunk>();
  const blocks: SampleBlock[] = [];
  let given = Number.NEGATIVE_INFINITY;
  const reading = chunks.pipe(decode).subscribe((block) => {
    // where the device sends in seconds what it had kept back, samples seem to come before their time
    given = Math.max(given, block.arrivedAt, block.tmin);
    blocks.push({ ...block, arrivedAt: given });
  });
  let first = Number.NaN;
  let newest = Number.NEGATIVE_INFINITY;
  let together = ''; // lines since the newest stamp
  const give = () => {
    if (together !== '') chunks.next({ endpoint: '', arrivedAt: (newest - first) / 1000, bytes: new TextEncoder().encode(together) });
    together = '';
  };

  try {
    for await (const batch of linesOf(path)) {
      for (const { text, number } of batch) {
        const line = emotibitLine(text);
        if (line === undefined) {
          const detail =
            text === '' ? 'expected a line of EmotiBit data, got none' : `expected a line of EmotiBit data, got '${text.slice(0, 60)}'`;
          report({ kind: 'damage', file: path, where: `line ${number}`, detail, lost: 1 });
          continue;
        }
        if (Number.isNaN(first)) first = line.stamp;
        if (line.stamp > newest) {
          give();
          newest = line.stamp;
        }
        together += `${text}\n`;
      }
      yield* blocks;
      blocks.length = 0;
    }
    give();
    chunks.complete();
    yield* blocks;
  } finally {
    reading.unsubscribe();
  }
}
