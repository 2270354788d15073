import { isIP } from 'node:net';

/**
 * Who may talk to a server of ours. Any web page can make a browser send requests here, and by rebinding a DNS name can even read the
 * answers; so a request must name this machine (Host), and a socket must come from a page this server sent (Origin).
 */

/** True for `localhost`, IP literals and the names given, with or without a port: an attacker's page is always reached by another name. */
export const allowedHost = (host: string | undefined, names: readonly string[] = []): boolean => {
  const name = hostName(host);
  return name !== undefined && (name === 'localhost' || isIP(name) !== 0 || names.some((own) => own.toLowerCase() === name));
};

/** True where the Origin header is exactly the scheme and the Host header: the page came from here. A missing origin is no page at all. */
export const sameOrigin = (
  origin: string | undefined,
  host: string | undefined,
  { names = [], scheme = 'http' }: { readonly names?: readonly string[]; readonly scheme?: 'http' | 'https' } = {},
): boolean =>
  origin !== undefined && host !== undefined && allowedHost(host, names) && origin.toLowerCase() === `${scheme}://${host.toLowerCase()}`;

const hostName = (host: string | undefined): string | undefined => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(host ?? '');
  return (match?.[1] ?? match?.[2])?.toLowerCase();
};

/** What every answer carries: nothing may be loaded from elsewhere, framed elsewhere or guessed. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};
