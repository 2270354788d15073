import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { settingsFor, surroundings, told } from '../../test/doctor-machine.ts';
import { ConfigError } from '../errors.ts';
import type { BrokerFacts, BrokerTarget } from './ask-broker.ts';
import type { TlsTarget } from './ask-certificate.ts';
import { broker, judgeBroker, judgeCertificate } from './broker.ts';
import { judgeLine, line } from './line.ts';
import type { LineFacts } from './try-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const found = (facts: BrokerFacts, host = 'broker.lan'): string => judgeBroker(facts, `mqtt://${host}:1883`, host).map(told).join('\n');

describe('what a broker did', () => {
  test.each([
    [
      { kind: 'connected', roundTripMs: 3.4 },
      'ok broker: mqtt://broker.lan:1883 accepts us\nok broker-acl: a message went and came back in 3 ms\nok broker-packet: the broker names no longest packet',
    ],
    [
      { kind: 'connected', publishRefused: 'Not authorized' },
      'fail broker-acl: the broker does not let us publish: Not authorized → Allow this user',
    ],
    [{ kind: 'connected', subscribeRefused: 'Not authorized' }, 'fail broker-acl: the broker does not let us subscribe: Not authorized'],
    [{ kind: 'connected' }, 'fail broker-acl: what we publish does not come back to us'],
    [
      { kind: 'connected', roundTripMs: 1, maximumPacketSize: 2048 },
      "fail broker-packet: the broker takes packets of 2048 bytes; ours have up to 65536 → echo 'max_packet_size 65536'",
    ],
    [{ kind: 'connected', roundTripMs: 1, retainAvailable: false }, 'fail broker-retain'],
    [{ kind: 'connected', roundTripMs: 1, maximumQoS: 0 }, 'fail broker-qos'],
    [{ kind: 'refused', message: 'Connection refused: Not authorized' }, 'fail broker: mqtt://broker.lan:1883 refuses us'],
    [
      { kind: 'unreachable', code: 'ECONNREFUSED', message: '' },
      'fail broker: nobody listens at mqtt://broker.lan:1883 → Start the broker on broker.lan',
    ],
    [{ kind: 'unreachable', code: 'ENOTFOUND', message: '' }, 'fail broker: the name broker.lan is not known → getent hosts broker.lan'],
    [{ kind: 'unreachable', code: 'ETIMEDOUT', message: '' }, 'does not answer (ETIMEDOUT) → ping -c 3 broker.lan'],
    [{ kind: 'unreachable', code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }, 'cannot be reached: certificate has expired'],
  ] as const satisfies readonly (readonly [BrokerFacts, string])[])('%j', (facts, expected) => {
    expect(found(facts)).toContain(expected);
  });

  test('on this machine the broker can be started', () => {
    expect(found({ kind: 'unreachable', code: 'ECONNREFUSED', message: '' }, 'localhost')).toContain(
      '→ sudo systemctl enable --now mosquitto',
    );
  });
});

describe('certificates', () => {
  const now = Date.UTC(2026, 10, 23);
  const shown = (validTo: string, distrusted?: string): string =>
    judgeCertificate({ kind: 'shown', subject: 'b', validTo, protocol: 'TLSv1.3', ...(distrusted !== undefined && { distrusted }) }, now)
      .map(told)
      .join('\n');
  test.each([
    [
      'Nov 23 00:00:00 2027 GMT',
      undefined,
      'ok certificate: the certificate of b is good until Nov 23 00:00:00 2027 GMT (365 days, TLSv1.3)',
    ],
    [
      'Dec 22 00:00:00 2026 GMT',
      undefined,
      'warn certificate: the certificate of b is good until Dec 22 00:00:00 2026 GMT: 29 days → Renew',
    ],
    [
      'Nov 22 00:00:00 2026 GMT',
      'CERT_HAS_EXPIRED',
      'fail certificate: the certificate of b is good until Nov 22 00:00:00 2026 GMT: it has expired → Renew',
    ],
    [
      'Nov 23 00:00:00 2027 GMT',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'fail certificate-trust: the certificate is not believed: it vouches for itself → Give the authority',
    ],
    ['Nov 23 00:00:00 2027 GMT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another name → Use the name in the certificate'],
    ['Nov 23 00:00:00 2027 GMT', 'SOMETHING_NEW', 'fail certificate-trust: the certificate is not believed: SOMETHING_NEW'],
  ])('%s %s', (validTo, distrusted, expected) => {
    expect(shown(validTo, distrusted)).toContain(expected);
  });

  test('an expired certificate is told once', () => {
    expect(shown('Nov 22 00:00:00 2026 GMT', 'CERT_HAS_EXPIRED').split('\n')).toHaveLength(1);
  });

  test('a server that shows none is unknown', () => {
    expect(judgeCertificate({ kind: 'none', message: 'no answer' }, now)).toMatchObject([{ state: 'unknown' }]);
  });
});

describe('the broker of the configuration', () => {
  const asked = async (mqtt: object) => {
    const targets: (BrokerTarget | TlsTarget)[] = [];
    const findings = await broker(
      surroundings({}, settingsFor('simulated:cyton', { station: 'lab', mqtt }), {
        broker: async (target) => {
          targets.push(target);
          return { kind: 'connected', roundTripMs: 1 };
        },
        certificate: async (target) => {
          targets.push(target);
          return { kind: 'none', message: 'x' };
        },
      }),
    );
    return { targets, findings: findings.map(told) };
  };

  test('is asked with its user, its password and a topic of ours, and its certificate where it has one', async () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'hunter2\n', { mode: 0o600 });
    const { targets } = await asked({
      url: 'mqtts://b.lan:9999',
      username: 'anna',
      password: { file },
      base: 'home',
      protocol: 5,
      tls: { servername: 'c.lan' },
    });
    expect(targets).toEqual([
      { host: 'b.lan', port: 9999, servername: 'c.lan' },
      {
        url: 'mqtts://b.lan:9999',
        username: 'anna',
        password: 'hunter2',
        servername: 'c.lan',
        verify: true,
        protocol: 5,
        topic: 'home/lab/bridge/response/doctor',
      },
    ]);
  });

  test('without TLS no certificate is looked for; the usual port where none is written', async () => {
    expect((await asked({ url: 'mqtt://b.lan' })).targets).toHaveLength(1);
    expect((await asked({ url: 'mqtts://b.lan' })).targets[0]).toEqual({ host: 'b.lan', port: 8883 });
  });

  test('a credential only the service has makes it unknown, not wrong', async () => {
    const { targets, findings } = await asked({ url: 'mqtt://b.lan', username: 'anna', password: { credential: 'mqtt-password' } });
    expect(targets).toEqual([]);
    expect(findings).toEqual([expect.stringMatching(/^unknown broker: The secret mqtt\.password is not there.* → affect service status$/)]);
  });

  test('none is fine', async () => {
    expect((await broker(surroundings({}, settingsFor('simulated:cyton')))).map(told)).toEqual([
      'ok broker: no broker is configured: one is started on loopback',
    ]);
  });
});

describe('what computes', () => {
  const facts: LineFacts = {
    engine: 'onnx 1.30.0 (onnxruntime)',
    loadMs: 900,
    models: [{ name: 'm', estimateMs: 0.42 }],
    realTimeFactor: 60,
    nChannels: 8,
    sfreq: 250,
  };
  test.each([
    [{}, 'ok speed: about 240 channels at 250 Hz on half a core (60 times real time with 8)'],
    [{}, 'ok models: loaded in 0.9 s: m 0.4 ms'],
    [{ realTimeFactor: 3 }, 'warn speed: about 12 channels'],
    [{ realTimeFactor: 1.5 }, 'fail speed: about 6 channels'],
    [{ loadMs: 30_000 }, 'warn models: loaded in 30.0 s'],
    [{ engine: 'tfjs-wasm 4.22 (WebAssembly); not onnx: no binary' }, 'warn engine: tfjs-wasm 4.22 (WebAssembly); not onnx: no binary →'],
  ])('%j', (some, expected) => {
    expect(
      judgeLine({ ...facts, ...some })
        .map(told)
        .join('\n'),
    ).toContain(expected);
  });

  test('a model that is not there is told; a mistake of the program is not passed off as one', async () => {
    const failing = (error: Error) => line(surroundings({}, undefined, { line: () => Promise.reject(error) }));
    expect((await failing(new ConfigError('unknown-model', 'Unknown model x.'))).map(told)).toEqual([
      'fail models: Unknown model x. → affect models',
    ]);
    await expect(failing(new TypeError('x'))).rejects.toThrow(TypeError);
  });
});
