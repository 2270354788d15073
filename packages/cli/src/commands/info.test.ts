import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { paper } from '../../test/fakes.ts';
import { runCommand } from '../main.ts';

const recorded = fileURLToPath(new URL('../../../acquire/test/recordings/xdf/recorded.xdf', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'info-'));
afterAll(() => rmSync(folder, { recursive: true }));

const affect = async (...argv: string[]) => {
  const [out, err] = [paper(), paper()];
  const code = await runCommand(argv, { out, err, stop: new AbortController().signal });
  return { code, out: out.text, err: err.text };
};

describe('info and verify', () => {
  test('tell signals, rates and losses, and that a recording is whole', async () => {
    const { code, out } = await affect('verify', recorded);
    expect(code).toBe(0);
    expect(out).toMatch(/signal {2}eeg {2}8 × µV {2}250 Hz \(truly 250\.\d+\).*1 gaps, 1 samples lost/);
    expect(out).toContain('whole: every byte was understood');
    for (const stream of ['raw (RawBytes)', 'eeg (EEG)', 'eda (EDA)', 'estimates (Estimates)']) expect(out).toContain(stream);
  });

  test('the same as JSON, one line a recording', async () => {
    const { out } = await affect('info', '--json', recorded, recorded);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toEqual(lines[1]);
    expect(lines[0]).toMatchObject({ format: 'xdf', nDamages: 0, signals: [{ id: 'eeg', lostSamples: 1 }, {}, { id: 'eda', sfreq: 4 }] });
  });

  test('a recording that was cut off is told with the byte at which it breaks, and is no success for verify', async () => {
    const cut = join(folder, 'cut.xdf');
    const whole = readFileSync(recorded);
    writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const verified = await affect('verify', cut);
    expect(verified.code).toBe(1);
    expect(verified.out).toMatch(
      /damage {2}byte \d+: .*the file ends|damage {2}byte \d+: expected a chunk of \d+ bytes, but only \d+ are left/,
    );
    expect(verified.out).toContain('not whole: 1 damaged stretches, 7 streams not closed');
    const informed = await affect('info', '--json', cut);
    expect(informed.code).toBe(0);
    expect(JSON.parse(informed.out).signals[0].nSamples).toBeGreaterThan(300);
  });

  test('what a file does not say can be said', async () => {
    const codes = fileURLToPath(new URL('../../../acquire/test/recordings/simple-text/eeg_ec.txt', import.meta.url));
    expect((await affect('info', codes)).out).toMatch(/signal {2}eeg {2}1 × a\.u\..*\n {2}note .*Declare them/);
    const { out, code } = await affect('info', codes, '--column', 'EEG=eeg µV', '--rate', '250');
    expect(code).toBe(0);
    expect(out).toMatch(/signal {2}eeg {2}1 × µV {2}250 Hz/);
    expect(out).not.toContain('note');
  });

  test('what is not there is one line of complaint', async () => {
    const { code, err } = await affect('info', join(folder, 'nothing.xdf'));
    expect(code).toBe(2);
    expect(err).toContain('There is no file or folder');
  });
});

describe('what record refuses', () => {
  test('to write over a file, before anything is opened', async () => {
    const taken = join(folder, 'taken.xdf');
    copyFileSync(recorded, taken);
    const { code, err } = await affect('record', '-o', taken, '--source', 'openbci-cyton@simulated:cyton');
    expect(code).toBe(2);
    expect(err).toContain('exists already, and nothing is ever overwritten');
    expect(readFileSync(taken).equals(readFileSync(recorded))).toBe(true);
  });

  test.each([
    [['record', '-o', 'x.xdf'], "'affect record' needs a sensor"],
    [['record', '-o', 'x.xdf', '--source', 'openbci-cyton@simulatd:cyton'], "Did you mean 'simulated'?"],
    [['record', '--source', 'openbci-cyton@simulated:cyton'], '--out <file>'],
    [['record', '-o', 'x.xdf', '--source', 'openbci-cyton@serial:/dev/nothing'], 'say what the estimates are for: --use research'],
  ])('%j: %s', async (argv, expected) => {
    const { code, err } = await affect(...argv);
    expect(err).toContain(expected);
    expect(code).toBe(2);
  });
});
