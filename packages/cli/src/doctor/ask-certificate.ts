import { connect } from 'node:tls';

export interface TlsTarget {
  readonly host: string;
  readonly port: number;
  readonly servername?: string;
  readonly ca?: string;
}

/** What a server showed. */
export type CertificateFacts =
  | { readonly kind: 'none'; readonly message: string }
  | {
      readonly kind: 'shown';
      readonly subject: string;
      readonly validTo: string;
      /** Why it would not be believed; undefined where it would. */
      readonly distrusted?: string;
      readonly protocol: string;
    };

const withinMs = 5000;

/** Looks at a server's certificate without believing it; sends nothing. Never throws. */
export const askCertificate = ({ host, port, servername, ca }: TlsTarget): Promise<CertificateFacts> =>
  new Promise((done) => {
    // Trust is the question here, so nothing is refused before the certificate was seen; no secret is sent over this connection.
    const socket = connect({ host, port, rejectUnauthorized: false, ...nameOf(servername ?? host), ...(ca !== undefined && { ca }) });
    const end = (facts: CertificateFacts): void => {
      socket.destroy();
      done(facts);
    };
    socket.setTimeout(withinMs, () => end({ kind: 'none', message: 'no answer' }));
    socket.once('error', ({ message }) => end({ kind: 'none', message }));
    socket.once('secureConnect', () => {
      const { subject, valid_to: validTo } = socket.getPeerCertificate();
      end({
        kind: 'shown',
        subject: String(subject?.CN ?? ''),
        validTo,
        protocol: socket.getProtocol() ?? '',
        ...(!socket.authorized && { distrusted: String(socket.authorizationError) }),
      });
    });
  });

/** A name may be asked for, an address may not (RFC 6066). */
const nameOf = (host: string): { readonly servername?: string } => (/^[\d.]+$|:/.test(host) ? {} : { servername: host });
