import { expect, test } from 'vitest';
import { plainUuid } from './ble-uuid.ts';

test('every spelling of a UUID becomes the same', () => {
  for (const spelling of ['180D', '180d', '0x180D', '0000180d-0000-1000-8000-00805f9b34fb', '0000180D00001000800000805F9B34FB']) {
    expect(plainUuid(spelling)).toBe('180d');
  }
  expect(plainUuid('273E0003-4C4D-454D-96BE-F03BAC821358')).toBe('273e00034c4d454d96bef03bac821358');
});

test('leading zeros go, as noble drops them, but a zero stays', () => {
  expect(plainUuid('0001')).toBe('1');
  expect(plainUuid('0000')).toBe('0');
});

test('a vendor UUID that only looks like the Bluetooth base keeps its length', () => {
  expect(plainUuid('0001180d-0000-1000-8000-00805f9b34fb')).toHaveLength(32);
});
