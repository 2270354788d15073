import { describe, expect, test } from 'vitest';
import { brokerUrl, durationSec, seed, several, sourceSpec, speed, stationName } from './config.ts';

describe('what a person types', () => {
  test.each([
    ['30s', 30],
    ['30', 30],
    ['500ms', 0.5],
    ['2m', 120],
    ['1.5h', 5400],
  ])('the duration %s is %d s', (text, seconds) => {
    expect(durationSec('--for')(text)).toBeCloseTo(seconds, 12);
  });

  test.each(['', '0', '-3s', 's', '3 days', 'Infinity', '1e3s', '3constructor'])(
    'the duration %j is refused with what was expected',
    (text) => {
      expect(() => durationSec('--for')(text)).toThrow(
        `Option --for: expected a duration above 0 such as '30s', '2m' or '1h', got '${text}'.`,
      );
    },
  );

  test('speeds are max, real or a number', () => {
    expect([speed('max'), speed('real'), speed('20'), speed('0.5')]).toEqual(['max', 1, 20, 0.5]);
    for (const text of ['', '0', '-1', 'fast', 'Infinity']) expect(() => speed(text)).toThrow(`got '${text}'`);
  });

  test('a source names device, options and link', () => {
    expect(sourceSpec('openbci-cyton?gain=12&channels=a,b@serial:/dev/ttyUSB0')).toEqual({
      device: 'openbci-cyton',
      options: { gain: '12', channels: 'a,b' },
      uri: 'serial:/dev/ttyUSB0',
    });
    expect(sourceSpec('gsr-lines@tcp://user@host:1')).toEqual({ device: 'gsr-lines', options: {}, uri: 'tcp://user@host:1' });
    expect(() => sourceSpec('openbci-cyton')).toThrow("expected '<device>@<link>'");
  });

  test('brokers are reached by an MQTT URL', () => {
    expect(brokerUrl('mqtt://127.0.0.1:1884')).toBe('mqtt://127.0.0.1:1884');
    for (const text of ['localhost', 'http://localhost', 'mqtt://', ''])
      expect(() => brokerUrl(text)).toThrow("such as 'mqtt://localhost:1883'");
  });

  test('seeds are whole numbers, names hold no topic characters', () => {
    expect(seed('7')).toBe(7);
    for (const text of ['', '1.5', '-1', '4294967296', 'x']) expect(() => seed(text)).toThrow(`got '${text}'`);
    for (const text of ['a/b', '+', '#', '', 'a b']) expect(() => stationName(text)).toThrow('--name');
  });

  test('an option given twice is a list of two', () => {
    const read = several(Number);
    expect(read('2', read('1'))).toEqual([1, 2]);
  });
});
