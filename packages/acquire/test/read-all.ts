import { openRecording } from '../src/files/index.ts';
import type { RecordingOptions } from '../src/files/recording.ts';
import type { Report } from '../src/report.ts';
import { nTimesOf, type SampleBlock } from '../src/signal.ts';

/** Everything a recording gives, and ways to look at it. */
export const readAll = async (path: string, options: RecordingOptions = {}) => {
  const recording = await openRecording(path, options);
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  for await (const block of recording.blocks((report) => reports.push(report))) blocks.push(block);
  const of = (id: string) => blocks.filter(({ signal }) => signal.id === id);
  return {
    recording,
    blocks,
    reports,
    of,
    /** Samples of one channel, one block after the other. */
    values: (id: string, c = 0) => of(id).flatMap((block) => [...block.data.subarray(c * nTimesOf(block), (c + 1) * nTimesOf(block))]),
    count: (id: string) => of(id).reduce((sum, block) => sum + nTimesOf(block), 0),
    gaps: reports.flatMap((report) => (report.kind === 'gap' ? [[report.signal, report.beforeSample, report.lost]] : [])),
    damages: reports.flatMap((report) => (report.kind === 'damage' ? [`${report.where}: ${report.detail}`] : [])),
    texts: reports.flatMap((report) => (report.kind === 'device-text' ? [report.text] : [])),
  };
};
