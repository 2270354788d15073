import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureReplay, recording, repeated } from '../packages/cli/test/replay-figures.ts';

/**
 * How many times faster than life does `affect replay` run the whole line (8 EEG channels at 250 Hz, skin conductance at 4 Hz, both models,
 * an estimate every half second) on one core, and does its memory grow with the length of the recording? Whole processes are measured, start-up
 * and loading of the models included.
 */
const folder = mkdtempSync(join(tmpdir(), 'affect-bench-'));
const files = [recording('cyton-v6-12s.txt.gz'), recording('e4-s02')];
try {
  console.log('| recording | recorded s | process s | × real time | estimates | peak MB |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const times of [36, 360]) {
    const figures = await measureReplay(repeated(files, folder, times), { oneCore: true });
    const { recordedSec, processSec, estimates, peakMegabytes } = figures;
    const row = [
      `fixtures × ${times}`,
      recordedSec.toFixed(0),
      processSec.toFixed(1),
      (recordedSec / processSec).toFixed(0),
      estimates,
      peakMegabytes.toFixed(0),
    ];
    console.log(`| ${row.join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
