import { describe, expect, it } from 'vitest';
import { AcquireError } from './errors.ts';
import { findDevice } from './find-device.ts';
import { openLink, sessionClock } from './open-link.ts';

describe('openLink', () => {
  it.each(['serial:/dev/ttyUSB0', 'ble:AA:BB:CC:DD:EE:FF', 'udp:12345', 'simulated:cyton'])('knows %s, and opens nothing yet', (uri) => {
    expect(openLink(uri).uri).toBe(uri);
  });

  it.each([
    ['seral:/dev/ttyUSB0', /Did you mean 'serial'\?/],
    ['/dev/ttyUSB0', /expected an address that starts with .*serial:/],
    ['', /expected an address/],
    ['toString:', /expected an address/],
    ['serial:', /names no port/],
    ['serial:/dev/ttyUSB0?baud=fast', /'baud'.*got 'fast'/],
    ['serial:/dev/ttyUSB0?speed=9600', /unknown setting 'speed'/],
    ['udp:hello', /expected udp:PORT/],
    ['udp:99999', /expected udp:PORT/],
    ['udp:12345?from=x', /unknown setting 'from'/],
  ])('refuses %j', (uri, message) => {
    expect(() => openLink(uri)).toThrow(message);
    expect(() => openLink(uri)).toThrow(AcquireError);
  });
});

describe('findDevice', () => {
  it('finds by name, and says what there is otherwise', () => {
    expect(findDevice('openbci-cyton').title).toMatch(/Cyton/);
    expect(() => findDevice('openbci-cytn')).toThrow(
      /Unknown device 'openbci-cytn'\. Known devices are .*gsr-lines.* Did you mean 'openbci-cyton'\?/,
    );
  });
});

describe('sessionClock', () => {
  it('starts at 0 and does not run backwards', () => {
    const clock = sessionClock();
    const first = clock();
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(1);
    expect(clock()).toBeGreaterThanOrEqual(first);
  });
});
