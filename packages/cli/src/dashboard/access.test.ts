import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cookieAgeSec, cookieOf, createAccess, linkFile } from './access.ts';

const root = mkdtempSync(join(tmpdir(), 'affect-access-'));
afterAll(() => rmSync(root, { recursive: true }));
const cookieFor = (access: ReturnType<typeof createAccess>): string => {
  const outcome = access.enter(access.token(), 'here');
  if (outcome === undefined || !('cookie' in outcome)) throw new Error('not let in');
  return outcome.cookie;
};

describe('the link of the page', () => {
  test('lets one browser in once; the next link is another', () => {
    const access = createAccess();
    const first = access.token();
    const cookie = cookieFor(access);
    expect(access.knows(cookie)).toBe(true);
    expect(access.token()).not.toBe(first);
    expect(access.enter(first, 'here')).toBeUndefined();
    expect(cookieFor(access)).not.toBe(cookie);
  });

  test('tokens and cookies cannot be guessed, and a cookie is no token', () => {
    const access = createAccess();
    expect(Buffer.from(access.token(), 'base64url')).toHaveLength(24);
    const cookie = cookieFor(access);
    for (const wrong of ['', 'x', cookie, access.token().slice(1), `${access.token()}x`])
      expect(access.enter(wrong, `from ${wrong}`)).toBeUndefined();
    for (const wrong of [undefined, '', access.token(), cookie.slice(1)]) expect(access.knows(wrong)).toBe(false);
  });

  test('three wrong ones from one address, and it waits longer and longer; others do not', () => {
    let now = 1000;
    const access = createAccess({ now: () => now });
    for (let i = 0; i < 3; i++) expect(access.enter('wrong', 'there')).toBeUndefined();
    expect(access.enter(access.token(), 'there')).toEqual({ waitSec: 1 });
    now += 1;
    expect(access.enter('wrong', 'there')).toBeUndefined();
    expect(access.enter('wrong', 'there')).toEqual({ waitSec: 2 });
    for (let i = 0; i < 20; i++) {
      now += 1e3;
      access.enter('wrong', 'there');
    }
    expect(access.enter('wrong', 'there')).toEqual({ waitSec: 300 });
    expect(access.enter(access.token(), 'elsewhere')).toHaveProperty('cookie');
    now += 300;
    expect(access.enter(access.token(), 'there')).toHaveProperty('cookie');
  });

  test('a cookie ends after ninety days', () => {
    let now = 1000;
    const access = createAccess({ now: () => now });
    const cookie = cookieFor(access);
    now += cookieAgeSec - 1;
    expect(access.knows(cookie)).toBe(true);
    now += 2;
    expect(access.knows(cookie)).toBe(false);
  });
});

describe('what is kept', () => {
  test('outlives the process: a browser is known again, by a hash only its own cookie has', () => {
    const folder = join(root, 'kept');
    const cookie = cookieFor(createAccess({ folder }));
    expect(createAccess({ folder }).knows(cookie)).toBe(true);
    expect(readFileSync(join(folder, 'page-browsers.json'), 'utf8')).not.toContain(cookie);
    expect(statSync(join(folder, 'page-browsers.json')).mode & 0o077).toBe(0);
  });

  test('the present link is there for its user only, while the page is', () => {
    const folder = join(root, 'link');
    const access = createAccess({ folder });
    access.at('http://127.0.0.1:8080/');
    const link = () => JSON.parse(readFileSync(linkFile(folder), 'utf8')).link;
    expect(link()).toBe(`http://127.0.0.1:8080/?token=${access.token()}`);
    expect(statSync(linkFile(folder)).mode & 0o077).toBe(0);
    cookieFor(access);
    expect(link()).toBe(`http://127.0.0.1:8080/?token=${access.token()}`);
    access.at(undefined);
    expect(() => link()).toThrow('ENOENT');
  });

  test('a damaged file lets nobody in and ends nothing', () => {
    const folder = join(root, 'damaged');
    createAccess({ folder });
    for (const text of ['', '{', '{}', '[1]', '[{"hash":1}]', '[null]']) {
      writeFileSync(join(folder, 'page-browsers.json'), text);
      expect(createAccess({ folder }).knows('x')).toBe(false);
    }
  });

  test('sixty-four browsers, then the oldest needs a new link', () => {
    const access = createAccess();
    const cookies = Array.from({ length: 65 }, () => cookieFor(access));
    expect(cookies.map((cookie) => access.knows(cookie))).toEqual([false, ...Array(64).fill(true)]);
  });
});

test('one cookie is found among others', () => {
  expect(cookieOf('a=1; affect-8080=xyz; b=2', 'affect-8080')).toBe('xyz');
  expect(cookieOf('affect-80801=xyz', 'affect-8080')).toBeUndefined();
  expect(cookieOf(undefined, 'a')).toBeUndefined();
});
