import { expect, test } from 'vitest';
import { parseBleUri } from './ble-uri.ts';

const codeOf = (uri: string): string => {
  try {
    parseBleUri(uri);
    return 'fine';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('an address, a name, or nothing', () => {
  expect(parseBleUri('ble:AA:BB:CC:DD:EE:FF')).toMatchObject({ address: 'aabbccddeeff', name: undefined });
  expect(parseBleUri('ble:aabbccddeeff').address).toBe('aabbccddeeff');
  expect(parseBleUri('ble:name=Muse-1234')).toMatchObject({ address: undefined, name: 'Muse-1234' });
  expect(parseBleUri('ble:name=50%20%25').name).toBe('50 %');
  expect(parseBleUri('ble:')).toMatchObject({ address: undefined, name: undefined, library: undefined, adapter: undefined });
});

test('parameters choose library, adapter and times', () => {
  const { library, adapter, timeouts } = parseBleUri('ble:?library=stoprocent&adapter=1&scan=30&settle=0');
  expect({ library, adapter }).toEqual({ library: 'stoprocent', adapter: 1 });
  expect(timeouts).toMatchObject({ scan: 30, settle: 0, connect: 15 });
});

test.each([
  'ble:AA:BB',
  'ble:name=',
  'ble:muse',
  'ble:?library=nobel',
  'ble:?adapter=hci0',
  'ble:?scan=-1',
  'ble:?scan=',
  'ble:?scna=3',
  'serial:x',
])('%s is refused', (uri) => expect(codeOf(uri)).toBe('bad-uri'));

test('a refusal says what was probably meant', () => {
  expect(() => parseBleUri('ble:?scna=3')).toThrow("Did you mean 'scan'?");
  expect(() => parseBleUri('ble:?library=stoprocnt')).toThrow("Did you mean 'stoprocent'?");
});
