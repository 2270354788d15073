import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ModelError } from '../errors.ts';
import type { EngineInfo } from './engine.ts';
import { shimSource } from './native-shim.ts';
import { openEngine } from './tfjs.ts';
import { bindingFile, nativeEngineFolder, tfjsNodePackage } from './tfjs-native.ts';

/** The TensorFlow the binding is built against: the newest tried. Its C interface is stable, so tfjs-node 4.22 (made for 2.9) works with it. */
const tensorflowVersion = '2.21.0';
const neededBytes = 2e9;

/** What is being done, for a person. */
export interface InstallProgress {
  readonly step: 'check' | 'download' | 'unpack' | 'compile' | 'try';
  /** One line; of a download its last line of output. */
  readonly detail: string;
}

export interface InstallOptions {
  /** Where it goes; the user's data folder when absent. */
  readonly folder?: string;
  readonly onProgress?: (progress: InstallProgress) => void;
  readonly signal?: AbortSignal;
}

/** The wheel with the library, by the machine's architecture. */
const wheels: Readonly<Record<string, { readonly name: string; readonly platform: string }>> = {
  x64: { name: 'tensorflow-cpu', platform: 'manylinux_2_27_x86_64' },
  arm64: { name: 'tensorflow', platform: 'manylinux_2_27_aarch64' },
};

const refuse = (message: string, cause?: unknown): never => {
  throw new ModelError('no-engine', `${message} The line runs without it, on WebAssembly.`, { cause });
};

/** Runs a program; gives what it wrote. On failure the last lines of that are in the error. */
const run = (
  program: string,
  args: readonly string[],
  { signal, onLine }: { readonly signal?: AbortSignal | undefined; readonly onLine?: (line: string) => void } = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
    let output = '';
    const hear = (data: Buffer): void => {
      output += data;
      const line = String(data)
        .trim()
        .split(/[\r\n]/)
        .at(-1);
      if (line) onLine?.(line);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with ${code}: ${output.trim().split('\n').slice(-6).join(' | ')}`));
    });
  });

/** Runs a program that must be there, saying how to get it where it is not. */
const present = async (program: string, args: readonly string[], advice: string): Promise<string> => {
  try {
    return await run(program, args);
  } catch (cause) {
    return refuse(
      `The native engine cannot be built: '${program} ${args.join(' ')}' does not run (${(cause as Error).message.split('\n')[0]}). ${advice}`,
      cause,
    );
  }
};

/** Folder of Node's own C headers. */
const nodeHeaders = (): string => {
  const places = [join(dirname(process.execPath), '..', 'include', 'node'), '/usr/include/node', '/usr/local/include/node'];
  return (
    places.find((place) => existsSync(join(place, 'node_api.h'))) ??
    refuse(
      `The native engine cannot be built: Node's header node_api.h is in none of ${places.join(', ')}. Install it (on Debian: apt install libnode-dev) and try again.`,
    )
  );
};

/** Takes from a wheel what is needed: the two libraries, the headers, the licence texts. */
const unpackScript = `
import sys, zipfile
wheel, to = sys.argv[1:]
wanted = ('tensorflow/libtensorflow_cc.', 'tensorflow/libtensorflow_framework.', 'tensorflow/THIRD_PARTY_NOTICES', 'tensorflow/include/tensorflow/c/',
          'tensorflow/include/tensorflow/core/platform/', 'tensorflow/include/tensorflow/tsl/', 'tensorflow/include/tsl/', 'tensorflow/include/xla/tsl/')
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(to, [name for name in archive.namelist() if name.startswith(wanted)])
`;

/**
 * Builds tfjs-node's native binding against the libtensorflow of a TensorFlow wheel from the Python package index, because tfjs-node's own installer
 * downloads from one host only and has nothing for 64-bit ARM. Linux only; needs python3 with pip, g++, Node's headers, 2 GB of disk, and takes a few
 * minutes. Everything is built beside and moved in place at the end: an interrupted installation changes nothing. Gives the engine as it then opens.
 * @throws ModelError('no-engine') saying what is missing or failed and what to do.
 */
export const installNativeEngine = async ({
  folder = nativeEngineFolder(),
  onProgress = () => {},
  signal,
}: InstallOptions = {}): Promise<EngineInfo> => {
  const tell = (step: InstallProgress['step'], detail: string): void => onProgress({ step, detail });

  tell('check', 'looking for the tools');
  if (process.platform !== 'linux')
    refuse(
      `The native engine is built on Linux only, this is ${process.platform}. 'npm rebuild @tensorflow/tfjs-node' may install its own binary.`,
    );
  const wheel = wheels[process.arch] ?? refuse(`There is no TensorFlow for ${process.arch}, only for x64 and arm64.`);
  const sources = ((): string => {
    try {
      return dirname(tfjsNodePackage().resolve('./package.json'));
    } catch (cause) {
      return refuse(
        'The native engine cannot be built: the optional package @tensorflow/tfjs-node is not installed. Install it and try again.',
        cause,
      );
    }
  })();
  const headers = nodeHeaders();
  await present('g++', ['--version'], 'Install it (on Debian: apt install g++) and try again.');
  await present('python3', ['-m', 'pip', '--version'], 'Install it (on Debian: apt install python3-pip) and try again.');
  await mkdir(dirname(folder), { recursive: true });
  const { bavail, bsize } = await statfs(dirname(folder));
  if (bavail * bsize < neededBytes)
    refuse(
      `The native engine needs 2 GB of disk while it is built; ${dirname(folder)} has ${((bavail * bsize) / 1e9).toFixed(1)} GB free.`,
    );

  const work = await mkdtemp(join(dirname(folder), 'building-'));
  try {
    tell('download', `${wheel.name} ${tensorflowVersion}, about 270 MB`);
    const python = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'];
    const args = [
      '-m',
      'pip',
      'download',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary=:all:',
      '--platform',
      wheel.platform,
      ...python,
      '-d',
      work,
    ];
    await run('python3', [...args, `${wheel.name}==${tensorflowVersion}`], { signal, onLine: (line) => tell('download', line) });
    const file = (await readdir(work)).find((name) => name.endsWith('.whl'))!;

    tell('unpack', file);
    await run('python3', ['-c', unpackScript, join(work, file), work], { signal });
    await rm(join(work, file));

    tell('compile', 'the binding (about 10 s)');
    const library = join(work, 'tensorflow');
    const include = [headers, join(library, 'include'), sources].flatMap((place) => ['-I', place]);
    const common = ['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', ...include];
    const binding = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(sources, 'binding', name));
    const link = ['-L', library, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/tensorflow'];
    await run('g++', [...common, ...binding, '-o', join(work, 'tfjs_binding_impl.so'), ...link], { signal });
    await writeFile(join(work, 'shim.cc'), shimSource);
    await run('g++', [...common, join(work, 'shim.cc'), '-o', join(work, bindingFile), '-ldl'], { signal });
    await rm(join(library, 'include'), { recursive: true });
    await rm(join(work, 'shim.cc'));
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);

    tell('try', 'a matrix product');
    const engine = await openEngine('tfjs-node', { nativeFolder: folder });
    const product = engine.tf.tidy(() => engine.tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]);
    if (product !== 11) refuse(`The native engine was built but computes wrong: 1·3 + 2·4 gave ${product}.`);
    return engine.info();
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    return refuse(`The native engine could not be built: ${(cause as Error).message}.`, cause);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
