import { type MarkMessage, markMessage } from '../message.ts';
import type { Session } from '../session.ts';
import type { Voice } from '../voice.ts';
import { type Marker, markText } from './marker.ts';

/** The marks of a running session: set from anywhere, heard by whatever publishes or records them. */
export interface SessionMarks {
  readonly set: Marker;
  /** Hears every mark, those set before it began to listen too (the last hundred of them). */
  readonly hear: (listener: (mark: MarkMessage) => void) => void;
}

const mostEarly = 100;

/**
 * Numbers the marks of a session from 0 and hands each to everybody who listens. That one was set is told, what it says is not: marks are free text, may
 * be about a person, and have no place in a log.
 */
export const sessionMarks = (session: Session, clock: () => number, voice: Pick<Voice, 'tell'>): SessionMarks => {
  const listeners: ((mark: MarkMessage) => void)[] = [];
  const early: MarkMessage[] = [];
  let seq = 0;
  return {
    set: (text, from) => {
      const atSec = clock();
      const mark = markMessage(session, seq, atSec, markText(text));
      seq += 1;
      early.push(mark);
      if (early.length > mostEarly) early.shift();
      for (const listener of listeners) listener(mark);
      voice.tell('Mark', `${atSec.toFixed(3)} s  (${from})`);
      return { atSec, text: mark.text };
    },
    hear: (listener) => {
      for (const mark of early) listener(mark);
      listeners.push(listener);
    },
  };
};
