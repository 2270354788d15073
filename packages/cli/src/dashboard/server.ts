import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { listenAt } from '../listen-at.ts';
import { type Access, cookieAgeSec, cookieOf } from './access.ts';
import { allowedHost, sameOrigin, securityHeaders } from './guard.ts';

export interface PageServer {
  /** Where to look, with the port it got. */
  readonly url: string;
  /** The same with the token that lets one browser in; the same as `url` where everybody may look. */
  readonly link: () => string;
  /** Sends one message to every open page; a page that reads too slowly is dropped. */
  readonly broadcast: (message: string) => void;
  readonly pages: () => number;
  readonly close: () => Promise<void>;
}

/** Where the page listens and who may look at it. */
export interface PageServerOptions {
  readonly host?: string;
  /** The first port to try; 8080 when absent. */
  readonly port?: number;
  /** Ports tried from there on; 50 when absent. */
  readonly attempts?: number;
  /** Names it answers to beside localhost and IP addresses. */
  readonly names?: readonly string[];
  /** Paths of certificate and key. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Everybody who reaches it may look when absent: for signals of nobody. */
  readonly access?: Access;
}

/** The built page, beside this file once compiled. */
const pageFolder = fileURLToPath(new URL('../../dist/dashboard/page/', import.meta.url));
const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const;
const plain = 'text/plain; charset=utf-8';
const maxPages = 16;
const maxUnread = 1 << 20;

/**
 * The page and its socket, on loopback unless told otherwise. The socket only sends: what a page says is not read.
 *
 * @param greet what a page that has just opened is told.
 * @throws ConfigError('no-port')
 */
export const pageServer = async (greet: () => string, options: PageServerOptions = {}): Promise<PageServer> => {
  const { host = '127.0.0.1', port: firstPort = 8080, attempts = 50, names = [], tls, access } = options;
  const scheme = tls === undefined ? 'http' : 'https';
  const pages = new Map<string, { readonly body: Buffer; readonly type: string }>();
  for (const [path, [name, type]] of Object.entries(files)) pages.set(path, { body: await readFile(`${pageFolder}${name}`), type });
  let cookieName = '';
  const mayLook = ({ headers }: IncomingMessage): boolean => access === undefined || access.knows(cookieOf(headers.cookie, cookieName));

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const send = (status: number, body: Buffer | string, type: string = plain, more: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { ...securityHeaders, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...more });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const [path, query = ''] = (request.url ?? '').split('?', 2);
    const token = path === '/' ? new URLSearchParams(query).get('token') : null;
    const page = pages.get(path);
    if (!allowedHost(request.headers.host, names))
      send(421, 'This server answers to its own names only: localhost, IP addresses, page.names.\n');
    else if (request.method !== 'GET' && request.method !== 'HEAD') send(405, 'Only GET.\n', plain, { Allow: 'GET, HEAD' });
    else if (access !== undefined && token !== null && request.method === 'GET') letIn(access, token, request, send);
    else if (!mayLook(request)) send(401, "This page needs its link, once a browser: 'affect page' prints it.\n");
    else if (page === undefined) send(404, 'Nothing here.\n');
    else send(200, page.body, page.type);
  };
  const letIn = (door: Access, token: string, request: IncomingMessage, send: Send): void => {
    const outcome = door.enter(token, request.socket.remoteAddress ?? '');
    if (outcome === undefined) send(401, "This link was used or is wrong: 'affect page' prints a new one.\n");
    else if ('waitSec' in outcome) send(429, 'Too many wrong links.\n', plain, { 'Retry-After': String(outcome.waitSec) });
    else {
      const cookie = `${cookieName}=${outcome.cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${cookieAgeSec}${tls === undefined ? '' : '; Secure'}`;
      // Not a redirect: a browser that came from elsewhere would not send a strict cookie along with it.
      send(200, '<!doctype html><meta http-equiv="refresh" content="0; url=/"><title>Affect Edge</title>', 'text/html; charset=utf-8', {
        'Set-Cookie': cookie,
      });
    }
  };

  const limits = { maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 10_000 };
  const server =
    tls === undefined
      ? createServer(limits, answer)
      : createTlsServer({ ...limits, minVersion: 'TLSv1.2', cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, answer);
  server.maxConnections = 128;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const full = sockets.clients.size >= maxPages;
    const refusal = !allowedHost(request.headers.host, names)
      ? '421 Misdirected Request'
      : request.url !== '/live'
        ? '404 Not Found'
        : !sameOrigin(request.headers.origin, request.headers.host, { names, scheme })
          ? '403 Forbidden'
          : !mayLook(request)
            ? '401 Unauthorized'
            : full
              ? '503 Service Unavailable'
              : '';
    if (refusal !== '') {
      // The server has let go of this socket: a client that resets it must not end the program, one that never hangs up must not keep it open.
      socket.on('error', () => {}).once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      page.on('error', () => page.terminate());
      page.send(greet());
    });
  });
  server.on('clientError', (_, socket) => socket.destroy());
  const port = await listenAt(server, { host, port: firstPort, attempts }, 'the page');
  cookieName = `affect-${port}`; // cookies know no ports, so that two daemons of one machine need two names
  const shownHost = host === '0.0.0.0' || host === '::' ? (names[0] ?? 'localhost') : isIP(host) === 6 ? `[${host}]` : host;
  const url = `${scheme}://${shownHost}:${port}/`;
  access?.at(url);
  return {
    url,
    link: () => (access === undefined ? url : `${url}?token=${access.token()}`),
    pages: () => sockets.clients.size,
    broadcast: (message) => {
      for (const page of sockets.clients) sendOrDrop(page, message);
    },
    close: async () => {
      access?.at(undefined);
      for (const page of sockets.clients) page.terminate();
      sockets.close();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
};

type Send = (status: number, body: string, type?: string, more?: Readonly<Record<string, string>>) => void;

const sendOrDrop = (page: WebSocket, message: string): void => {
  if (page.readyState !== page.OPEN) return;
  if (page.bufferedAmount > maxUnread) page.terminate();
  else page.send(message);
};
