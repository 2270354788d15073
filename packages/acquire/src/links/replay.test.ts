import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, Subject, toArray } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import { acquire } from '../acquire.ts';
import { AcquireError } from '../errors.ts';
import { openRecording } from '../files/index.ts';
import { rawSources, rawStream, xdfRawEvents } from '../files/xdf-raw.ts';
import { surveyXdf } from '../files/xdf-survey.ts';
import { findDevice } from '../find-device.ts';
import type { Chunk, Link, Wire } from '../link.ts';
import { sessionClock } from '../open-link.ts';
import type { SampleBlock } from '../signal.ts';
import { createRecorder } from '../writers/recorder.ts';
import { replayLink } from './replay.ts';

const path = fileURLToPath(new URL('../../test/recordings/xdf/recorded.xdf', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const wire: Wire = { endpoints: [''], start: [], stop: [] };
const recorded = async () => {
  const chunks: { link: number; chunk: Chunk }[] = [];
  for await (const events of xdfRawEvents(path, rawStream(await surveyXdf(path))!))
    for (const { link, event, chunk } of events) if (event === 'bytes') chunks.push({ link, chunk });
  return chunks;
};
/** What all links of one session give, in the order they give it. */
const together = async (links: readonly Link[]) => {
  const heard: { link: number; chunk: Chunk }[] = [];
  await Promise.all(
    links.map(
      (one, link) =>
        new Promise<void>((done, fail) =>
          one.open(wire).subscribe({ next: (chunk) => heard.push({ link, chunk }), error: fail, complete: done }),
        ),
    ),
  );
  return heard;
};
/** A session of so many links that is being recorded. */
const sessionOf = async (name: string, nLinks: number) => {
  const path = join(folder, name);
  const options = { unit: 'microsiemens', format: 'integer', sfreq: 4 };
  const source = { device: 'gsr-lines', options, uri: '', made: findDevice('gsr-lines').create(options) };
  let now = 0;
  const recorder = await createRecorder(path, { sources: new Array(nLinks).fill(source), startedAt: 0, clock: () => now });
  const open = (index: number, chunks$: Subject<Chunk>) =>
    recorder
      .recorded(index, { uri: '', open: () => chunks$ })
      .open(wire)
      .subscribe({ error: () => {} });
  const say = (chunks$: Subject<Chunk>, value: number) => chunks$.next({ endpoint: '', arrivedAt: ++now, bytes: Uint8Array.of(value) });
  return { path, recorder, open, say };
};
/** Replays it in one session: `listen` gives the error a link ends with, or `complete`. */
const listenTo = (path: string) => {
  const clock = sessionClock();
  const heard: string[] = [];
  const listen = (link: number) =>
    new Promise<unknown>((done) =>
      replayLink(`replay:${path}?link=${link}&speed=max`, clock)
        .open(wire)
        .subscribe({ next: ({ bytes }) => heard.push(`${link}: ${bytes[0]}`), error: done, complete: () => done('complete') }),
    );
  return { heard, listen };
};

describe('replay:', () => {
  it.each(['max', '50'])('gives the chunks of both links in the order in which they arrived, at speed %s', async (speed) => {
    const clock = sessionClock();
    const heard = await together([0, 1].map((link) => replayLink(`replay:${path}?link=${link}&speed=${speed}`, clock)));
    expect(heard).toEqual(await recorded());
    expect(heard.length).toBeGreaterThan(100);
  });

  it('through acquire gives the blocks of the recording', async () => {
    const [source] = rawSources(await surveyXdf(path))!;
    const live = await lastValueFrom(acquire(source!.device, replayLink(`replay:${path}?speed=max`, sessionClock())).pipe(toArray()));
    const read: SampleBlock[] = [];
    for await (const block of (await openRecording(path)).blocks(() => {})) if (block.signal.id !== 'eda') read.push(block);
    expect(live.map(({ tmin, firstSample, data }) => [tmin, firstSample, data])).toEqual(
      read.map(({ tmin, firstSample, data }) => [tmin, firstSample, data]),
    );
  });

  it('is busy for a second listener, and the first hears all the same', async () => {
    const { path, recorder, open, say } = await sessionOf('twice.xdf', 1);
    const chunks$ = new Subject<Chunk>();
    open(0, chunks$);
    say(chunks$, 7);
    await recorder.close();
    const { heard, listen } = listenTo(path);
    const [first, second] = await Promise.all([listen(0), listen(0)]);
    expect(second).toMatchObject({ code: 'busy', message: expect.stringContaining("name another with '?link='") });
    expect([first, heard]).toEqual(['complete', ['0: 7']]);
  });

  it('can be played again by the same session', async () => {
    const link = replayLink(`replay:${path}?speed=max`, sessionClock());
    expect(await lastValueFrom(link.open(wire).pipe(toArray()))).toEqual(await lastValueFrom(link.open(wire).pipe(toArray())));
  });

  it('is lost where the connection was, and the others wait until it is opened again', async () => {
    const { path: file, recorder, open, say } = await sessionOf('lost.xdf', 2);
    const [a, b, bAgain] = [new Subject<Chunk>(), new Subject<Chunk>(), new Subject<Chunk>()];
    open(0, a);
    open(1, b);
    say(a, 1);
    b.error(new AcquireError('link-lost', 'gone'));
    say(a, 2);
    open(1, bAgain);
    say(bAgain, 3);
    bAgain.complete();
    await recorder.close();

    const { heard, listen } = listenTo(file);
    const first = listen(0);
    expect(await listen(1)).toMatchObject({ code: 'link-lost' });
    expect(heard).toEqual(['0: 1']);
    expect(await Promise.all([first, listen(1)])).toEqual(['complete', 'complete']);
    expect(heard).toEqual(['0: 1', '0: 2', '1: 3']);
  });

  it('that was lost to the end is not played from the beginning again: it hears of the end', async () => {
    const { path: file, recorder, open, say } = await sessionOf('lost-to-the-end.xdf', 2);
    const [a, b] = [new Subject<Chunk>(), new Subject<Chunk>()];
    open(0, a);
    open(1, b);
    say(a, 1);
    say(b, 2);
    b.error(new AcquireError('link-lost', 'gone'));
    await recorder.close();

    const { heard, listen } = listenTo(file);
    const first = listen(0);
    expect(await listen(1)).toMatchObject({ code: 'link-lost' });
    expect(await Promise.all([first, listen(1)])).toEqual(['complete', 'complete']);
    expect(heard).toEqual(['0: 1', '1: 2']);
  });

  it('is lost where a silent connection was given up for a new one', async () => {
    const { path: file, recorder, open, say } = await sessionOf('given-up.xdf', 1);
    const [a, again] = [new Subject<Chunk>(), new Subject<Chunk>()];
    const silent = open(0, a);
    say(a, 1);
    silent.unsubscribe();
    open(0, again);
    say(again, 2);
    await recorder.close();

    const { heard, listen } = listenTo(file);
    expect(await listen(0)).toMatchObject({ code: 'link-lost' });
    expect(heard).toEqual(['0: 1']);
    expect(await listen(0)).toBe('complete');
    expect(heard).toEqual(['0: 1', '0: 2']);
  });

  it.each([
    ['replay:', 'Which recording?'],
    ['replay:x?spede=2', "Did you mean 'speed'?"],
    ['replay:x?speed=0', "expected 'max' or a number above 0, got '0'"],
    ['replay:x?link=-1', "expected a number from 0, got '-1'"],
  ])('%s cannot be read: %s', (uri, message) => {
    expect(() => replayLink(uri, () => 0)).toThrow(message);
  });

  it('of a file that is not there, or of a link that was not recorded, is an error', async () => {
    const end = (uri: string) => lastValueFrom(replayLink(uri, () => 0).open(wire)).catch((error: unknown) => error);
    expect(await end(`replay:${join(folder, 'none.xdf')}`)).toMatchObject({ code: 'not-found' });
    expect(await end(`replay:${path}?link=2`)).toMatchObject({ code: 'bad-option' });
  });
});
