import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inspectRecording, openRecording, recordedTexts } from '@affect-edge/acquire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AffectProcess, startAffect } from './affect-process.ts';

/** One recording in three parts, marked over HTTP while it runs. */
let folder = '';
let recording: AffectProcess;
const answers: { readonly name: string; readonly status: number; readonly body: string }[] = [];

const post = (url: string, name: string, headers: Record<string, string>, body: string, method = 'POST', path?: string): Promise<void> =>
  new Promise((done, reject) => {
    const { hostname, port, pathname } = new URL(url);
    const sent = request({ hostname, port, path: path ?? pathname, method, headers }, (response) => {
      let text = '';
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => {
        answers.push({ name, status: response.statusCode!, body: text });
        done();
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'split-'));
  await writeFile(join(folder, 'consent.txt'), 'I agree. Signed: A. Person\n');
  recording = startAffect(
    ...['record', '-o', join(folder, 'run.xdf'), '--split', '20s', '--http-marks', '0'],
    ...['--source', 'openbci-cyton@simulated:cyton?seed=7&loss=0.002&speed=10'],
    ...['--source', 'gsr-lines?sfreq=4&unit=microsiemens&format=label&column=EDA@simulated:gsr-lines?seed=7&speed=10'],
    ...['--subject', 'P7', '--session', '02', '--notes', 'left hand', '--consent', join(folder, 'consent.txt')],
  );
  const [, url, token] = await recording.until(/POST (\S+) with 'Authorization: Bearer ([0-9a-f]{32})'/);
  await recording.until(/Part/);
  const right = { authorization: `Bearer ${token}` };
  await post(url!, 'text', right, 'stimulus 1\n\u001b[31mred');
  await post(url!, 'json', { ...right, 'content-type': 'application/json' }, '{"text":"Reiz ü"}');
  await post(url!, 'no text', { ...right, 'content-type': 'application/json' }, '{"say":1}');
  await post(url!, 'no token', {}, 'x');
  await post(url!, 'wrong token', { authorization: `Bearer ${'0'.repeat(32)}` }, 'x');
  await post(url!, 'another host', { ...right, host: 'evil.example' }, 'x');
  await post(url!, 'a page', { ...right, origin: 'http://evil.example' }, 'x');
  await post(url!, 'too long', right, 'x'.repeat(5000));
  await post(url!, 'GET', right, '', 'GET');
  await post(url!, 'elsewhere', right, 'x', 'POST', '/');
  await recording.until(/Part .*run-003/);
  await setTimeout(500);
  recording.signal('SIGINT');
  expect((await recording.ended).code, recording.stderr()).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

const parts = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.xdf'))
    .sort()
    .map((name) => join(folder, name));
const replayed = async (...args: string[]): Promise<string[]> => {
  const affect = startAffect('replay', ...args);
  expect((await affect.ended).code, affect.stderr()).toBe(0);
  return affect.stdout().trim().split('\n');
};

describe('a recording in parts', () => {
  test('is numbered from 001 without a hole, each part closed in good order', async () => {
    expect(
      parts()
        .map((path) => path.slice(-12, -4))
        .slice(0, 3),
    ).toEqual(['/run-001', '/run-002', '/run-003']);
    for (const path of parts()) {
      const { nDamages, streams } = await inspectRecording(path);
      expect([nDamages, streams.every(({ closed }) => closed)]).toEqual([0, true]);
    }
  });

  test('all parts together give the very messages of the live session, in whatever order they are named', async () => {
    const live: string[] = [];
    for (const path of parts()) for await (const { text } of recordedTexts(path, 'estimates')) live.push(text);
    expect(live.length).toBeGreaterThan(40);
    expect(await replayed(...parts())).toEqual(live);
    expect(await replayed(...parts().toReversed())).toEqual(live);
  });

  test('a part alone is a recording of its own stretch', async () => {
    const [before, own] = [(await inspectRecording(parts()[0]!)).signals[0]!, (await inspectRecording(parts()[1]!)).signals[0]!];
    const times = (await replayed(parts()[1]!)).map((line) => JSON.parse(line).t_sec as number);
    expect(Math.min(...times)).toBeGreaterThan(before.lastSec!);
    expect(Math.max(...times)).toBeLessThan(own.lastSec! + 1);
    expect(times.length).toBeGreaterThan(5);
  });

  test('the seam loses no sample: what is missing in all was lost on the way', async () => {
    const affect = startAffect('replay', ...parts());
    await affect.ended;
    const lost = (text: string): string => /(\d+) samples lost/.exec(text)![1]!;
    expect(lost(affect.stderr())).toBe(lost(recording.stderr().slice(recording.stderr().indexOf('Done'))));
  });

  test('is never written over: a part of that name is refused before anything is made', async () => {
    const before = parts().length;
    const again = startAffect('record', '-o', join(folder, 'run.xdf'), '--split', '20s', '--source', 'openbci-cyton@simulated:cyton');
    expect((await again.ended).code).toBe(2);
    expect(again.stderr()).toMatch(/run-00\d\.xdf' exists already/);
    expect(parts()).toHaveLength(before);
  });

  test('has in its header who, which session, what was noted and what was agreed to, the text of which it does not keep', async () => {
    const sha256 = createHash('sha256').update('I agree. Signed: A. Person\n').digest('hex');
    for (const [i, path] of parts().entries()) {
      expect((await openRecording(path)).session).toMatchObject({
        subject: 'P7',
        session: '02',
        notes: 'left hand',
        consent: { sha256, of: 'file' },
        part: i + 1,
      });
      expect(readFileSync(path).includes('Signed')).toBe(false);
    }
  });
});

describe('marks by HTTP', () => {
  test('are set with the token, as text or JSON, without what would write on a terminal', async () => {
    const marks: string[] = [];
    for (const path of parts()) for (const { text } of (await openRecording(path)).marks ?? []) marks.push(text);
    expect(marks).toEqual(['stimulus 1 [31mred', 'Reiz ü']);
    expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([201, 201]);
    expect(JSON.parse(answers[0]!.body)).toMatchObject({ t_sec: expect.any(Number), text: 'stimulus 1 [31mred' });
  });

  test.each([
    ['no text', 400],
    ['no token', 401],
    ['wrong token', 401],
    ['another host', 421],
    ['a page', 403],
    ['too long', 413],
    ['GET', 405],
    ['elsewhere', 404],
  ] as const)('%s is refused with %d', (name, status) => expect(answers.find((one) => one.name === name)!.status).toBe(status));

  test('the token is in no file', () => {
    const token = /Bearer ([0-9a-f]{32})/.exec(recording.stderr())![1]!;
    for (const path of parts()) expect(readFileSync(path).includes(token)).toBe(false);
  });
});

describe('affect replay of a stretch', () => {
  const timesOf = (lines: readonly string[], model: string): number[] =>
    lines.map((line) => JSON.parse(line)).flatMap(({ t_sec, model: { name } }) => (name === model ? [t_sec as number] : []));

  test('from and to give the estimates whose windows lie within, at the times they have in the whole', async () => {
    const whole = timesOf(await replayed(...parts()), 'eeg-arousal-simulated');
    const cut = timesOf(await replayed(...parts(), '--from', '10s', '--to', '0:30'), 'eeg-arousal-simulated');
    expect(cut[0]).toBeGreaterThanOrEqual(12);
    expect(cut.at(-1)).toBeLessThanOrEqual(30);
    expect(cut.length).toBeGreaterThan(10);
    expect(cut.filter((time) => !whole.includes(time))).toEqual([]);
  });

  test('every turn of a loop gives the estimates of the first, at later times, and none across the seam', async () => {
    const once = timesOf(await replayed(...parts(), '--from', '10s', '--to', '20s'), 'eeg-arousal-simulated');
    const thrice = timesOf(await replayed(...parts(), '--from', '10s', '--to', '20s', '--loop', '3'), 'eeg-arousal-simulated');
    expect(thrice).toHaveLength(3 * once.length);
    const turnSec = thrice[once.length]! - once[0]!;
    expect(turnSec % 1).toBe(0);
    expect(turnSec).toBeGreaterThan(10);
    expect(thrice).toEqual([0, 1, 2].flatMap((turn) => once.map((time) => time + turn * turnSec)));
  });

  test('what is cut, repeated or decoded never has the session id of the whole', async () => {
    const id = async (...args: string[]): Promise<string> => JSON.parse((await replayed(...parts(), ...args))[0]!).session;
    const ids = [await id(), await id('--from', '10s'), await id('--loop', '2'), await id('--decoded')];
    expect(new Set(ids).size).toBe(4);
  });

  test('a replay into another recording gives a recording that gives the same messages, with its marks', async () => {
    const copy = join(folder, 'copy', '..', 'copied.xdf');
    const lines = await replayed(...parts(), '--record', copy);
    expect(await replayed(copy)).toEqual(lines);
    expect((await openRecording(copy)).marks?.map(({ text }) => text)).toEqual(['stimulus 1 [31mred', 'Reiz ü']);
    await rm(copy);
  });

  test('a time before the beginning of the stretch is refused with one line', async () => {
    const affect = startAffect('replay', parts()[0]!, '--from', '10s', '--to', '5s');
    expect((await affect.ended).code).toBe(2);
    expect(affect.stderr()).toContain('Option --to: expected a time after --from');
  });
});
