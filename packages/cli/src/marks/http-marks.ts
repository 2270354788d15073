import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { markIn, type ParsedMark } from '../bridge/marks.ts';
import { allowedHost, sameOrigin, securityHeaders } from '../dashboard/guard.ts';
import { listenAt } from '../listen-at.ts';
import type { Marker } from './marker.ts';

export interface HttpMarks {
  /** Where marks are posted to. */
  readonly url: string;
  /** What a request must show. */
  readonly token: string;
  readonly close: () => Promise<void>;
}

const mostBytes = 4096;

/**
 * Marks by HTTP on loopback: `POST /mark` with `Authorization: Bearer <token>` and the text as the body, as it is, or JSON:
 * `{"text": "…"}` or a self-report (see `markIn`). The token is made anew and kept nowhere where none is given. Answers 201 with the time it was set at. A request that names another host (421), comes from a page (403), has no token (401) or is too long (413) sets nothing.
 * Throws `ConfigError('no-port')` where the port is taken.
 */
export const httpMarks = async (port: number, mark: Marker, token = randomBytes(16).toString('hex')): Promise<HttpMarks> => {
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    const answer = (status: number, body: object): void => {
      const text = `${JSON.stringify(body)}\n`;
      response.writeHead(status, { ...securityHeaders, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
      response.end(text);
    };
    const refusal = refuse(request, token);
    if (refusal !== undefined) {
      request.resume();
      answer(refusal[0], { error: refusal[1] });
      return;
    }
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= mostBytes) pieces.push(piece);
    });
    request.on('end', () => {
      if (length > mostBytes) return answer(413, { error: `expected at most ${mostBytes} bytes, got ${length}` });
      const parsed = parse(Buffer.concat(pieces).toString('utf8'), request.headers['content-type'] ?? '');
      if ('error' in parsed) return answer(400, parsed);
      const set = mark(parsed.text, 'http');
      answer(201, { t_sec: set?.atSec, text: set?.text });
    });
  });
  server.on('clientError', (_, socket) => socket.destroy());
  const bound = await listenAt(server, { port }, 'marks by HTTP');
  return {
    url: `http://127.0.0.1:${bound}/mark`,
    token,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
};

/** Why a request sets no mark; nothing where it may. */
const refuse = ({ method, url, headers }: IncomingMessage, token: string): readonly [status: number, why: string] | undefined => {
  if (!allowedHost(headers.host)) return [421, 'this server answers to localhost and IP addresses only'];
  if (headers.origin !== undefined && !sameOrigin(headers.origin, headers.host)) return [403, 'no page may set marks'];
  if (url !== '/mark') return [404, 'expected /mark'];
  if (method !== 'POST') return [405, 'expected POST'];
  const shown = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  // of one length, whatever was sent: how long it takes tells nothing
  if (!timingSafeEqual(digest(shown), digest(token))) return [401, "expected 'Authorization: Bearer <token>'"];
  return undefined;
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const parse = (body: string, type: string): ParsedMark => {
  if (!type.startsWith('application/json')) return { text: body };
  try {
    const given: unknown = JSON.parse(body);
    // the keys of an object from JSON are texts
    if (typeof given === 'object' && given !== null) return markIn(given as Readonly<Record<string, unknown>>);
  } catch {
    // no JSON: said below
  }
  return { error: 'expected JSON with a text: {"text": "…"}' };
};
