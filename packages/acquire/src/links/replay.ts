import { Observable, type Subscriber } from 'rxjs';
import { AcquireError } from '../errors.ts';
import { type RawEvent, rawStream, xdfRawEvents } from '../files/xdf-raw.ts';
import { surveyXdf } from '../files/xdf-survey.ts';
import type { Chunk, Link } from '../link.ts';
import { didYouMean } from '../names.ts';

/** How a recording is played; the query part of the address sets the same by the same names. */
interface ReplayAddress {
  readonly path: string;
  /** Which of the session's links, counted from 0. */
  readonly link: number;
  /** Recorded seconds a second, or as fast as it goes. */
  readonly speed: number | 'max';
}

/** One player for all links of a session (they share its clock) that replay one file: their chunks keep the order in which they arrived. */
const players = new WeakMap<() => number, Map<string, Player>>();

/** How long a link that was lost may stay so before the player gives up and lets go of the file. */
const reopenWithinMs = 60_000;

interface Player {
  /** Hands the chunks of one link to a subscriber; plays once somebody listens, until nobody does. Gives what ends it. */
  readonly listen: (link: number, subscriber: Subscriber<Chunk>) => () => void;
}

/**
 * `replay:FILE?link=1&speed=max`: the bytes that link gave when the session was recorded, in the chunks and at the session times they arrived.
 * `link` counts the recording's sources from 0 (0 when absent), `speed` is recorded seconds a second (1 when absent) or `max`. Where the connection was
 * lost, or was given up for a new one, the link errors with `link-lost`, and the whole session waits until it is opened again. It completes when
 * the recording ends. Opening the file errors with `not-found`, `no-permission`, `bad-file`; `bad-option` where it holds no bytes of such a link, `busy` where
 * somebody listens to it already.
 */
export const replayLink = (uri: string, clock: () => number): Link => {
  const address = readAddress(uri);
  return {
    uri,
    open: () =>
      new Observable<Chunk>((subscriber) => {
        const ofSession = players.get(clock) ?? new Map<string, Player>();
        players.set(clock, ofSession);
        const key = `${address.path}\n${address.speed}`;
        const player = ofSession.get(key) ?? createPlayer(address, () => ofSession.delete(key));
        ofSession.set(key, player);
        return player.listen(address.link, subscriber);
      }),
  };
};

const createPlayer = ({ path, speed }: ReplayAddress, onEnd: () => void): Player => {
  const listeners = new Map<number, Subscriber<Chunk>>();
  /** Links that were heard and lost their connection: they are waited for. */
  const awaited = new Set<number>();
  /** Links that somebody listened to, and whether they have given bytes since. */
  const heard = new Map<number, boolean>();
  let wake: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  let over = false;

  const pause = (ms: number) =>
    new Promise<void>((done) => {
      wake = done;
      timer = setTimeout(done, ms);
    });
  const give = ({ link, event, chunk }: RawEvent) => {
    const listener = listeners.get(link);
    // a connection that fell silent was given up for a new one without a loss
    const isAnew = event === 'open' && heard.has(link) && (listener === undefined || heard.get(link) === true);
    if (listener === undefined && !isAnew) return;
    if (event === 'bytes') {
      heard.set(link, true);
      listener?.next(chunk);
    }
    if (event === 'end') {
      heard.delete(link);
      listener?.complete();
    }
    if (event !== 'lost' && !isAnew) return;
    awaited.add(link);
    listener?.error(new AcquireError('link-lost', `The connection of link ${link} was lost here when '${path}' was recorded.`));
  };
  /** Waits for the links that were lost; false where nobody wants the rest. */
  const reopened = async (): Promise<boolean> => {
    await pause(reopenWithinMs);
    clearTimeout(timer);
    for (const link of awaited) heard.delete(link); // nobody wants that one any more
    awaited.clear();
    return listeners.size > 0;
  };
  const play = async () => {
    const survey = await surveyXdf(path);
    const stream = rawStream(survey);
    const nLinks = stream?.own?.role === 'raw' ? stream.own.sources.length : 0;
    for (const [link, listener] of listeners) {
      if (link < nLinks) continue;
      listener.error(
        new AcquireError('bad-option', `'${path}' holds the bytes of ${nLinks} links: expected one counted from 0, got ${link}.`),
      );
    }
    if (stream === undefined) return;
    let startedAt = Number.NaN;
    for await (const events of xdfRawEvents(path, stream)) {
      for (const event of events) {
        if (awaited.size > 0) {
          const before = performance.now();
          if (!(await reopened())) return;
          startedAt += performance.now() - before;
        }
        if (speed !== 'max') {
          const dueMs = (event.chunk.arrivedAt / speed) * 1000;
          if (Number.isNaN(startedAt)) startedAt = performance.now() - dueMs;
          const aheadMs = dueMs - (performance.now() - startedAt);
          if (aheadMs > 1) await pause(aheadMs);
        }
        if (over) return;
        give(event);
      }
      await new Promise((done) => setImmediate(done)); // others get their turn
    }
    if (awaited.size > 0) await reopened(); // to hear of the end, not to begin again
  };
  const stop = () => {
    over = true;
    onEnd();
    clearTimeout(timer);
    wake?.();
  };
  const run = () =>
    play().then(
      () => {
        stop();
        for (const listener of listeners.values()) listener.complete();
      },
      (error: unknown) => {
        stop();
        for (const listener of listeners.values()) listener.error(error);
      },
    );

  return {
    listen: (link, subscriber) => {
      if (listeners.has(link)) {
        subscriber.error(
          new AcquireError('busy', `Link ${link} of '${path}' is in use by another sensor of this session: name another with '?link='.`),
        );
        return () => {};
      }
      listeners.set(link, subscriber);
      heard.set(link, false);
      if (awaited.delete(link) && awaited.size === 0) wake?.();
      // the other links of the session are opened in this same turn
      if (!started) setImmediate(() => !over && run());
      started = true;
      return () => {
        listeners.delete(link);
        if (listeners.size === 0 && awaited.size === 0 && !over) stop();
      };
    },
  };
};

const readAddress = (uri: string): ReplayAddress => {
  const [path = '', query = ''] = uri.slice(uri.indexOf(':') + 1).split('?');
  if (path === '') throw new AcquireError('bad-uri', `Which recording? Expected 'replay:<file>', got '${uri}'.`);
  const given = new URLSearchParams(query);
  const known = ['link', 'speed'];
  for (const key of given.keys()) {
    if (!known.includes(key)) {
      throw new AcquireError(
        'bad-uri',
        `'${uri}' has an unknown setting '${key}'. Known are ${known.join(', ')}.${didYouMean(key, known)}`,
      );
    }
  }
  const link = Number(given.get('link') ?? 0);
  if (!Number.isInteger(link) || link < 0) {
    throw new AcquireError('bad-uri', `'link' in '${uri}': expected a number from 0, got '${given.get('link')}'.`);
  }
  const said = given.get('speed') ?? '1';
  const speed = said === 'max' ? said : Number(said);
  if (speed !== 'max' && !(speed > 0 && speed < Number.POSITIVE_INFINITY)) {
    throw new AcquireError('bad-uri', `'speed' in '${uri}': expected 'max' or a number above 0, got '${said}'.`);
  }
  return { path, link, speed };
};
