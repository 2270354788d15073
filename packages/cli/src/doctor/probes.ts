import type { BrokerFacts, BrokerTarget } from './ask-broker.ts';
import type { CertificateFacts, TlsTarget } from './ask-certificate.ts';
import type { LineFacts, LineTarget } from './try-line.ts';

/** Looks that open connections or take seconds; replaced in tests by what they once found. */
export interface Probes {
  readonly broker: (target: BrokerTarget) => Promise<BrokerFacts>;
  /** The certificate a server shows. */
  readonly certificate: (target: TlsTarget) => Promise<CertificateFacts>;
  /** Loads the models for these sensors and runs the line on made-up signals for a few seconds. */
  readonly line: (target: LineTarget) => Promise<LineFacts>;
}

/** The real ones. What they need is loaded when they are used. */
export const theseProbes: Probes = {
  broker: async (target) => (await import('./ask-broker.ts')).askBroker(target),
  certificate: async (target) => (await import('./ask-certificate.ts')).askCertificate(target),
  line: async (target) => (await import('./try-line.ts')).tryLine(target),
};
