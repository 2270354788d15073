import { homedir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { publicLink, scrubbed, scrubber, withoutDeviceNames } from './redact.ts';

describe('a link for others', () => {
  test.each([
    ['simulated:cyton?seed=7', 'simulated:cyton?seed=7'],
    ['serial:/dev/ttyUSB0', 'serial:ttyUSB0'],
    ['serial:/dev/rfcomm0?baud=9600', 'serial:rfcomm0'],
    ['udp:3131?to=192.168.1.20:3131', 'udp:3131'],
    ['ble:', 'ble:'],
  ])('%s → %s', (link, expected) => expect(publicLink(link)).toBe(expected));

  test('tells two devices apart and names neither', () => {
    const [one, other] = [publicLink('ble:AA:BB:CC:DD:EE:01'), publicLink('ble:AA:BB:CC:DD:EE:02')];
    expect(one).toMatch(/^ble:#[0-9a-f]{4}$/);
    expect(one).not.toBe(other);
    expect(publicLink('serial:/dev/serial/by-id/usb-FTDI_DM01N7QC-if00')).toMatch(/^serial:#[0-9a-f]{4}$/);
    expect(publicLink('ble:name=Annas%20Muse')).toMatch(/^ble:#[0-9a-f]{4}$/);
  });
});

describe('a text for a log', () => {
  const links = ['ble:AA:BB:CC:DD:EE:01', 'ble:name=Annas%20Muse', 'serial:/dev/serial/by-id/usb-FTDI_DM01N7QC-if00'];
  const scrub = scrubber({ secrets: ['s3cret/ +"'], links });

  test.each([
    ['login with s3cret/ +" failed', 's3cret'],
    [`login with ${encodeURIComponent('s3cret/ +"')} failed`, encodeURIComponent('s3cret/ +"')],
    [`header ${Buffer.from('s3cret/ +"').toString('base64')}`, Buffer.from('s3cret/ +"').toString('base64')],
    [JSON.stringify({ a: 's3cret/ +"' }), 's3cret'],
    ['ble:AA:BB:CC:DD:EE:01 is away', 'AA:BB'],
    ['peripheral aabbccddee01 is away', 'aabbccddee01'],
    ['AABBCCDDEE01 is away', 'AABBCCDDEE01'],
    ['heard 11:22:33:44:55:66 too', '11:22'],
    ['heard 11-22-33-44-55-66 too', '11-22'],
    ['Annas Muse is silent', 'Anna'],
    ['the port /dev/serial/by-id/usb-FTDI_DM01N7QC-if00 is gone', 'DM01N7QC'],
    ['mqtt://anna:geheim@broker:1883 refused', 'geheim'],
    ['mqtt://anna@broker:1883 refused', 'anna'],
    ['mqtt://anna:ge@heim@broker:1883 refused', 'heim'],
    ['mail anna@example.org', 'anna'],
    ['cannot write /home/anna/x.xdf', 'anna'],
    [`cannot write ${homedir()}/x.xdf`, `${homedir()}/x`],
  ])('%j loses %j', (text, hidden) => {
    expect(scrub(text)).not.toContain(hidden);
  });

  test('keeps what is nobody’s business to hide', () => {
    const text = 'session 2026-11-23-5f0c9a1be2d4: 12:34:56 openbci-cyton on simulated:cyton?seed=7, 3 estimates';
    expect(scrub(text)).toBe(text);
  });

  test('reaches every text of a value', () => {
    expect(JSON.stringify(scrubbed({ down: { [links[0]]: ['AA:BB:CC:DD:EE:01', 3, null] } }, scrub))).not.toContain('AA:BB');
  });
});

describe('what a Bluetooth link says', () => {
  test.each([
    ["Anna's Muse (aa:bb:cc:dd:ee:01) refused to subscribe: busy.", 'The device refused to subscribe: busy.'],
    ['Dr. Anna M. (aabbccddee01): the connection is gone.', 'The device: the connection is gone.'],
    ['Muse (0123456789abcdef0123456789abcdef) did not answer within 5 s to: read.', 'The device did not answer within 5 s to: read.'],
    [
      "Nothing that fits 'ble:#3f2a' was heard in 20 s. 2 other device(s) were heard, nearest Anna's iPhone (11:22:33:44:55:66, -60 dBm), Dr. Bob (ab, -70 dBm). Check that the device is on.",
      "Nothing that fits 'ble:#3f2a' was heard in 20 s. 2 other device(s) were heard; their names are left out. Check that the device is on.",
    ],
    ["There is no port 'serial:#54c7'.", "There is no port 'serial:#54c7'."],
  ])('%j', (message, expected) => expect(withoutDeviceNames(message)).toBe(expected));
});
