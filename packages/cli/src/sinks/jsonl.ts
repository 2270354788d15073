import type { Writable } from 'node:stream';
import type { OpenSink } from './sink.ts';

/**
 * One JSON message a line. A reader that goes away (EPIPE) or a full disk ends this sink and nothing else.
 *
 * @param features whether feature vectors are written too, each before the estimates made of it.
 */
export const jsonl =
  (stream: Writable, features = false): OpenSink =>
  (fail) => {
    stream.on('error', (error: NodeJS.ErrnoException) => fail(explain(error)));
    const write = (message: object): void => {
      if (!stream.destroyed) stream.write(`${JSON.stringify(message)}\n`);
    };
    return {
      name: 'jsonl',
      estimate: (_, message) => write(message),
      ...(features && { vector: (_, message) => write(message) }),
      close: () => (stream.destroyed || stream.errored ? Promise.resolve() : new Promise((done) => stream.write('', () => done()))),
    };
  };

const explain = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'EPIPE') return 'its reader went away';
  if (error.code === 'ENOSPC') return 'the disk is full; free some space and start again';
  return error.message;
};
