import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openRecording, play } from '@affect-edge/acquire';
import { afterAll, describe, expect, test } from 'vitest';
import { loadLine } from '../src/load-line.ts';
import { runLine } from '../src/run-line.ts';
import type { Sink } from '../src/sinks/sink.ts';
import { executable, recording, startAffect } from './affect-process.ts';
import { session } from './fakes.ts';
import { repeated } from './replay-figures.ts';

const files = [recording('cyton-v6-12s.txt.gz'), recording('e4-s02')];
const folder = mkdtempSync(join(tmpdir(), 'affect-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('affect replay', () => {
  test('two runs at full speed and one at twenty times real time write the same bytes', async () => {
    const outputs: string[] = [];
    for (const speed of ['max', 'max', '20']) {
      const affect = startAffect('replay', ...files, '--speed', speed);
      expect((await affect.ended).code, affect.stderr()).toBe(0);
      outputs.push(affect.stdout());
    }
    const lines = outputs[0]
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(lines.map(({ model }) => model.name)).size).toBeGreaterThanOrEqual(2);
    expect(lines.length).toBeGreaterThanOrEqual(40);
    expect(lines.every(({ pairing, simulated }) => pairing.includes('paired for demonstration') && simulated.input === false)).toBe(true);
    expect(outputs[1]).toBe(outputs[0]);
    expect(outputs[2]).toBe(outputs[0]);
  });

  test('memory does not grow with the length of a recording', async () => {
    // Live memory after a forced collection, not the process's size: the collector alone moves that by more than a leak would in a short test.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const [eeg] = repeated(files.slice(0, 1), folder, 100);
    const [, eda] = repeated(files, folder, 12);
    const long = await Promise.all([eeg, eda].map((path) => openRecording(path)));
    const line = await loadLine(
      long.flatMap(({ signals }) => signals),
      ['eeg-arousal-simulated', 'eda-physics-simulated'],
    );
    const megabytes: number[] = [];
    let seen = 0;
    const measure = (): Sink => ({
      name: 'measure',
      estimate: () => {
        if (seen++ % 150 !== 149) return;
        collect();
        const { heapUsed, external, arrayBuffers } = process.memoryUsage();
        megabytes.push((heapUsed + external + arrayBuffers) / 2 ** 20);
      },
      close: async () => {},
    });
    await runLine({
      ...line,
      session,
      sources: (report) => [play(long, { speed: 'max', report })],
      filters: [],
      hopSec: 1,
      sinks: () => [measure],
      stop: new AbortController().signal,
      onSinkEnd: () => {},
    });
    // 1229 s of EEG and acceleration and 1200 s of skin conductance: keeping the samples alone would cost 27 MB.
    expect(seen).toBeGreaterThan(2200);
    expect(megabytes.length).toBeGreaterThanOrEqual(14);
    const least = (from: number, to: number): number => Math.min(...megabytes.slice(from, to));
    expect(least(-4, megabytes.length) - least(2, 6)).toBeLessThan(5);
  });

  test('a reader that goes away ends it quietly', () => {
    const { stdout, status, stderr } = spawnSync(
      'sh',
      ['-c', `"$0" "$1" replay "$2" | head -n 2`, process.execPath, executable, files[0]],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stderr).not.toContain('should not have happened');
  });

  test('a full disk ends the output with one line that says so', async () => {
    const child = spawn(process.execPath, [executable, 'replay', files[0]], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
    let stderr = '';
    child.stderr!.on('data', (data) => {
      stderr += data;
    });
    const code = await new Promise((done) => child.on('close', done));
    expect(stderr).toContain('the jsonl output has ended: the disk is full');
    expect(code).toBe(1);
  });

  test('a damaged recording is read up to and after the damage, with the loss counted', async () => {
    const { gunzipSync } = await import('node:zlib');
    const lines = gunzipSync(readFileSync(files[0])).toString().split('\n');
    lines.splice(1000, 50, '\0\0garbage, 1, 2', 'NaN');
    const damaged = join(folder, 'damaged.txt');
    writeFileSync(damaged, lines.join('\n'));
    const affect = startAffect('replay', damaged);
    expect((await affect.ended).code).toBe(0);
    const times = affect
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).t_sec as number);
    expect(Math.min(...times)).toBeLessThan(4);
    expect(Math.max(...times)).toBeGreaterThan(10);
    expect(affect.stderr()).toMatch(/\d+ samples lost, 2 damaged/);
  });
});
