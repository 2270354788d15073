import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Chunk,
  findDevice,
  openRecording,
  play,
  simulatedChunks,
  writeBids,
  writeCsv,
  writeEdf,
  writeXdf,
} from '../packages/acquire/src/index.ts';
import { python } from '../packages/acquire/test/peers/python.ts';
import { recordChunks } from '../packages/acquire/test/peers/record-chunks.ts';

/**
 * What do recordings cost? An hour of 16 EEG channels at 250 Hz and skin conductance at 4 Hz is recorded (processor time, as a share of a core), replayed as fast as it
 * goes, and converted (times real time, with the memory it takes, also of a sixth of the recording: it must not grow), beside pyxdf,
 * MNE and pyedflib on the same file in the same run. Every figure is of a process of its own, without its start.
 * `--minutes 10` for a shorter recording, `--alone` without the peers.
 */
const options = { channels: 'Fp1,Fp2,F3,F4,F7,F8,C3,C4,T7,T8,P3,P4,P7,P8,O1,O2', sfreq: 250, edaSfreq: 4 };
const device = findDevice('simulated').create(options);
const source = { device: device.name, options, uri: 'simulated:wearer', made: device };

interface Figures {
  readonly sec: number;
  /** Processor time, all threads: what else the machine does at the time adds nothing to it. */
  readonly cpuSec: number;
  readonly peakMegabytes: number;
}

/** The chunks of so many seconds, made beforehand so that making them is no part of the figures. */
const chunksOf = (sec: number): Chunk[] => {
  const chunks: Chunk[] = [];
  for (const chunk of simulatedChunks('wearer', device.wire, { seed: 7 })) {
    if (chunk.arrivedAt > sec) return chunks;
    chunks.push({ ...chunk, bytes: chunk.bytes.slice() });
  }
  return chunks;
};

const cpu = async (work: () => Promise<void>): Promise<number> => {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

const pacedSec = 20;
/** What a process of its own does. */
const tasks: Readonly<Record<string, (from: string, to: string, sec: number) => Promise<unknown>>> = {
  make: async (_, to, sec) => recordChunks(source, chunksOf(sec), to, 'fast'),
  record: async (_, to, sec) => {
    const chunks = chunksOf(sec);
    return cpu(() => recordChunks(source, chunks, to, 'fast'));
  },
  decode: async (_, __, sec) => {
    const chunks = chunksOf(sec);
    return cpu(() => recordChunks(source, chunks, undefined, 'fast'));
  },
  'record-paced': async (_, to) => {
    const chunks = chunksOf(pacedSec);
    return cpu(() => recordChunks(source, chunks, to, 'paced'));
  },
  replay: async (from) => drain(from, false),
  'replay-decoded': async (from) => drain(from, true),
  bdf: async (from, to) => writeEdf(await openRecording(from), `${to}.bdf`, { bits: 24 }),
  edf: async (from, to) => writeEdf(await openRecording(from), `${to}.edf`, { bits: 16 }),
  'bdf-decoded': async (from, to) => writeEdf(await openRecording(from, { decoded: true }), `${to}-d.bdf`, { bits: 24 }),
  xdf: async (from, to) => writeXdf(await openRecording(from), `${to}.xdf`),
  csv: async (from, to) => writeCsv(await openRecording(from), `${to}-csv`),
  bids: async (from, to) => writeBids(await openRecording(from), `${to}-bids`),
  'read-bdf': async (from) => drain(from, false),
};

const drain = async (from: string, decoded: boolean): Promise<void> => {
  const recording = await openRecording(from, { decoded });
  await new Promise<void>((resolve, reject) => {
    play([recording], { speed: 'max' }).subscribe({ error: reject, complete: resolve });
  });
};

/** What garbage collection leaves lying is no need for memory: with these a process has no room for it. */
const smallHeap = ['--max-old-space-size=48', '--max-semi-space-size=8'];

const [mode, task = '', from = '', to = '', seconds = ''] = process.argv.slice(2);
if (mode === '--task') {
  const start = performance.now();
  let ofPart: unknown;
  const cpuSec = await cpu(async () => {
    ofPart = await tasks[task]!(from, to, Number(seconds));
  });
  const figures: Figures = {
    sec: (performance.now() - start) / 1000,
    cpuSec: typeof ofPart === 'number' ? ofPart : cpuSec,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(figures));
} else {
  const given = process.argv.indexOf('--minutes');
  const lengthSec = 60 * (given < 0 ? 60 : Number(process.argv[given + 1]));
  const folder = mkdtempSync(join(tmpdir(), 'affect-bench-'));
  const run = (name: string, input = '', output = '', sec = 0, flags: readonly string[] = []): Figures =>
    JSON.parse(String(execFileSync(process.execPath, [...flags, process.argv[1]!, '--task', name, input, output, `${sec}`])));
  const rows: string[][] = [];
  const speed = (what: string, { sec, cpuSec, peakMegabytes }: Figures, small?: Figures, smallShort?: Figures) =>
    rows.push([
      what,
      sec.toFixed(2),
      cpuSec.toFixed(2),
      (lengthSec / cpuSec).toFixed(0),
      peakMegabytes.toFixed(0),
      small === undefined ? '' : small.peakMegabytes.toFixed(0),
      smallShort === undefined ? '' : smallShort.peakMegabytes.toFixed(0),
    ]);
  try {
    const [long, short] = [join(folder, 'long.xdf'), join(folder, 'short.xdf')];
    run('make', '', short, lengthSec / 6);
    const recorded = run('record', '', long, lengthSec);
    const decoded = run('decode', '', '', lengthSec);
    const paced = run('record-paced', '', join(folder, 'paced.xdf'));
    const share = (sec: number, of: number) => `${((100 * sec) / of).toFixed(2)} %`;
    console.log(
      `${lengthSec / 60} min of 16 × 250 Hz EEG and 4 Hz EDA, ${(statSync(long).size / 1e6).toFixed(0)} MB as XDF with the links' bytes\n`,
    );
    console.log('| recording | share of a core |');
    console.log('| --- | ---: |');
    console.log(`| decoding and recording, fed as fast as it goes | ${share(recorded.cpuSec, lengthSec)} |`);
    console.log(`| of which decoding | ${share(decoded.cpuSec, lengthSec)} |`);
    console.log(`| decoding and recording at real pace, ${pacedSec} s, timers and syncs included | ${share(paced.cpuSec, pacedSec)} |\n`);

    const both = (what: string, name: string, input = long, shorter = short) =>
      speed(
        what,
        run(name, input, join(folder, `out-${name}`)),
        run(name, input, join(folder, `small-${name}`), 0, smallHeap),
        run(name, shorter, join(folder, `short-${name}`), 0, smallHeap),
      );
    both('replay: blocks from the bytes of the links', 'replay');
    both('replay: blocks from decoded samples', 'replay-decoded');
    both('convert to BDF+', 'bdf');
    both('convert to EDF+', 'edf');
    both('convert to BDF+, from decoded samples', 'bdf-decoded');
    both('convert to XDF (decoded samples only)', 'xdf');
    both('convert to CSV', 'csv');
    both('convert to BIDS', 'bids');
    const bdf = join(folder, 'out-bdf.bdf');
    both('read that BDF+', 'read-bdf', bdf, join(folder, 'short-bdf.bdf'));
    if (!process.argv.includes('--alone')) {
      const peer = (name: string) =>
        python(pathToFileURL('bench/files_peers.py'), [long, bdf, folder, name]) as Figures & {
          readonly versions: Readonly<Record<string, string>>;
        };
      const load = peer('load');
      const { pyxdf, mne, pyedflib } = load.versions;
      speed(`pyxdf ${pyxdf}: load EEG and EDA into memory`, load);
      speed(`pyxdf and pyedflib ${pyedflib}: XDF to BDF+, all in memory`, peer('pyedflib'));
      speed(`pyxdf and MNE ${mne}: XDF to EDF (EEG only), all in memory`, peer('mne'));
      speed(`MNE: read that BDF+ into memory`, peer('read-bdf'));
    }
    console.log(
      `| | s | processor s | × real time (processor) | peak MB | peak MB in a heap of 48 MB | the same, a sixth of the recording |`,
    );
    console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
    for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
