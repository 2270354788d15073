import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset } from '../packages/acquire/src/datasets/index.ts';
import { installPeers } from './peers/environment.ts';

/**
 * How fast are the corpora's own files read, and in how much memory? A pickle of 1 GB as WESAD has them (protocol 0: numbers as escaped text), and one person of
 * DEAP at full size, written here with made-up numbers; read in a process of their own, which tells its time and peak memory. Beside them NumPy's own `pickle.load`
 * in the pinned version.
 */
/** Reads a corpus from end to end: prints seconds, bytes of numbers, and peak memory. */
async function read(path: string): Promise<void> {
  const startedAt = performance.now();
  let nBytes = 0;
  let nTrials = 0;
  for (const part of (await openDataset(path)).parts) {
    for await (const { baseline, blocks } of part.trials(() => {})) {
      nTrials++;
      for (const { data } of [...baseline, ...blocks]) nBytes += data.byteLength;
    }
  }
  const sec = (performance.now() - startedAt) / 1000;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ sec, cpuSec: (userCPUTime + systemCPUTime) / 1e6, nBytes, nTrials, peakMegabytes: maxRSS / 1024 }));
}

interface Figures {
  readonly sec: number;
  /** User and system time of the whole process: what a machine with other work does not change. */
  readonly cpuSec: number;
  readonly peakMegabytes: number;
}

function bench(): void {
  const peers = installPeers();
  const root = mkdtempSync(join(tmpdir(), 'affect-bench-'));
  try {
    const wesad = join(root, 'wesad/S2/S2.pkl');
    writeWesad(wesad, 7300);
    const deap = join(root, 'deap/data_preprocessed_python/s01.dat');
    writeDeap(deap);
    console.log('| file | MB | read by | s | MB/s | processor s | MB/processor s | peak MB |');
    console.log('| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |');
    for (const [name, path, corpus] of [
      ['WESAD, one person, protocol 0', wesad, join(root, 'wesad')],
      ['DEAP, one person, protocol 2', deap, join(root, 'deap')],
    ] as const) {
      const megabytes = statSync(path).size / 1e6;
      const row = (who: string, { sec, cpuSec, peakMegabytes }: Figures) => {
        const rates = [sec, cpuSec].map((each) => `${each.toFixed(2)} | ${(megabytes / each).toFixed(0)}`);
        console.log(`| ${name} | ${megabytes.toFixed(0)} | ${who} | ${rates.join(' | ')} | ${peakMegabytes.toFixed(0)} |`);
      };
      const own = run(process.execPath, [process.argv[1]!, '--read', corpus]);
      if (own.startsWith('{')) row('this program', JSON.parse(own));
      row('NumPy, pickle.load', peers.python('pickle_load.py', [path]) as Figures);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (stdout.trim() === '') console.error(`${program} could not read it: ${stderr.trim().split('\n').slice(0, 8).join('\n')}`);
  return stdout.trim();
}

/** Bytes as Python 2 writes them in protocol 0: a literal. */
const spelled = Array.from({ length: 256 }, (_, byte) => {
  const letter = { 9: '\\t', 10: '\\n', 13: '\\r', 39: "\\'", 92: '\\\\' }[byte];
  return Buffer.from(
    letter ?? (byte < 32 || byte > 126 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte)),
    'latin1',
  );
});

function escaped(bytes: Uint8Array): Buffer {
  const text = Buffer.allocUnsafe(4 * bytes.length);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) at += spelled[bytes[i]!]!.copy(text, at);
  return text.subarray(0, at);
}

/** A person of `sec` seconds; numbers are noise around a level, so that their bytes are as varied as real ones. */
function writeWesad(path: string, sec: number): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const file = openSync(path, 'w');
  const put = (text: string | Uint8Array) => writeSync(file, typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  let nKept = 0;
  const word = (text: string) => put(`S'${text}'\np${nKept++}\n`);
  const array = (nRows: number, nColumns: number, value: (i: number) => number, type: 'f8' | 'i4') => {
    const shape = (nColumns > 0 ? [nRows, nColumns] : [nRows]).map((n) => `I${n}\n`).join('');
    put(`cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR`);
    put(`p${nKept++}\n(I1\n(${shape}tcnumpy\ndtype\n(S'${type}'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\nS'`);
    const n = nRows * Math.max(1, nColumns);
    for (let from = 0; from < n; from += 65_536) {
      const piece = type === 'f8' ? new Float64Array(Math.min(65_536, n - from)) : new Int32Array(Math.min(65_536, n - from));
      for (let i = 0; i < piece.length; i++) piece[i] = value(from + i);
      put(escaped(new Uint8Array(piece.buffer)));
    }
    put("'\ntb");
  };
  const dict = (fill: () => void) => {
    put('(d');
    put(`p${nKept++}\n`);
    fill();
  };
  const set = (key: string, fill: () => void) => {
    word(key);
    fill();
    put('s');
  };
  const noise = (i: number) => 5 + Math.sin(i / 50) + Math.random();
  const labelAt = [0, 1, 1, 1, 5, 3, 0, 4, 0, 2, 2, 0, 4, 0];
  dict(() => {
    set('signal', () =>
      dict(() => {
        set('chest', () =>
          dict(() => {
            for (const [key, columns] of Object.entries({ ACC: 3, ECG: 1, EMG: 1, EDA: 1, Temp: 1, Resp: 1 }))
              set(key, () => array(700 * sec, columns, noise, 'f8'));
          }),
        );
        set('wrist', () =>
          dict(() => {
            for (const [key, columns, rate] of [
              ['ACC', 3, 32],
              ['BVP', 1, 64],
              ['EDA', 1, 4],
              ['TEMP', 1, 4],
            ] as const)
              set(key, () => array(rate * sec, columns, noise, 'f8'));
          }),
        );
      }),
    );
    set('label', () => array(700 * sec, 0, (i) => labelAt[Math.floor((i / (700 * sec)) * labelAt.length)]!, 'i4'));
    set('subject', () => word('S2'));
  });
  put('.');
  closeSync(file);
}

/** 40 trials of 40 channels of 8,064 samples, as Python 2 writes them in protocol 2. */
function writeDeap(path: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const file = openSync(path, 'w');
  const put = (text: string | Uint8Array) => writeSync(file, typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  const integer = (n: number) => {
    const bytes = Buffer.alloc(5);
    bytes[0] = 0x4a;
    bytes.writeInt32LE(n, 1);
    return bytes;
  };
  const array = (shape: readonly number[], value: (i: number) => number) => {
    put('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01');
    put('(');
    for (const n of shape) put(integer(n));
    put('tcnumpy\ndtype\nU\x02f8K\x00K\x01\x87R(K\x03U\x01<NNN');
    put(integer(-1));
    put(integer(-1));
    put('K\x00tb\x89T');
    const n = shape.reduce((product, size) => product * size, 1);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(8 * n);
    put(length);
    for (let from = 0; from < n; from += 65_536) {
      const piece = new Float64Array(Math.min(65_536, n - from));
      for (let i = 0; i < piece.length; i++) piece[i] = value(from + i);
      put(new Uint8Array(piece.buffer));
    }
    put('tb');
  };
  put('\x80\x02}(U\x06labels');
  array([40, 4], (i) => 1 + (i % 9));
  put('U\x04data');
  array([40, 40, 8064], () => 100 * (Math.random() - 0.5));
  put('u.');
  closeSync(file);
}

const [verb, folder] = process.argv.slice(2);
if (verb === '--read') await read(folder!);
else bench();
