import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createAccess } from '../src/dashboard/access.ts';
import { type PageServer, pageServer } from '../src/dashboard/server.ts';

/** The page server as a daemon opens it for signals of a person; `pnpm build` makes the page first. */

const executablePath =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const secret = 'greeting-canary';
let server: PageServer;
let port = 0;
let access: ReturnType<typeof createAccess>;
let cookie = '';
beforeAll(async () => {
  access = createAccess();
  server = await pageServer(() => JSON.stringify({ secret }), { port: 18_080, names: ['affect.local'], access });
  port = Number(new URL(server.url).port);
  const { headers } = await ask('GET', `/?token=${access.token()}`, {});
  cookie = String(headers['set-cookie']).split(';', 1)[0];
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const ask = (method: string, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
  new Promise((done, reject) => {
    request({ host: '127.0.0.1', port, method, path, headers, setHost: !('host' in headers) }, (response) => {
      let body = '';
      response.on('data', (data) => {
        body += data;
      });
      response.on('end', () => done({ status: response.statusCode!, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
/** The status a socket's handshake is answered with; 101 where it opens. */
const shake = (path: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((done) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.on('open', () => {
      socket.terminate();
      done(101);
    });
    socket.on('unexpected-response', (_, response) => done(response.statusCode!));
    socket.on('error', () => {});
  });

/** Host, Origin and cookie of a request; `self` is this server, `cookie` the right one. */
type Row = readonly [what: string, method: string, path: string, headers: Readonly<Record<string, string>>, status: number];
const rows: readonly Row[] = [
  ['its own page, known browser', 'GET', '/', { cookie: 'right' }, 200],
  ['the script', 'GET', '/page.js', { cookie: 'right' }, 200],
  ['only the head', 'HEAD', '/', { cookie: 'right' }, 200],
  ['by localhost', 'GET', '/', { cookie: 'right', host: 'localhost:PORT' }, 200],
  ['by IPv6 loopback', 'GET', '/', { cookie: 'right', host: '[::1]:PORT' }, 200],
  ['by an address of the network', 'GET', '/', { cookie: 'right', host: '192.168.1.20:PORT' }, 200],
  ['by its configured name', 'GET', '/', { cookie: 'right', host: 'affect.local:PORT' }, 200],
  ['by its name in capitals', 'GET', '/', { cookie: 'right', host: 'AFFECT.LOCAL:PORT' }, 200],
  ['by another name (rebinding)', 'GET', '/', { cookie: 'right', host: 'evil.example:PORT' }, 421],
  ['by a name that begins like it', 'GET', '/', { cookie: 'right', host: 'localhost.evil.example:PORT' }, 421],
  ['by a name that ends like it', 'GET', '/', { cookie: 'right', host: 'evil-affect.local:PORT' }, 421],
  ['by a wildcard address name', 'GET', '/', { cookie: 'right', host: '127.0.0.1.nip.io:PORT' }, 421],
  ['with a user in the host', 'GET', '/', { cookie: 'right', host: 'localhost@evil.example' }, 421],
  ['by an empty name', 'GET', '/', { cookie: 'right', host: '' }, 421],
  ['unknown browser', 'GET', '/', {}, 401],
  ['unknown browser, the script', 'GET', '/page.js', {}, 401],
  ['unknown browser, what is not there', 'GET', '/nothing', {}, 401],
  ['a wrong cookie', 'GET', '/', { cookie: 'affect-PORT=wrong' }, 401],
  ['a cookie of another port', 'GET', '/', { cookie: 'affect-1=wrong' }, 401],
  ['a wrong link', 'GET', '/?token=wrong', {}, 401],
  ['a wrong link by a rebound name', 'GET', '/?token=wrong', { host: 'evil.example' }, 421],
  ['a link asked for with HEAD', 'HEAD', '/?token=TOKEN', {}, 401],
  ['a form', 'POST', '/', { cookie: 'right' }, 405],
  ['a form with a link', 'POST', '/?token=TOKEN', {}, 405],
  ['a form of another site', 'POST', '/', { cookie: 'right', origin: 'http://evil.example' }, 405],
  ['a preflight', 'OPTIONS', '/', { origin: 'http://evil.example', 'access-control-request-method': 'GET' }, 405],
  ['a deletion', 'DELETE', '/', { cookie: 'right' }, 405],
  ['a way out of the folder', 'GET', '/../package.json', { cookie: 'right' }, 404],
  ['an encoded way out', 'GET', '/..%2fpackage.json', { cookie: 'right' }, 404],
  ['the socket without upgrade', 'GET', '/live', { cookie: 'right' }, 404],
  ['socket: its own page', 'WS', '/live', { cookie: 'right', origin: 'self' }, 101],
  [
    'socket: by its configured name',
    'WS',
    '/live',
    { cookie: 'right', host: 'affect.local:PORT', origin: 'http://affect.local:PORT' },
    101,
  ],
  ['socket: unknown browser', 'WS', '/live', { origin: 'self' }, 401],
  ['socket: no origin', 'WS', '/live', { cookie: 'right' }, 403],
  ['socket: another port', 'WS', '/live', { cookie: 'right', origin: 'http://127.0.0.1:1' }, 403],
  ['socket: localhost is not 127.0.0.1', 'WS', '/live', { cookie: 'right', origin: 'http://localhost:PORT' }, 403],
  ['socket: https is not http', 'WS', '/live', { cookie: 'right', origin: 'https://127.0.0.1:PORT' }, 403],
  ['socket: another site', 'WS', '/live', { cookie: 'right', origin: 'http://evil.example' }, 403],
  ['socket: a sandboxed frame', 'WS', '/live', { cookie: 'right', origin: 'null' }, 403],
  [
    'socket: rebound, and consistent about it',
    'WS',
    '/live',
    { cookie: 'right', host: 'evil.example', origin: 'http://evil.example' },
    421,
  ],
  ['socket: another path', 'WS', '/other', { cookie: 'right', origin: 'self' }, 404],
];

describe('who may look at the page', () => {
  test(`${rows.length} kinds of request`, () => expect(rows.length).toBeGreaterThanOrEqual(40));

  test.each(rows)('%s: %s %s %j → %d', async (_, method, path, given, status) => {
    const filled = (text: string): string => text.replace('PORT', String(port)).replace('TOKEN', access.token());
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        name === 'cookie' && value === 'right' ? cookie : value === 'self' ? `http://127.0.0.1:${port}` : filled(value),
      ]),
    );
    const got = method === 'WS' ? await shake(path, headers) : (await ask(method, filled(path), headers)).status;
    expect(got).toBe(status);
  });

  test('every answer forbids what a page of others could do with it', async () => {
    for (const [method, path, headers] of [
      ['GET', '/', { cookie }],
      ['GET', '/', {}],
      ['GET', '/', { host: 'evil.example' }],
      ['POST', '/', {}],
    ] as const) {
      const { headers: got } = await ask(method, path, headers);
      expect(got['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      );
      expect(got).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      });
      expect(got).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('the cookie is for this server and its own pages only', async () => {
    const { headers, status } = await ask('GET', `/?token=${access.token()}`, {});
    expect(status).toBe(200);
    expect(String(headers['set-cookie'])).toMatch(
      new RegExp(`^affect-${port}=[\\w-]{32}; HttpOnly; SameSite=Strict; Path=/; Max-Age=7776000$`),
    );
  });

  test('a refused socket that is reset ends nothing, and one that never hangs up does not keep the server from closing', async () => {
    const door = await pageServer(() => '', { port: 0 });
    const knock = (): Promise<Socket> =>
      new Promise((done) => {
        const socket = connect({ host: '127.0.0.1', port: Number(new URL(door.url).port), allowHalfOpen: true }, () => {
          socket.write('GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', () =>
            done(socket),
          );
        });
        socket.on('error', () => {}).resume();
      });
    for (let n = 0; n < 100; n++) (await knock()).resetAndDestroy();
    const patient = await knock();
    await new Promise((answered) => patient.once('end', answered));
    await door.close();
    patient.destroy();
  });

  test('who guesses is kept waiting, with 429', async () => {
    const own = createAccess();
    const guarded = await pageServer(() => '', { port: 18_180, access: own });
    const guess = (token: string): Promise<number> =>
      new Promise((done) => request(`${guarded.url}?token=${token}`, (response) => done(response.resume().statusCode!)).end());
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push(await guess('wrong'));
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
    expect(await guess(own.token())).toBe(429);
    await guarded.close();
  });
});

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
  });
  afterAll(() => browser?.close());

  test('the link opens the page, and after it the address alone does; the token is not in it any more', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.link());
    await page.waitForURL(server.url);
    expect(page.url()).toBe(server.url);
    expect((await page.goto(server.url))?.status()).toBe(200);
    expect((await (await browser.newContext()).newPage().then((other) => other.goto(server.url)))?.status()).toBe(401);
    await context.close();
  });

  test('another site in a browser that is let in can neither read, nor post, nor load, nor listen, nor frame', async () => {
    const context = await browser.newContext();
    const known = await context.newPage();
    await known.goto(server.link());
    await known.waitForURL(server.url);
    const evil = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<title>evil</title>')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((done) => evil.once('listening', done));
    const page = await context.newPage();
    for (const host of ['127.0.0.1', 'localhost']) {
      await page.goto(`http://${host}:${(evil.address() as AddressInfo).port}/`);
      const outcome = await page.evaluate(attack(server.url));
      expect(outcome).toEqual({
        read: 'refused',
        withCookies: 'refused',
        post: 'refused',
        socket: 'refused',
        script: 'refused',
        frame: 'nothing to see',
      });
    }
    await context.close();
    evil.close();
  });
});

/** What a hostile page tries, as the text of a script: it runs in the browser, not here. */
const attack = (target: string): string => `(async () => {
  const tried = (start) => new Promise((done) => start(() => done('worked'), () => done('refused')));
  const read = await fetch('${target}').then(() => 'worked', () => 'refused');
  const withCookies = await fetch('${target}page.js', { credentials: 'include' }).then(() => 'worked', () => 'refused');
  const post = await fetch('${target}', { method: 'POST', body: 'x', headers: { 'Content-Type': 'application/json' } }).then(() => 'worked', () => 'refused');
  const socket = await tried((worked, refused) => {
    Object.assign(new WebSocket('${target.replace('http', 'ws')}live'), { onopen: worked, onerror: refused });
  });
  const script = await tried((worked, refused) => {
    document.head.append(Object.assign(document.createElement('script'), { src: '${target}page.js', onload: worked, onerror: refused }));
  });
  const frame = await new Promise((done) => {
    const element = Object.assign(document.createElement('iframe'), { src: '${target}' });
    element.onload = () => {
      try { done(element.contentDocument.body.textContent === '' ? 'nothing to see' : 'worked'); } catch { done('nothing to see'); }
    };
    document.body.append(element);
  });
  return { read, withCookies, post, socket, script, frame };
})()`;

describe('over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'affect-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, 'page.pem'), join(folder, 'page.key')];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=affect.local', '-keyout', key, '-out', cert];
  const hasOpenssl = (() => {
    try {
      execFileSync('openssl', args, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  test.skipIf(!hasOpenssl)('the cookie goes over TLS only, and old TLS is refused', async () => {
    const secure = await pageServer(() => '', { port: 18_280, tls: { cert, key }, access: createAccess() });
    expect(secure.url).toMatch(/^https:/);
    const open = (maxVersion: 'TLSv1.1' | 'TLSv1.3'): Promise<string> =>
      new Promise((done) =>
        tlsRequest(secure.link(), { rejectUnauthorized: false, maxVersion, minVersion: 'TLSv1' }, (response) => {
          response.resume();
          done(String(response.headers['set-cookie']));
        })
          .on('error', (error) => done(`refused: ${error.message}`))
          .end(),
      );
    expect(await open('TLSv1.1')).toMatch(/^refused/);
    expect(await open('TLSv1.3')).toContain('; Secure');
    await secure.close();
  });
});
