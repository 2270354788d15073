import type { Recording } from '../files/recording.ts';
import { ignoreReports } from '../report.ts';
import { nTimesOf, type Signal } from '../signal.ts';
import { type WriteOptions, type Written, watched } from './write-options.ts';
import { xdfSignalHeader } from './xdf-signal-header.ts';
import { createXdf } from './xdf-writer.ts';

/** So much is handed to the system at once, and so much may be lost with the power, bytes. */
const flushBytes = 2 ** 20;
const syncBytes = 2 ** 25;

/**
 * Writes a recording of any format as an XDF file of decoded samples and marks, in one pass and constant memory. Samples and times are exact. The
 * header holds what the session's recorder wrote and the subject; the bytes of the links, estimates and reports of a live recording are not taken
 * along. Never overwrites; throws what `createXdf` and reading throw.
 */
export const writeXdf = async (recording: Recording, path: string, options: WriteOptions = {}): Promise<Written> => {
  const { report = ignoreReports, progress, stop } = options;
  const { startedAt, subject, session, marks = [], signals } = recording;
  const writer = await createXdf(path, {
    ...(startedAt !== undefined && { datetime: new Date(startedAt * 1000).toISOString() }),
    affect: JSON.stringify({ ...session, ...(startedAt !== undefined && { startedAt }), ...(subject !== undefined && { subject }) }),
  });
  const streams = new Map<Signal, { id: number; nSamples: number }>(
    signals.map((signal) => [signal, { id: writer.addStream(xdfSignalHeader(signal)), nSamples: 0 }]),
  );
  const markers = writer.addStream({
    name: 'markers',
    type: 'Markers',
    format: 'string',
    sfreq: 0,
    channels: [{ label: 'markers' }],
    own: { role: 'markers' },
  });
  let flushed = 0;
  let synced = 0;
  let nextMark = 0;
  let latestSec = 0;
  const markUntil = (sec: number) => {
    for (; nextMark < marks.length && marks[nextMark]!.atSec <= sec; nextMark++)
      writer.texts(markers, marks[nextMark]!.atSec, [marks[nextMark]!.text]);
  };
  const see = watched('writing', progress, stop);
  try {
    for await (const block of recording.blocks(report)) {
      see(block);
      const stream = streams.get(block.signal);
      if (stream === undefined || block.data.length === 0) continue;
      markUntil(block.tmin);
      writer.samples(stream.id, block.tmin, block.data);
      stream.nSamples += nTimesOf(block);
      latestSec = Math.max(latestSec, block.arrivedAt);
      if (writer.bytes() - flushed < flushBytes) continue;
      flushed = writer.bytes();
      if (flushed - synced < syncBytes) await writer.flush();
      else {
        synced = flushed;
        await writer.sync(latestSec);
      }
    }
    markUntil(Number.POSITIVE_INFINITY);
  } finally {
    await writer.close(latestSec);
  }
  return {
    bytes: writer.bytes(),
    signals: [...streams].map(([{ id }, { nSamples }]) => ({ id, nSamples, quantum: 0, shiftSec: 0, driftSec: 0 })),
    notes: [],
  };
};
