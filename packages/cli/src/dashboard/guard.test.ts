import { describe, expect, test } from 'vitest';
import { allowedHost, sameOrigin } from './guard.ts';

const hosts: readonly (readonly [string | undefined, boolean])[] = [
  ['localhost', true],
  ['localhost:8080', true],
  ['LOCALHOST:8080', true],
  ['127.0.0.1', true],
  ['127.0.0.1:8080', true],
  ['127.0.0.2:8080', true],
  ['192.168.1.20:8080', true],
  ['[::1]', true],
  ['[::1]:8080', true],
  ['[fe80::1]:8080', true],
  [undefined, false],
  ['', false],
  ['evil.example', false],
  ['evil.example:8080', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['127.0.0.1.nip.io:8080', false],
  ['localhost:8080@evil.example', false],
  ['evil.example#localhost', false],
  ['localhost/', false],
  ['local host', false],
  ['0x7f000001.evil', false],
  ['::1', false],
  ['localhost:123456', false],
];

const origins: readonly (readonly [string | undefined, string | undefined, boolean])[] = [
  ['http://127.0.0.1:8080', '127.0.0.1:8080', true],
  ['http://localhost:8080', 'localhost:8080', true],
  ['http://[::1]:8080', '[::1]:8080', true],
  ['http://localhost', 'localhost', true],
  [undefined, '127.0.0.1:8080', false],
  ['null', '127.0.0.1:8080', false],
  ['', '127.0.0.1:8080', false],
  ['http://127.0.0.1:8081', '127.0.0.1:8080', false],
  ['http://127.0.0.1', '127.0.0.1:8080', false],
  ['https://127.0.0.1:8080', '127.0.0.1:8080', false],
  ['http://localhost:8080', '127.0.0.1:8080', false],
  ['http://evil.example', '127.0.0.1:8080', false],
  ['http://evil.example', 'evil.example', false],
  ['http://127.0.0.1:8080.evil.example', '127.0.0.1:8080', false],
  ['file://', '127.0.0.1:8080', false],
  ['http://127.0.0.1:8080', undefined, false],
];

describe('who may talk to the page', () => {
  test.each(hosts)('host %j → %s', (host, expected) => {
    expect(allowedHost(host)).toBe(expected);
  });

  test.each(origins)('a socket from %j to %j → %s', (origin, host, expected) => {
    expect(sameOrigin(origin, host)).toBe(expected);
  });
});
