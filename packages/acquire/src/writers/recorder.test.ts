import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { from, Subject, throwError } from 'rxjs';
import { concatWith } from 'rxjs/operators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunksOf as chunksOfFake } from '../../test/fakes/fake.ts';
import { heartRateMeasurement } from '../../test/fakes/heart.ts';
import { shimmerStream } from '../../test/fakes/shimmer.ts';
import { recordSimulated } from '../../test/simulated-recording.ts';
import { acquire, type RecoverableLink } from '../acquire.ts';
import { distinctDevices } from '../distinct-devices.ts';
import { AcquireError } from '../errors.ts';
import { openRecording } from '../files/index.ts';
import { inspectRecording } from '../files/inspect.ts';
import { type RecordedText, recordedTexts } from '../files/recorded-texts.ts';
import type { Recording } from '../files/recording.ts';
import { recordingsOf } from '../files/session-parts.ts';
import { surveyXdf, xdfSamples } from '../files/xdf-survey.ts';
import { findDevice } from '../find-device.ts';
import type { Chunk } from '../link.ts';
import { simulatedChunks, simulatedGsrOptions } from '../links/simulated.ts';
import type { Report } from '../report.ts';
import { nTimesOf, type SampleBlock } from '../signal.ts';
import { random } from '../wearer/random.ts';
import { createRecorder } from './recorder.ts';

const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sources = [
  { device: 'openbci-cyton', options: {}, uri: 'simulated:cyton' },
  { device: 'gsr-lines', options: simulatedGsrOptions, uri: 'simulated:gsr-lines' },
].map((source) => ({ ...source, made: findDevice(source.device).create(source.options) }));
const untilSec = 8;

const chunksOf = (name: 'cyton' | 'gsr-lines', index: number): Chunk[] => {
  const chunks: Chunk[] = [];
  for (const chunk of simulatedChunks(name, sources[index]!.made.wire, { seed: 3, loss: 0.01 })) {
    if (chunk.arrivedAt > untilSec) return chunks;
    chunks.push(chunk);
  }
  return chunks;
};
const link = (uri: string, chunks: readonly Chunk[]): RecoverableLink => ({
  uri,
  open: () => from(chunks).pipe(concatWith(throwError(() => new AcquireError('link-lost', 'pulled out')))),
});

/** Records both sources, one after the other; the cyton is lost and comes back once. */
const recordSession = async (path: string) => {
  let now = 0;
  const live: SampleBlock[] = [];
  const recorder = await createRecorder(path, {
    sources,
    startedAt: 1_700_000_000.25,
    clock: () => now,
    session: { id: 'a', subject: 'P7' },
  });
  const cyton = chunksOf('cyton', 0);
  const half = cyton.findIndex(({ arrivedAt }) => arrivedAt > untilSec / 2);
  const halves = [cyton.slice(0, half), cyton.slice(half + 20)];
  const scripted: RecoverableLink[] = [
    { uri: 'a', open: (wire) => link('a', halves.shift() ?? []).open(wire) },
    link('b', chunksOf('gsr-lines', 1)),
  ];
  for (const [index, one] of scripted.entries()) {
    await new Promise<void>((done) => {
      let lost = 0;
      const subscription = acquire(sources[index]!.made, recorder.recorded(index, one), {
        random: () => -0.499,
        report: (report) => {
          recorder.report(report);
          if (report.kind === 'link' && report.state === 'lost' && ++lost === 2 - index) queueMicrotask(() => end());
        },
      }).subscribe((block) => {
        now = block.arrivedAt;
        live.push(block);
        recorder.block(block);
      });
      const end = () => {
        subscription.unsubscribe();
        done();
      };
    });
  }
  recorder.estimate(4, '{"seq":0}');
  recorder.mark(5.5, 'Reiz <1> & "µ"');
  await recorder.close();
  return live;
};

const path = join(folder, 'session.xdf');
let live: SampleBlock[] = [];
beforeAll(async () => {
  live = await recordSession(path);
});

const blocksOf = async (file: string) => {
  const blocks: SampleBlock[] = [];
  const reports: Report[] = [];
  for await (const block of (await openRecording(file)).blocks((report) => reports.push(report))) blocks.push(block);
  return { blocks, reports };
};
const plain = ({ signal, ...rest }: SampleBlock) => ({ id: signal.id, ...rest });

describe('a recorded session', () => {
  it('gives from its bytes the very blocks of the live session, across a lost connection', async () => {
    const { blocks, reports } = await blocksOf(path);
    expect(live.length).toBeGreaterThan(100);
    expect(blocks.map(plain)).toEqual(live.map(plain));
    expect(reports.some((report) => report.kind === 'gap' && !report.exact)).toBe(true);
  });

  it('knows its start, subject, session and marks', async () => {
    expect(await openRecording(path)).toMatchObject({
      format: 'xdf',
      startedAt: 1_700_000_000.25,
      subject: 'P7',
      session: { id: 'a' },
      marks: [{ atSec: 5.5, text: 'Reiz <1> & "µ"' }],
    });
  });

  it('holds what was published and marked, word for word', async () => {
    const texts = async (role: 'markers' | 'estimates') => {
      const found: RecordedText[] = [];
      for await (const one of recordedTexts(path, role)) found.push(one);
      return found;
    };
    expect(await texts('estimates')).toEqual([{ atSec: 4, text: '{"seq":0}' }]);
    expect(await texts('markers')).toEqual([{ atSec: 5.5, text: 'Reiz <1> & "µ"' }]);
  });

  it('holds the decoded samples too, number for number and at their times', async () => {
    const survey = await surveyXdf(path);
    for (const { made } of sources) {
      for (const signal of made.signals) {
        const own = live.filter((block) => block.signal === signal);
        const stream = survey.streams.find((one) => one.stream.name === signal.id)!;
        expect(stream.nSamples).toBe(own.reduce((sum, block) => sum + nTimesOf(block), 0));
        const nChannels = signal.montage.channels.length;
        const expected = own.flatMap((block) =>
          Array.from({ length: nTimesOf(block) }, (_, t) => [
            block.tmin + t / signal.sfreq,
            ...Array.from({ length: nChannels }, (_, c) => block.data[c * nTimesOf(block) + t]!),
          ]),
        );
        const found: number[][] = [];
        for await (const { times, values } of xdfSamples(path, stream))
          for (const [t, time] of times.entries()) found.push([time, ...values.subarray(t * nChannels, (t + 1) * nChannels)]);
        expect(found.map(([, ...row]) => row)).toEqual(expected.map(([, ...row]) => row));
        expect(Math.max(...found.map(([time], i) => Math.abs(time! - expected[i]![0]!)))).toBeLessThan(1e-9);
      }
    }
  });

  it('whose device nobody knows any more is read from its decoded samples: same signals, samples, indices and times', async () => {
    const unknown = join(folder, 'unknown.xdf');
    writeFileSync(
      unknown,
      Buffer.from(readFileSync(path, 'latin1').replace('"device":"openbci-cyton"', '"device":"openbci-cyt0n"'), 'latin1'),
    );
    const recording = await openRecording(unknown);
    const signals = sources.flatMap(({ made }) => made.signals);
    expect(recording.signals).toEqual(signals);
    const { blocks } = await blocksOf(unknown);
    for (const signal of signals) {
      const samples = (of: readonly SampleBlock[]) =>
        of
          .filter((block) => block.signal.id === signal.id)
          .flatMap((block) =>
            Array.from({ length: nTimesOf(block) }, (_, t) => [block.firstSample + t, block.tmin + t / signal.sfreq, block.data[t]!]),
          );
      const [found, expected] = [samples(blocks), samples(live)];
      const offset = expected[0]![0]!; // what was lost before the first sample is not told by decoded ones
      expect(found.map(([index]) => index)).toEqual(expected.map(([index]) => index! - offset));
      expect(found.map(([, , value]) => value)).toEqual(expected.map(([, , value]) => value));
      expect(Math.max(...found.map(([, time], i) => Math.abs(time! - expected[i]![1]!)))).toBeLessThan(1e-9);
    }
  });

  it.each([false, true])('keeps two sensors of one make apart (decoded: %s)', async (decoded) => {
    const file = join(folder, `twins-${decoded}.xdf`);
    const made = distinctDevices([0, 1].map(() => findDevice('heart-rate').create()));
    const recorder = await createRecorder(file, {
      sources: made.map((device) => ({ device: 'heart-rate', options: {}, uri: '', made: device })),
      startedAt: 0,
      clock: () => 0,
    });
    const links = made.map((device, index) => {
      const chunks = new Subject<Chunk>();
      recorder
        .recorded(index, { uri: '', open: () => chunks })
        .open(device.wire)
        .pipe(device.decode(() => {}))
        .subscribe(recorder.block);
      return chunks;
    });
    for (let second = 0; second < 3; second++)
      for (const [index, bpm] of [60, 90].entries())
        links[index]!.next({ endpoint: '2a37', arrivedAt: second, bytes: Uint8Array.from(heartRateMeasurement(bpm, [])) });
    await recorder.close();
    const found = new Map<string, number[]>();
    for await (const { signal, data } of (await openRecording(file, { decoded })).blocks(() => {}))
      found.set(signal.id, [...(found.get(signal.id) ?? []), ...data]);
    expect([...found]).toEqual([
      ['heart-rate', [60, 60, 60]],
      ['heart-rate-2', [90, 90, 90]],
    ]);
  });

  it('is whole for whoever inspects it', async () => {
    const inspection = await inspectRecording(path);
    expect(inspection).toMatchObject({ nDamages: 0, marks: 1 });
    expect(inspection.streams.map(({ name, closed }) => [name, closed])).toEqual(
      ['raw', 'eeg', 'acceleration', 'eda', 'markers', 'estimates', 'reports', 'checksums'].map((name) => [name, true]),
    );
    expect(inspection.signals[0]!.trueRate).toBeCloseTo(250, 0);
  });

  it('is never written over', async () => {
    const before = readFileSync(path);
    await expect(createRecorder(path, { sources, startedAt: 0, clock: () => 0 })).rejects.toMatchObject({ code: 'bad-option' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is not begun on a full disk, and ends well where the disk fills up', async () => {
    const full = join(folder, 'full.xdf');
    const begin = (freeBytes: () => Promise<number>, onFailure?: (error: unknown) => void) =>
      createRecorder(full, { sources, startedAt: 0, clock: () => 0, syncSec: 0.01, freeBytes, ...(onFailure && { onFailure }) });
    await expect(begin(async () => 1e6)).rejects.toMatchObject({ code: 'bad-file' });
    expect(existsSync(full)).toBe(false);
    let free = 1e9;
    let told: (error: unknown) => void = () => {};
    const failure = new Promise((done) => {
      told = done;
    });
    const recorder = await begin(async () => free, told);
    recorder.mark(0, 'here');
    free = 1e6;
    expect(await failure).toMatchObject({ code: 'bad-file' });
    await recorder.close();
    expect(await inspectRecording(full)).toMatchObject({ nDamages: 0, marks: 1 });
  });

  it('that cannot be begun says why', async () => {
    const nowhere = join(folder, 'no', 'such.xdf');
    await expect(createRecorder(nowhere, { sources, startedAt: 0, clock: () => 0 })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a recording in parts', () => {
  const base = join(folder, 'parts.xdf');
  const part = (n: number) => join(folder, `parts-00${n}.xdf`);
  let one: SampleBlock[] = [];
  beforeAll(async () => {
    one = await recordSimulated(base, 24, ['cyton', 'gsr-lines'], { split: { maxSec: 10 }, session: { id: 'b', subject: 'P7' } });
  }, 60_000);
  const all = async (recording: Recording) => {
    const blocks: SampleBlock[] = [];
    for await (const block of recording.blocks(() => {})) blocks.push(block);
    return blocks;
  };

  it('gives together, from the bytes, the very blocks of the live session', async () => {
    const [joined, ...others] = await recordingsOf([part(3), part(1), part(2)]);
    expect(others).toEqual([]);
    expect((await all(joined!)).map(plain)).toEqual(one.map(plain));
    expect(joined!.marks?.map(({ text }) => text)).toEqual(['mark 1', 'mark 2']);
  });

  it('gives together, from the decoded samples, every sample at its place', async () => {
    const [joined] = await recordingsOf([part(1), part(2), part(3)], { decoded: true });
    const samples = (blocks: readonly SampleBlock[], id: string) =>
      blocks
        .filter(({ signal }) => signal.id === id)
        .flatMap((block) => Array.from({ length: nTimesOf(block) }, (_, t) => [block.firstSample + t, block.data[t]!]));
    const found = await all(joined!);
    for (const id of ['eeg', 'eda']) {
      const [got, expected] = [samples(found, id), samples(one, id)];
      const offset = expected[0]![0]! - got[0]![0]!;
      expect(got.map(([i, value]) => [i! + offset, value])).toEqual(expected);
    }
  });

  it('one part alone begins where it begins, a missing one is a gap', async () => {
    const [second] = await recordingsOf([part(2)]);
    const blocks = await all(second!);
    expect(blocks[0]!.tmin).toBeGreaterThan(9);
    expect(blocks.at(-1)!.tmin).toBeLessThan(21);
    const [holed] = await recordingsOf([part(1), part(3)]);
    const eeg = (await all(holed!)).filter(({ signal }) => signal.id === 'eeg');
    const jump = eeg.findIndex((block, i) => i > 0 && block.tmin - eeg[i - 1]!.tmin > 5);
    expect(eeg[jump]!.firstSample - eeg[jump - 1]!.firstSample).toBeGreaterThan(2000);
  });

  it('one part alone has its samples too where the sensor said in an earlier one what its bytes mean', async () => {
    const fake = shimmerStream(0);
    const made = findDevice(fake.device).create(fake.options);
    const source = { device: fake.device, options: fake.options, uri: 'serial:/dev/rfcomm0' };
    let now = 0;
    const recorder = await createRecorder(join(folder, 'shimmer.xdf'), {
      sources: [{ ...source, made }],
      clock: () => now,
      session: { id: 'c' },
      split: { maxSec: 4 },
    });
    const bytes = new Subject<Chunk>();
    const live: SampleBlock[] = [];
    const subscription = acquire(made, recorder.recorded(0, { uri: source.uri, open: () => bytes })).subscribe((block) => {
      live.push(block);
      recorder.block(block);
    });
    for (const [i, chunk] of chunksOfFake(fake, fake.units(600, 1)).entries()) {
      now = chunk.arrivedAt;
      bytes.next(chunk);
      if (i % 50 === 49) await recorder.sync();
    }
    subscription.unsubscribe();
    await recorder.close();
    const samplesOf = async (paths: readonly string[]) => {
      const recordings = await recordingsOf(paths);
      expect(recordings).toHaveLength(1);
      return (await all(recordings[0]!)).reduce((sum, block) => sum + nTimesOf(block), 0);
    };
    const each = [];
    for (const path of recorder.paths()) each.push(await samplesOf([path]));
    expect(each).toHaveLength(4);
    expect(Math.min(...each)).toBeGreaterThan(40);
    expect(each.reduce((sum, n) => sum + n, 0)).toBe(live.reduce((sum, block) => sum + nTimesOf(block), 0));
    expect(await samplesOf([recorder.paths()[0]!, recorder.paths()[2]!])).toBe(each[0]! + each[2]!);
  });

  it('of which one cannot be begun goes on in the one before', async () => {
    const told: string[] = [];
    const path = join(folder, 'taken.xdf');
    const live = await recordSimulated(path, 12, ['gsr-lines'], {
      split: { maxSec: 5 },
      session: { id: 'c' },
      onPart: (where, problem) => {
        if (problem === undefined && told.length === 0) writeFileSync(join(folder, 'taken-003.xdf'), 'somebody else was here');
        told.push(problem ?? where);
      },
    });
    expect(told.slice(0, 2)).toEqual([join(folder, 'taken-002.xdf'), expect.stringContaining('exists already')]);
    const [joined] = await recordingsOf([join(folder, 'taken-001.xdf'), join(folder, 'taken-002.xdf')]);
    expect((await all(joined!)).map(plain)).toEqual(live.map(plain));
    expect(readFileSync(join(folder, 'taken-003.xdf'), 'utf8')).toBe('somebody else was here');
  });

  it('is not begun where a part of that name exists', async () => {
    await expect(createRecorder(base, { sources, startedAt: 0, clock: () => 0, split: { maxSec: 1 } })).rejects.toMatchObject({
      code: 'bad-option',
    });
  });
});

describe('damage', () => {
  const { uniform } = random(1, 'damage');
  const damaged = join(folder, 'damaged.xdf');

  it('a recording cut anywhere gives every whole chunk before the cut, and no exception', async () => {
    const whole = readFileSync(path);
    const from = (await surveyXdf(path)).streams.length * 800; // behind the headers
    const cuts = [...Array.from({ length: 40 }, () => from + Math.floor(uniform() * (whole.length - from))), whole.length - 1];
    for (const cut of cuts) {
      writeFileSync(damaged, whole.subarray(0, cut));
      const { blocks, reports } = await blocksOf(damaged);
      expect(blocks.map(plain)).toEqual(live.slice(0, blocks.length).map(plain));
      const damages = reports.filter(({ kind }) => kind === 'damage');
      expect(damages.length).toBeLessThanOrEqual(1);
      const end = (await surveyXdf(damaged)).damages[0]?.offset ?? cut;
      // what precedes the cut chunk is all there: the same file, ended in good order at that chunk, gives the same
      writeFileSync(damaged, whole.subarray(0, end));
      expect((await blocksOf(damaged)).blocks.length).toBe(blocks.length);
      expect(cut - end).toBeLessThan(40_000);
    }
  });

  it('a file cut within its head is no recording, or one without samples: never an exception of another kind', async () => {
    const whole = readFileSync(path);
    for (let cut = 0; cut < 600; cut += 7) {
      writeFileSync(damaged, whole.subarray(0, cut));
      const opened = await openRecording(damaged).catch((error: unknown) => error);
      if (opened instanceof Error) expect(opened).toMatchObject({ name: 'AcquireError' });
      else expect(cut).toBeGreaterThanOrEqual(4);
    }
  });

  it('overwritten bytes cost at most what lies before the next boundary, and are reported with their place', async () => {
    const whole = readFileSync(path);
    const nWhole = (await surveyXdf(path)).streams.reduce((sum, { nSamples }) => sum + nSamples, 0);
    const hit = Buffer.from(whole);
    const at = Math.floor(whole.length / 2);
    hit.fill(0xff, at, at + 64);
    writeFileSync(damaged, hit);
    const survey = await surveyXdf(damaged);
    expect(survey.nDamages).toBeGreaterThan(0);
    expect(survey.damages[0]!.offset).toBeLessThanOrEqual(at + 64);
    expect(survey.streams.reduce((sum, { nSamples }) => sum + nSamples, 0)).toBeLessThan(nWhole);
    const { reports } = await blocksOf(damaged);
    expect(reports).toContainEqual(expect.objectContaining({ kind: 'damage', where: `byte ${survey.damages[0]!.offset}` }));
  });

  it('flipped bits give typed errors only', async () => {
    const whole = readFileSync(path);
    for (let round = 0; round < 60; round++) {
      const hit = Buffer.from(whole);
      const at = Math.floor(uniform() ** 2 * hit.length);
      hit[at]! ^= 1 << Math.floor(uniform() * 8);
      writeFileSync(damaged, hit);
      const outcome = await blocksOf(damaged).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'AcquireError' });
    }
  });
});
