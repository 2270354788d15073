import { describe, expect, it } from 'vitest';
import { describeDiscovery } from './devices.ts';

describe('describeDiscovery', () => {
  it('says what it looked for and what to check where there is nothing', () => {
    expect(describeDiscovery({ sightings: [], looked: ['serial ports'], check: ['The cable.'] })).toEqual([
      'Nothing found.',
      'Check   The cable.',
      'Looked  serial ports.',
    ]);
  });

  it('lists what was found, what it may be, and why it cannot be used', () => {
    const lines = describeDiscovery({
      sightings: [
        { link: 'serial:/dev/ttyUSB0', devices: ['openbci-cyton', 'openbci-cyton-daisy'], says: 'FT231X', details: { vendor: '0403' } },
        { link: 'ble:AA', devices: [], says: '', details: {}, problem: { code: 'busy', message: 'Another program has it.' } },
      ],
      looked: ['serial ports', 'the air'],
      check: [],
    });
    expect(lines).toEqual([
      'serial:/dev/ttyUSB0  openbci-cyton or openbci-cyton-daisy  “FT231X”  (vendor 0403)',
      'ble:AA  unknown device',
      '        cannot be used as it is: Another program has it.',
      'Looked  serial ports; the air.',
    ]);
  });
});
