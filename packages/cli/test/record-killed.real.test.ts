import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inspectRecording, openRecording, random } from '@affect-edge/acquire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surveyXdf, xdfSamples } from '../../acquire/src/files/xdf-survey.ts';
import { python } from '../../acquire/test/peers/python.ts';
import { startAffect } from './affect-process.ts';

/** `AFFECT_NIGHTLY=1` kills at 100 points, else at 20 of them. */
const nKills = process.env.AFFECT_NIGHTLY === '1' ? 100 : 20;
const atOnce = 4;
const promisedSec = 2;

const folder = mkdtempSync(join(tmpdir(), 'killed-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Killed {
  readonly path: string;
  /** Session time at which the program was killed, by the wall clock and the start in the file's head, s. */
  readonly killedSec: number;
}

const kill = async (n: number, afterMs: number): Promise<Killed> => {
  const path = join(folder, `${n}.xdf`);
  const recording = startAffect(
    ...['record', '-o', path, '--source', `openbci-cyton@simulated:cyton?seed=${n}&loss=0.002`],
    ...['--source', `gsr-lines?sfreq=4&unit=microsiemens&format=label&column=EDA@simulated:gsr-lines?seed=${n}`],
  );
  await recording.until(/Stop/);
  await setTimeout(afterMs);
  const killedAt = Date.now() / 1000;
  recording.signal('SIGKILL');
  await recording.ended;
  return { path, killedSec: killedAt - (await openRecording(path)).startedAt! };
};

const killed: Killed[] = [];
beforeAll(async () => {
  const { uniform } = random(8, 'kills');
  const points = Array.from({ length: 100 }, () => 50 + uniform() * 5950).slice(0, nKills);
  const next = points.entries();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [n, afterMs] of next) killed.push(await kill(n, afterMs));
    }),
  );
}, 900_000);

describe(`a recording killed at ${nKills} points`, () => {
  test('is opened without damage, and at most the stated two seconds are lost', async () => {
    expect(killed).toHaveLength(nKills);
    const lost: number[] = [];
    for (const { path, killedSec } of killed) {
      expect((await inspectRecording(path)).nDamages).toBe(0);
      const { streams } = await surveyXdf(path);
      const last = Math.max(...streams.map(({ lastSec }) => lastSec).filter(Number.isFinite));
      lost.push(killedSec - last);
    }
    lost.sort((a, b) => a - b);
    console.log(`lost, s: median ${lost[lost.length >> 1]!.toFixed(2)}, most ${lost.at(-1)!.toFixed(2)}, of ${lost.length} kills`);
    expect(lost.at(-1)).toBeLessThan(promisedSec);
    expect(lost[0]).toBeGreaterThan(-0.1);
  });

  test('pyxdf reads the same samples and times from every one of them', async () => {
    const files = python(
      new URL('peers/read_xdf_raw.py', import.meta.url),
      killed.map(({ path }) => path),
    ) as readonly (readonly { id: number; name: string; times: string; values?: string; texts?: string[][] }[])[];
    expect(files).toHaveLength(nKills);
    let nCompared = 0;
    for (const [i, { path }] of killed.entries()) {
      const { streams } = await surveyXdf(path);
      expect(files[i]!.map(({ name }) => name)).toEqual(streams.map(({ stream }) => stream.name));
      for (const [s, survey] of streams.entries()) {
        if (survey.stream.own?.role === 'checksums') continue;
        const peer = files[i]![s]!;
        const times = numbers(peer.times);
        const own: { times: number[]; values: number[]; texts: string[] } = { times: [], values: [], texts: [] };
        for await (const run of xdfSamples(path, survey)) {
          own.times.push(...run.times);
          own.values.push(...run.values);
          own.texts.push(...run.texts);
        }
        expect(own.times.length, `${path} ${peer.name}`).toBe(times.length);
        for (const [t, time] of own.times.entries())
          if (Math.abs(time - times[t]!) > 1e-9) expect.fail(`${peer.name}: ${time} is not ${times[t]}`);
        if (peer.values !== undefined) expect(Float64Array.from(own.values)).toEqual(numbers(peer.values));
        if (peer.texts !== undefined) expect(own.texts).toEqual(peer.texts.flat());
        nCompared += times.length;
      }
    }
    expect(nCompared).toBeGreaterThan(nKills * 100);
  });
});

const numbers = (base64: string): Float64Array => {
  const bytes = Buffer.from(base64, 'base64');
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
