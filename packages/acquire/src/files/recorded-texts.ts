import { surveyXdf, xdfSamples } from './xdf-survey.ts';

/** Something that was written down while a session was recorded. */
export interface RecordedText {
  /** Session time, s. */
  readonly atSec: number;
  /** A marker's words; the JSON of an estimate's message or of a `Report`. */
  readonly text: string;
}

/**
 * The texts of one of our recordings, in the order they were written: markers, estimates as they were published live, or reports. Nothing for a
 * recording that holds none. Throws what `openRecording` throws.
 */
export async function* recordedTexts(path: string, role: 'markers' | 'estimates' | 'reports'): AsyncGenerator<RecordedText, void> {
  const { streams } = await surveyXdf(path);
  for (const stream of streams) {
    if (stream.stream.own?.role !== role) continue;
    for await (const { times, texts } of xdfSamples(path, stream)) {
      for (let t = 0; t < times.length; t++) yield { atSec: times[t]!, text: texts[t]! };
    }
  }
}
