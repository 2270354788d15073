import type { Reporter } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { openRecording } from './index.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { decodeXdfRaw, rawSources, rawStream } from './xdf-raw.ts';
import { surveyXdf } from './xdf-survey.ts';

/**
 * Opens recordings, the parts of one split recording of ours as the one session they are, whatever order they are named in. Throws what `openRecording`
 * throws.
 */
export const recordingsOf = async (paths: readonly string[], options: RecordingOptions = {}): Promise<Recording[]> => {
  const groups = new Map<string, { readonly path: string; readonly recording: Recording }[]>();
  for (const [i, path] of paths.entries()) {
    const recording = await openRecording(path, options);
    const key = partOf(recording) === undefined ? `${i}` : `session ${recording.session?.id}`;
    groups.set(key, [...(groups.get(key) ?? []), { path, recording }]);
  }
  return Promise.all([...groups.values()].map((parts) => (parts.length === 1 ? parts[0]!.recording : joined(parts, options))));
};

const partOf = ({ session }: Recording): number | undefined =>
  typeof session?.part === 'number' && typeof session.id === 'string' ? session.part : undefined;

/** All parts of a session as one recording: their bytes through the same decoders, or, where a part is missing, their samples one after the other. */
const joined = async (
  unordered: readonly { readonly path: string; readonly recording: Recording }[],
  { decoded = false }: RecordingOptions,
): Promise<Recording> => {
  const parts = unordered.toSorted((a, b) => partOf(a.recording)! - partOf(b.recording)!);
  const first = parts[0]!.recording;
  const marks = parts.flatMap(({ recording }) => recording.marks ?? []);
  const surveys = await Promise.all(parts.map(({ path }) => surveyXdf(path)));
  const isWhole = parts.every(({ recording }, i) => partOf(recording) === i + 1);
  const sources = decoded || !isWhole ? undefined : rawSources(surveys[0]!);
  const streams = surveys.map(rawStream);
  const together = {
    ...first,
    name: `${first.name} and ${parts.length - 1} more`,
    ...(marks.length > 0 && { marks }),
  };
  if (sources === undefined || streams.some((stream) => stream === undefined)) {
    return {
      ...together,
      blocks: (report) =>
        inTurn(
          parts.map(({ recording }) => recording),
          report,
        ),
    };
  }
  const raw = parts.map(({ path }, i) => ({
    path,
    stream: streams[i]!,
    goesOn: i > 0,
  }));
  return {
    ...together,
    signals: sources.flatMap(({ device }) => device.signals),
    blocks: async function* (report) {
      for (const { path, damages } of surveys)
        for (const { offset, bytes, detail } of damages)
          report({ kind: 'damage', file: path, where: `byte ${offset}`, detail: `${detail} (${bytes} bytes)`, lost: 1 });
      yield* decodeXdfRaw(raw, sources, report);
    },
  };
};

/** The blocks of recordings that share their time, one recording after the other; what is missing between two is a gap. */
async function* inTurn(recordings: readonly Recording[], report: Reporter): AsyncGenerator<SampleBlock, void> {
  const signals = new Map(recordings[0]!.signals.map((signal) => [signal.id, signal]));
  const ends = new Map<string, { readonly sample: number; readonly sec: number }>();
  for (const recording of recordings) {
    const shifts = new Map<string, number>();
    for await (const block of recording.blocks(report)) {
      const signal = signals.get(block.signal.id) ?? block.signal;
      const before = ends.get(signal.id);
      if (!shifts.has(signal.id)) {
        const missing = before === undefined || signal.sfreq === 0 ? 0 : Math.max(0, Math.round((block.tmin - before.sec) * signal.sfreq));
        const firstSample = before === undefined ? block.firstSample : before.sample + missing;
        if (missing > 0)
          report({ kind: 'gap', signal: signal.id, lost: missing, exact: false, beforeSample: firstSample, atSec: block.tmin });
        shifts.set(signal.id, firstSample - block.firstSample);
      }
      const firstSample = block.firstSample + shifts.get(signal.id)!;
      const nTimes = nTimesOf(block);
      ends.set(signal.id, { sample: firstSample + nTimes, sec: block.tmin + (signal.sfreq > 0 ? nTimes / signal.sfreq : 0) });
      yield { ...block, signal, firstSample };
    }
  }
}
