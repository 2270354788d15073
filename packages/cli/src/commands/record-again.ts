import { type Cut, createRecorder, playedMarks, playedSignals, type Recorder, type Recording } from '@affect-edge/acquire';
import type { ModelCard } from '@affect-edge/models';
import type { Session } from '../session.ts';

export interface RecordAgainOptions {
  readonly session: Session;
  readonly computed: { readonly hopSec: number; readonly cards: readonly ModelCard[] };
  readonly cut: Cut;
  /** How far the replay is, s. */
  readonly clock: () => number;
  readonly onFailure: (error: unknown) => void;
}

/**
 * A new recording of what is replayed: its samples, the estimates made of them now and the marks of the stretch, each once however often it is played.
 * There are no links, so it holds no bytes of sensors. Throws what `createRecorder` throws.
 */
export const recordAgain = async (path: string, recordings: readonly Recording[], options: RecordAgainOptions): Promise<Recorder> => {
  const { session, computed, cut, clock, onFailure } = options;
  const { fromSec = Number.NEGATIVE_INFINITY, toSec = Number.POSITIVE_INFINITY } = cut;
  const about = recordings[0].session ?? {};
  const kept = Object.fromEntries(['subject', 'session', 'notes', 'consent'].flatMap((key) => (key in about ? [[key, about[key]]] : [])));
  const recorder = await createRecorder(path, {
    sources: [],
    signals: playedSignals(recordings),
    clock,
    onFailure,
    ...(session.startUnixSec !== undefined && { startedAt: session.startUnixSec }),
    session: {
      ...(recordings.length === 1 && recordings[0].subject !== undefined && { subject: recordings[0].subject }),
      ...(recordings.length === 1 && kept),
      ...session,
      computed: { hopSec: computed.hopSec, models: computed.cards.map(({ name, sha256 }) => [name, sha256]) },
    },
  });
  for (const { atSec, text } of playedMarks(recordings)) if (atSec >= fromSec && atSec < toSec) recorder.mark(atSec, text);
  return recorder;
};
