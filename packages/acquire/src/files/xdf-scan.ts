import { type FileHandle, open } from 'node:fs/promises';
import { checksumMark, checksumStreamId, findSpare, findSums, isWholeChecksumFooter } from '../codecs/xdf-checksum.ts';
import { xdfBoundary, xdfMagic, xdfTag } from '../codecs/xdf-chunk.ts';
import { AcquireError } from '../errors.ts';
import { fileError } from './file-error.ts';
import { type XdfChunk, type XdfDamage, xdfChunkAt } from './xdf-chunk-at.ts';
import { verifyStretch } from './xdf-verify.ts';

export type { XdfChunk, XdfDamage } from './xdf-chunk-at.ts';

const pieceBytes = 2 ** 20;
/** Without a list of checksums for so long there is none to wait for, bytes. */
const mostUnverified = 16 * 2 ** 20;
const hitSums = 'a list of checksums is not what was written';

/** True where a file begins as XDF does; one of the four letters may be damaged. */
export const isXdfHead = (head: string): boolean => {
  const magic = Buffer.from(xdfMagic).toString('latin1');
  return head.length >= magic.length && [...magic].filter((letter, i) => head[i] !== letter).length <= 1;
};

/**
 * The chunks of an XDF file in order, in batches (about 1 MB; a chunk is never split). In files of ours each is held against its checksum. What is no
 * chunk, or not what was written, is told to `damaged`; reading goes on with the next chunk that the checksums vouch for, in files of others after the
 * next boundary. Throws `AcquireError`: `not-found`, `no-permission`, `bad-file` where it is no XDF.
 */
export async function* xdfChunks(path: string, damaged: (damage: XdfDamage) => void = () => {}): AsyncGenerator<XdfChunk[], void> {
  const file = await open(path, 'r').catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    const view = await openView(file);
    if (!isXdfHead(Buffer.from(view.bytes().subarray(0, 4)).toString('latin1')))
      throw new AcquireError('bad-file', `'${path}' is no XDF file: it does not begin with 'XDF:'.`);
    if (Buffer.compare(view.bytes().subarray(0, 4), xdfMagic) !== 0)
      damaged({ offset: 0, bytes: 4, detail: "the file does not begin with 'XDF:'" });
    view.drop(xdfMagic.length);
    yield* buffer(view.bytes()).includes(checksumMark) ? verifiedChunks(view, damaged) : plainChunks(view, damaged);
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    await file.close();
  }
}

/** Bytes of a file, from `base` on as far as they have been read. */
interface View {
  readonly size: number;
  readonly base: () => number;
  readonly bytes: () => Uint8Array;
  /** Reads on; false at the end of the file. */
  readonly more: (atLeast: number) => Promise<boolean>;
  readonly drop: (count: number) => void;
}

const openView = async (file: FileHandle): Promise<View> => {
  const { size } = await file.stat();
  let held: Uint8Array = new Uint8Array(0);
  let base = 0;
  const more = async (atLeast: number): Promise<boolean> => {
    const from = base + held.length;
    const next = new Uint8Array(held.length + Math.max(0, Math.min(size - from, Math.max(atLeast, pieceBytes))));
    next.set(held);
    const { bytesRead } = await file.read(next, held.length, next.length - held.length, from);
    held = next.subarray(0, held.length + bytesRead);
    return bytesRead > 0;
  };
  await more(0);
  return {
    size,
    base: () => base,
    bytes: () => held,
    more,
    drop: (count) => {
      held = held.subarray(count);
      base += count;
    },
  };
};

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Chunks as their lengths lead from one to the next; after damage from the next boundary on. */
async function* plainChunks(view: View, damaged: (damage: XdfDamage) => void): AsyncGenerator<XdfChunk[], void> {
  while (view.base() < view.size) {
    const { chunks, next, stopped } = chunksFrom(view, 0);
    view.drop(next);
    if (chunks.length > 0) yield chunks;
    if (view.base() >= view.size) return;
    const problem = typeof stopped === 'string' ? stopped : (await view.more(stopped)) ? undefined : 'cannot be read any further';
    if (problem === undefined) continue;
    const offset = view.base();
    for (;;) {
      const found = buffer(view.bytes()).indexOf(xdfBoundary);
      if (found >= 0) {
        view.drop(found + xdfBoundary.length);
        damaged({ offset, bytes: view.base() - offset, detail: `${problem}; skipped to the next boundary` });
        break;
      }
      view.drop(Math.max(0, view.bytes().length - xdfBoundary.length + 1));
      if (await view.more(0)) continue;
      damaged({ offset, bytes: view.size - offset, detail: `${problem}; there is no boundary after it` });
      return;
    }
  }
}

/** The chunks of a file of ours, from one list of checksums to the next. */
async function* verifiedChunks(view: View, damaged: (damage: XdfDamage) => void): AsyncGenerator<XdfChunk[], void> {
  let chunks: XdfChunk[] = []; // of the stretch that is being read; `at` is how far
  let at = 0;
  const restart = () => {
    chunks = [];
    view.drop(at);
    at = 0;
  };
  while (view.base() < view.size) {
    const { chunk, stopped } = chunkFrom(view, at);
    if (chunk !== undefined) {
      at = chunk.end - view.base();
      const ofSums = chunk.tag === xdfTag.samples && chunk.streamId === checksumStreamId;
      const found = ofSums ? findSums(chunk.content) : undefined;
      // a chunk that lies about its length may hold the list of a later stretch
      if (found !== undefined && found.written.length === chunk.end - chunk.offset) {
        if (Buffer.compare(found.written, view.bytes().subarray(chunk.offset - view.base(), at)) !== 0)
          damaged({ ...placeOf(chunk), detail: hitSums });
        const bytes = view.bytes().subarray(0, at);
        const first = view.base() === xdfMagic.length;
        if (first && view.bytes().length < at + 2 ** 16) await view.more(2 ** 16);
        yield verifyStretch(
          { bytes, base: view.base(), chunks, sums: found.sums, sumsAt: chunk.offset, ...(first && { after: view.bytes().subarray(at) }) },
          damaged,
        );
        restart();
      } else if (ofSums && chunks.length > 0 && findSpare(chunk.content) === undefined) {
        damaged({ ...placeOf(chunk), detail: hitSums });
        yield chunks; // nobody vouches for them, but nothing speaks against them
        restart();
      } else if (chunk.tag === xdfTag.boundary) {
        if (Buffer.compare(chunk.content, xdfBoundary) !== 0) damaged({ ...placeOf(chunk), detail: 'a boundary is not what it must be' });
        const last = chunks.at(-1);
        if (last !== undefined) {
          // before a boundary lies a list of checksums: this one says that it is something else
          const hit = findSums(last.content);
          damaged({ ...placeOf(last), detail: hitSums });
          const bytes = view.bytes().subarray(0, last.end - view.base());
          yield hit === undefined
            ? chunks
            : verifyStretch({ bytes, base: view.base(), chunks: chunks.slice(0, -1), sums: hit.sums, sumsAt: last.offset }, damaged);
        }
        restart();
      } else if (chunk.streamId === checksumStreamId && chunk.tag === xdfTag.streamFooter) {
        if (isWholeChecksumFooter(chunk.content)) chunks.push(chunk);
        else damaged({ ...placeOf(chunk), detail: 'a footer does not match its checksum' });
      } else if (chunks.push(chunk) > 0 && at > mostUnverified) {
        yield chunks;
        restart();
      }
      continue;
    }
    if (view.base() + at >= view.size) break;
    const problem = typeof stopped === 'string' ? stopped : (await view.more(stopped)) ? undefined : 'cannot be read any further';
    if (problem === undefined) continue;
    const offset = view.base() + at;
    const boundary = await boundaryAfter(view, at);
    const found = findSums(view.bytes().subarray(0, boundary));
    if (found !== undefined) {
      const first = view.base() === xdfMagic.length;
      yield verifyStretch(
        {
          bytes: view.bytes().subarray(0, found.end),
          base: view.base(),
          chunks,
          sums: found.sums,
          sumsAt: view.base() + found.start,
          problem: { offset, detail: problem },
          ...(first && { after: view.bytes().subarray(found.end) }),
        },
        damaged,
      );
      at = found.end;
    } else {
      if (chunks.length > 0) yield chunks;
      const end = boundary ?? view.size - view.base();
      const next = boundary === undefined ? 'there is no boundary after it' : 'skipped to the next boundary';
      damaged({ offset, bytes: end - at, detail: `${problem}; ${next}` });
      at = end;
    }
    restart();
  }
  const isFooter = (chunk: XdfChunk): boolean => chunk.streamId === checksumStreamId && chunk.tag === xdfTag.streamFooter;
  const misfiled = chunks.filter((chunk) => !isFooter(chunk) && isWholeChecksumFooter(chunk.content));
  for (const chunk of misfiled) damaged({ ...placeOf(chunk), detail: 'a footer is not what was written' });
  if (chunks.length > 0) yield chunks.filter((chunk) => !misfiled.includes(chunk));
}

const placeOf = ({ offset, end }: XdfChunk) => ({ offset, bytes: end - offset });

/** Where the next boundary behind `from` ends in the view, which is read on for it; undefined where there is none (within reason). */
const boundaryAfter = async (view: View, from: number): Promise<number | undefined> => {
  for (let searched = from; ; ) {
    const found = buffer(view.bytes()).indexOf(xdfBoundary, searched);
    if (found >= 0) return found + xdfBoundary.length;
    searched = Math.max(from, view.bytes().length - xdfBoundary.length + 1);
    if (view.bytes().length > from + mostUnverified || !(await view.more(0))) return undefined;
  }
};

const chunkFrom = (view: View, at: number): { readonly chunk?: XdfChunk; readonly stopped: number | string } => {
  if (at >= view.bytes().length) return { stopped: 0 };
  const parsed = xdfChunkAt(view.bytes(), at, view.base(), view.size);
  return typeof parsed === 'object' ? { chunk: parsed, stopped: 0 } : { stopped: parsed };
};

/** All whole chunks of the view from `at` on, where they end, and why there is no further one. */
const chunksFrom = (view: View, at: number) => {
  const chunks: XdfChunk[] = [];
  let next = at;
  for (;;) {
    const { chunk, stopped } = chunkFrom(view, next);
    if (chunk === undefined) return { chunks, next, stopped };
    chunks.push(chunk);
    next = chunk.end - view.base();
  }
};
