import { type Outbox, openOutbox } from '../../src/outbox/outbox.ts';
import { faultyFileSystem } from '../faulty-file-system.ts';
import type { Figure } from './figure.ts';

const message = (n: number) => ({ topic: 't', payload: `${n} ${'.'.repeat(30)}` });
const nMessages = 40;

/** Everything a scripted run does: pushes, takes, acknowledgements, rotation, syncs, a rewind, a close. */
const script = async (outbox: Outbox): Promise<void> => {
  for (let n = 0; n < nMessages; n++) {
    outbox.push(message(n));
    if (n % 3 === 2) outbox.acknowledge(outbox.take()?.id ?? 0);
    if (n % 10 === 9) await outbox.sync();
    if (n === 20) outbox.rewind();
  }
  await outbox.close();
};

/** Takes and acknowledges everything; gives the numbers of the messages. */
const drain = (outbox: Outbox): number[] => {
  const numbers: number[] = [];
  for (let taken = outbox.take(); taken !== undefined; taken = outbox.take()) {
    numbers.push(Number(taken.payload.split(' ')[0]));
    outbox.acknowledge(taken.id);
  }
  return numbers;
};

export const faults = [
  ['EIO', {}],
  ['ENOSPC', { torn: true }],
  ['ENOSPC', { torn: true, lasting: true }],
  ['EROFS', { lasting: true }],
  ['EACCES', { lasting: true }],
  ['EIO', { torn: true, lasting: true }],
] as const;

/**
 * Makes every file operation of the scripted run fail, one run for each, then cuts the power and starts again. Throws with the place where an outbox
 * threw, gave what was never pushed or what it had given up, did not go on, or left a file it could not read. Gives the number of runs.
 */
export const everyFault = async ([code, how]: (typeof faults)[number]): Promise<number> => {
  const open = (files: ReturnType<typeof faultyFileSystem>): Outbox =>
    openOutbox({ folder: '/outbox', files, syncMs: 0, now: () => 1_800_000_000, segmentBytes: 300, maxBytes: 4096 });
  for (let n = 0; ; n++) {
    const files = faultyFileSystem();
    files.failAt(n, code, how);
    const outbox = open(files);
    await script(outbox);
    const wasHit = files.operations.length > n;
    const { acknowledged, dropped, failing, unwritten } = outbox.figures();
    files.mend();
    files.cutPower(() => 0);
    const next = open(files);
    const left = drain(next);
    const must = (what: string, isSo: boolean): void => {
      if (!isSo) throw new Error(`${code} at operation ${n} (${files.operations[n]}): ${what}; got ${left.join(' ')}`);
    };
    must(
      'in order, each once',
      left.every((number, i) => number < nMessages && (i === 0 || number > left[i - 1]!)),
    );
    // A single fault is mended by the next sync: everything not acknowledged is there.
    if (!('lasting' in how) && failing === undefined && unwritten === 0)
      must('everything that was safe', left.length >= nMessages - acknowledged - dropped - 1);
    next.push(message(99));
    must('goes on', drain(next).join() === '99');
    await next.close();
    must('clean at the end', open(files).take() === undefined);
    if (!wasHit) return n;
  }
};

/** Disk full, read-only, no permission, broken, half written: at every file operation of the outbox. */
export const fileFaults = async (): Promise<Figure> => {
  let runs = 0;
  for (const fault of faults) runs += await everyFault(fault);
  return {
    test: 'file faults',
    asked:
      'ENOSPC, EROFS, EACCES, EIO and torn writes at every file operation of a scripted run, then a power cut: no crash, no file that cannot be read, it goes on',
    found: `${runs} runs, each with one fault: none failed`,
    ok: runs > 500,
  };
};
