import type { Command, Wire } from '../../src/link.ts';

const uuid = (id: string): string => `273e${id}-4c4d-454d-96be-f03bac821358`;
const control = uuid('0001');
const command = (text: string): Command => ({ endpoint: control, bytes: Uint8Array.of(text.length + 1, ...Buffer.from(`${text}\n`)) });

/** The four electrodes, TP9, AF7, AF8, TP10. */
export const electrodes = ['0003', '0004', '0005', '0006'].map(uuid);

/** What the rig's Muse needs, by itself: the link is tested without the device file. */
export const museWire: Wire = {
  endpoints: [control, ...electrodes],
  optionalEndpoints: [uuid('0007')],
  start: [command('h'), command('p21'), command('s'), command('d')],
  stop: [command('h')],
  keepAlive: { everySec: 1, commands: [command('k')] },
  advertised: { services: ['fe8d'], namePrefixes: ['Muse'] },
};

/** Sample t of packet `index` of electrode c, as the emulated headband makes it: (12 index + t + 257 c) mod 4096. */
export const museSample = (index: number, t: number, c: number): number => (index * 12 + t + 257 * c) & 0xfff;

/** Packet index and the twelve 12-bit samples of one notification; written here on its own so that it cannot share an error with a decoder. */
export const readMusePacket = (bytes: Uint8Array): { readonly index: number; readonly samples: readonly number[] } => {
  const bits = [...bytes.subarray(2)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const samples = Array.from({ length: 12 }, (_, t) => Number.parseInt(bits.slice(12 * t, 12 * t + 12), 2));
  return { index: (bytes[0]! << 8) | bytes[1]!, samples };
};
