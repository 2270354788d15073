import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { peakMegabytes, startAffect, startAffectOnOneCore } from './affect-process.ts';

export { recording } from './affect-process.ts';

/** What one replay at full speed cost. */
export interface ReplayFigures {
  readonly estimates: number;
  /** Session time of the last estimate, s. */
  readonly recordedSec: number;
  /** From start to end of the process, s. */
  readonly processSec: number;
  readonly peakMegabytes: number;
}

export const measureReplay = async (files: readonly string[], { oneCore = false } = {}): Promise<ReplayFigures> => {
  const startedAt = performance.now();
  const affect = (oneCore ? startAffectOnOneCore : startAffect)('replay', ...files);
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakMegabytes(affect.pid) ?? 0);
  }, 20);
  const { code } = await affect.ended;
  clearInterval(timer);
  if (code !== 0) throw new Error(`replay ended with code ${code}: ${affect.stderr()}`);
  const lines = affect.stdout().trim().split('\n');
  const recordedSec = Math.max(...lines.slice(-4).map((line) => JSON.parse(line).t_sec as number));
  return { estimates: lines.length, recordedSec, processSec: (performance.now() - startedAt) / 1000, peakMegabytes: peak };
};

/** Copies of recordings in which the samples are repeated `times` over; gives their paths. */
export const repeated = (files: readonly string[], folder: string, times: number): string[] => {
  const target = join(folder, `x${times}`);
  mkdirSync(target, { recursive: true });
  return files.map((file) => {
    const copy = join(target, basename(file, '.gz'));
    if (!statSync(file).isDirectory()) {
      repeatLines(file, copy, times, (line) => /^[%S]/.test(line));
      return copy;
    }
    mkdirSync(copy, { recursive: true });
    for (const name of readdirSync(file)) repeatLines(join(file, name), join(copy, name), times, (_, n) => n < 2);
    return copy;
  });
};

const repeatLines = (from: string, to: string, times: number, isHead: (line: string, n: number) => boolean): void => {
  const bytes = readFileSync(from);
  const lines = (from.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n');
  const head = lines.filter(isHead).join('\n');
  const body = lines.filter((line, n) => !isHead(line, n)).join('\n');
  writeFileSync(to, `${head}\n`);
  for (let n = 0; n < times; n++) writeFileSync(to, `${body}\n`, { flag: 'a' });
};
