import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../write-durably.ts';

/**
 * Who may look at the page: whoever opened its link once. The link holds a token that works one time; the browser gets a cookie for it, of which only
 * the hash is kept. A new link is made as soon as one is used.
 */
export interface Access {
  /** The token of the link that now lets one browser in. */
  readonly token: () => string;
  /** A cookie's value for the right token; nothing for a wrong one; how long to wait, s, for an address that was wrong too often. */
  readonly enter: (token: string, address: string) => { readonly cookie: string } | { readonly waitSec: number } | undefined;
  /** Whether the cookie was given out here. */
  readonly knows: (cookie: string | undefined) => boolean;
  /** The page is at this address now; nowhere when absent: then the present link is not kept any longer. */
  readonly at: (url: string | undefined) => void;
}

export interface AccessOptions {
  /** Where cookies' hashes and the present link's token outlive the process; in memory only when absent. */
  readonly folder?: string;
  /** Unix time, s. */
  readonly now?: () => number;
}

/** How long a browser is let in, s. */
export const cookieAgeSec = 90 * 86_400;
const mostBrowsers = 64;
const freeAttempts = 3;
const longestWaitSec = 300;
const mostAddresses = 1000;

/** Where the present link lies while the page is open, for `affect page`. */
export const linkFile = (folder: string): string => join(folder, 'page-link.json');
const browsersFile = (folder: string): string => join(folder, 'page-browsers.json');

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const fresh = (): string => randomBytes(24).toString('base64url');

/** Opens the door. A file of browsers that cannot be read is begun anew: they need a new link, nobody gets in by it. */
export const createAccess = ({ folder, now = () => Date.now() / 1000 }: AccessOptions = {}): Access => {
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  let browsers = folder === undefined ? [] : readBrowsers(browsersFile(folder));
  let token = fresh();
  const failures = new Map<string, { readonly count: number; readonly until: number }>();
  const keep = (file: string, value: unknown): void => {
    try {
      writeDurably(file, JSON.stringify(value), { mode: 0o600 });
    } catch {
      // A disk that refuses costs a new link after the next start, not the page.
    }
  };
  let url: string | undefined;
  const tell = (): void => {
    if (folder === undefined) return;
    if (url === undefined) rmSync(linkFile(folder), { force: true });
    else keep(linkFile(folder), { link: `${url}?token=${token}` });
  };
  const failed = (address: string): void => {
    const count = (failures.get(address)?.count ?? 0) + 1;
    const waitSec = count < freeAttempts ? 0 : Math.min(longestWaitSec, 2 ** (count - freeAttempts));
    failures.delete(address);
    failures.set(address, { count, until: now() + waitSec });
    if (failures.size > mostAddresses) failures.delete(failures.keys().next().value!);
  };
  return {
    token: () => token,
    at: (place) => {
      url = place;
      tell();
    },
    enter: (given, address) => {
      const waitSec = (failures.get(address)?.until ?? 0) - now();
      if (waitSec > 0) return { waitSec: Math.ceil(waitSec) };
      if (!sameText(given, token)) {
        failed(address);
        return undefined;
      }
      failures.delete(address);
      token = fresh();
      tell();
      const cookie = fresh();
      browsers = [...browsers, { hash: hashOf(cookie), since: now() }].slice(-mostBrowsers);
      if (folder !== undefined) keep(browsersFile(folder), browsers);
      return { cookie };
    },
    knows: (cookie) => {
      if (cookie === undefined) return false;
      const hash = hashOf(cookie);
      return browsers.some((browser) => browser.hash === hash && now() - browser.since < cookieAgeSec);
    },
  };
};

/** Equal or not, in a time that does not tell how much of it was right. */
const sameText = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)));

interface Browser {
  readonly hash: string;
  readonly since: number;
}

const readBrowsers = (file: string): Browser[] => {
  try {
    const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!Array.isArray(list)) return [];
    return list
      .filter((entry): entry is Browser => typeof entry?.hash === 'string' && typeof entry?.since === 'number')
      .slice(-mostBrowsers);
  } catch {
    return [];
  }
};

/** One cookie out of a Cookie header. */
export const cookieOf = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([key]) => key === name)?.[1];
