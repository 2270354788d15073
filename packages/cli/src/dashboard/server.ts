import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { listenNear } from '../sinks/embedded-broker.ts';
import { allowedHost, sameOrigin, securityHeaders } from './guard.ts';

export interface PageServer {
  /** Where to look, with the port it got. */
  readonly url: string;
  /** Sends one message to every open page; a page that reads too slowly is dropped. */
  readonly broadcast: (message: string) => void;
  readonly pages: () => number;
  readonly close: () => Promise<void>;
}

/** The built page, beside this file once compiled. */
const pageFolder = fileURLToPath(new URL('../../dist/dashboard/page/', import.meta.url));
const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const;
const maxPages = 16;
const maxUnread = 1 << 20;

/**
 * The page and its socket on loopback, at the first free port from `firstPort` on. The socket only sends: what a page says is not read.
 *
 * @param greet what a page that has just opened is told.
 */
export const pageServer = async (greet: () => string, firstPort = 8080): Promise<PageServer> => {
  const pages = new Map<string, { readonly body: Buffer; readonly type: string }>();
  for (const [path, [name, type]] of Object.entries(files)) pages.set(path, { body: await readFile(`${pageFolder}${name}`), type });

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const send = (status: number, body: Buffer | string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { ...securityHeaders, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const page = pages.get((request.url ?? '').split('?', 1)[0]);
    if (!allowedHost(request.headers.host)) send(421, 'This server answers to localhost and IP addresses only.\n');
    else if (request.method !== 'GET' && request.method !== 'HEAD') send(405, 'Only GET.\n');
    else if (page === undefined) send(404, 'Nothing here.\n');
    else send(200, page.body, page.type);
  };

  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 10_000 }, answer);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const { host, origin } = request.headers;
    const full = sockets.clients.size >= maxPages;
    const refusal =
      request.url !== '/live' ? '404 Not Found' : !sameOrigin(origin, host) ? '403 Forbidden' : full ? '503 Service Unavailable' : '';
    if (refusal !== '') {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      page.on('error', () => page.terminate());
      page.send(greet());
    });
  });
  server.on('clientError', (_, socket) => socket.destroy());
  const port = await listenNear(server, firstPort, 50, 'the page');
  return {
    url: `http://127.0.0.1:${port}/`,
    pages: () => sockets.clients.size,
    broadcast: (message) => {
      for (const page of sockets.clients) sendOrDrop(page, message);
    },
    close: async () => {
      for (const page of sockets.clients) page.terminate();
      sockets.close();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
};

const sendOrDrop = (page: WebSocket, message: string): void => {
  if (page.readyState !== page.OPEN) return;
  if (page.bufferedAmount > maxUnread) page.terminate();
  else page.send(message);
};
