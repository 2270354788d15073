import { readFileSync } from 'node:fs';
import type { Secrets } from '../config/check-parts.ts';
import { readSecret } from '../config/secret.ts';
import { ConfigError } from '../errors.ts';
import { topics } from '../topics.ts';
import type { BrokerFacts, BrokerTarget } from './ask-broker.ts';
import type { CertificateFacts } from './ask-certificate.ts';
import { type Check, type Finding, fail, ok, type Surroundings, unknown, warn } from './finding.ts';

/** The longest message the daemon sends: what a session is, with the cards of its models. */
export const longestMessageBytes = 65_536;

/** The broker of the configuration: reached, believed, and ready to take and give our messages. */
export const broker: Check = async ({ loaded, probes, machine }) => {
  if (loaded === undefined) return [];
  const { mqtt } = loaded.settings;
  if (mqtt === undefined) return [ok('broker', 'no broker is configured: one is started on loopback')];
  let target: BrokerTarget;
  try {
    target = targetOf(loaded);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // A service has credentials that a shell has not.
    if (error.code === 'bad-secret') return [unknown('broker', error.message, { command: 'affect service status' })];
    throw error;
  }
  const url = new URL(mqtt.url);
  const secure = ['mqtts:', 'wss:', 'ssl:'].includes(url.protocol);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const shown = secure
    ? judgeCertificate(
        await probes.certificate({
          host,
          port: Number(url.port) || (url.protocol === 'wss:' ? 443 : 8883),
          ...(target.servername !== undefined && { servername: target.servername }),
          ...(target.ca !== undefined && { ca: target.ca }),
        }),
        machine.nowMs(),
      )
    : [];
  return [...shown, ...judgeBroker(await probes.broker(target), `${url.protocol}//${url.host}`, host)];
};

/** How the broker is reached, secrets read. Throws `ConfigError('bad-secret')` where they cannot be. */
const targetOf = ({ settings }: NonNullable<Surroundings['loaded']>): BrokerTarget => {
  const mqtt = settings.mqtt!;
  const { ca, cert, key, servername, verify = true } = mqtt.tls ?? {};
  const secrets: Secrets = mqtt.password === undefined ? {} : { mqttPassword: readSecret('mqtt.password', mqtt.password) };
  const pem = (name: string, path: string | undefined) => (path === undefined ? {} : { [name]: readFileSync(path, 'utf8') });
  return {
    url: mqtt.url,
    ...(mqtt.username !== undefined && { username: mqtt.username }),
    ...(secrets.mqttPassword !== undefined && { password: secrets.mqttPassword }),
    ...pem('ca', ca),
    ...pem('cert', cert),
    ...pem('key', key),
    ...(servername !== undefined && { servername }),
    verify,
    protocol: mqtt.protocol,
    topic: topics(settings.station, mqtt.base).response('doctor'),
  };
};

/** The findings of one round trip. */
export const judgeBroker = (facts: BrokerFacts, url: string, host: string): Finding[] => {
  if (facts.kind === 'refused') {
    return [
      fail('broker', `${url} refuses us: ${facts.message}`, {
        action: 'Correct username and password in the configuration, or the users of the broker.',
      }),
    ];
  }
  if (facts.kind === 'unreachable') return [unreachable(facts, url, host)];
  const { subscribeRefused, publishRefused, roundTripMs, maximumPacketSize, retainAvailable, maximumQoS } = facts;
  const allow = { action: 'Allow this user to read and write affect/# in the access list of the broker.' };
  const refused = publishRefused === undefined ? subscribeRefused : publishRefused;
  return [
    ok('broker', `${url} accepts us`),
    refused !== undefined
      ? fail('broker-acl', `the broker does not let us ${publishRefused === undefined ? 'subscribe' : 'publish'}: ${refused}`, allow)
      : roundTripMs === undefined
        ? fail('broker-acl', 'what we publish does not come back to us', allow)
        : ok('broker-acl', `a message went and came back in ${roundTripMs.toFixed(0)} ms`),
    maximumPacketSize !== undefined && maximumPacketSize < longestMessageBytes
      ? fail('broker-packet', `the broker takes packets of ${maximumPacketSize} bytes; ours have up to ${longestMessageBytes}`, {
          command: `echo 'max_packet_size ${longestMessageBytes}' | sudo tee /etc/mosquitto/conf.d/affect.conf && sudo systemctl restart mosquitto`,
        })
      : ok(
          'broker-packet',
          maximumPacketSize === undefined ? 'the broker names no longest packet' : `packets up to ${maximumPacketSize} bytes`,
        ),
    ...(retainAvailable === false
      ? [
          fail('broker-retain', 'the broker keeps no retained messages: nobody would know whether we are there', {
            command: "echo 'retain_available true' | sudo tee /etc/mosquitto/conf.d/affect.conf && sudo systemctl restart mosquitto",
          }),
        ]
      : []),
    ...(maximumQoS !== undefined && maximumQoS < 1
      ? [
          fail('broker-qos', 'the broker acknowledges nothing (QoS 0 only): messages would be lost unseen', {
            action: 'Use a broker that knows QoS 1.',
          }),
        ]
      : []),
  ];
};

const unreachable = ({ code, message }: { readonly code: string; readonly message: string }, url: string, host: string): Finding => {
  const isLocal = ['localhost', '127.0.0.1', '::1'].includes(host);
  switch (code) {
    case 'ECONNREFUSED':
      return fail(
        'broker',
        `nobody listens at ${url}`,
        isLocal ? { command: 'sudo systemctl enable --now mosquitto' } : { action: `Start the broker on ${host}, or correct mqtt.url.` },
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fail('broker', `the name ${host} is not known`, { command: `getent hosts ${host} # then write the address into mqtt.url` });
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return fail('broker', `${url} does not answer (${code})`, { command: `ping -c 3 ${host}` });
    default:
      return fail('broker', `${url} cannot be reached: ${message}`, { action: 'Check mqtt.url and mqtt.tls in the configuration.' });
  }
};

const soonDays = 30;

/** The findings for the certificate of the broker at a time (Unix, ms). */
export const judgeCertificate = (facts: CertificateFacts, nowMs: number): Finding[] => {
  if (facts.kind === 'none') return [unknown('certificate', `no certificate was shown: ${facts.message}`)];
  const { subject, validTo, distrusted, protocol } = facts;
  const days = Math.floor((Date.parse(validTo) - nowMs) / 86_400_000);
  const renew = { action: 'Renew the certificate on the broker.' };
  const until = `the certificate of ${subject || 'the broker'} is good until ${validTo}`;
  const age =
    days < 0
      ? fail('certificate', `${until}: it has expired`, renew)
      : days < soonDays
        ? warn('certificate', `${until}: ${days} days`, renew)
        : ok('certificate', `${until} (${days} days, ${protocol})`);
  if (distrusted === undefined || days < 0) return [age];
  const why = trustWords[distrusted] ?? distrusted;
  return [
    age,
    fail('certificate-trust', `the certificate is not believed: ${why}`, {
      action: distrusted.includes('ALTNAME')
        ? 'Use the name in the certificate in mqtt.url, or as mqtt.tls.servername.'
        : "Give the authority's certificate as mqtt.tls.ca.",
    }),
  ];
};

const trustWords: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it vouches for itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
  CERT_NOT_YET_VALID: 'it is not valid yet (is the clock right?)',
};
