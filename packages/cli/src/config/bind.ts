import { isIP } from 'node:net';
import type { z } from 'zod';

/** True where only this machine can reach the address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Where a server listens and how it is protected. */
export interface Bind {
  readonly enabled: boolean;
  readonly host: string;
  readonly insecure: boolean;
  readonly tls?: object | undefined;
}

/**
 * Refuses to listen beyond loopback without encryption: the page asks every browser for its link, but without TLS link and data can be read on the
 * way.
 */
export const bindProblem = ({ enabled, host, insecure, tls }: Bind, context: z.RefinementCtx): void => {
  if (!enabled || isLoopback(host) || tls !== undefined || insecure) return;
  context.addIssue({
    code: 'custom',
    path: ['host'],
    message:
      "the page would be open to the network without encryption. Add 'tls: { cert: …, key: … }', reach it through 'ssh -L 8080:127.0.0.1:8080', " +
      "or write 'insecure: true' if everybody on this network may see it.",
  });
};
