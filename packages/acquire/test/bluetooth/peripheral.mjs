/**
 * An emulated Bluetooth peripheral on a virtual controller: `node peripheral.mjs TTY OPTIONS_JSON`, controlled over the child process channel.
 * Plain JavaScript because the Node versions we support cannot run TypeScript; written from the protocol notes, not from our decoders.
 *
 * Options: { kind: 'muse' | 'heart-rate', name }. Messages out: { kind: 'advertising', address }, { kind: 'command', text },
 * { kind: 'streaming', on }, { kind: 'accepted' }, { kind: 'disconnected' }, { kind: 'sent', packets }. Messages in: { ask: 'sent' },
 * { set: { silent: uuid[] } } (electrodes that died), { ask: 'disconnect' }.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [tty, json] = process.argv.slice(2);
const { kind, name } = JSON.parse(json);
const tell = (message) => process.connected && process.send(message);
process.on('disconnect', () => process.exit());

const bleno = require('@stoprocent/bleno').withBindings('hci', {
  hciDriver: 'uart',
  bindParams: { uart: { port: tty, baudRate: 115200 } },
});
const { Characteristic, PrimaryService } = bleno;

/** UUID → function that notifies the subscribed central. */
const notify = new Map();
let silent = new Set();

const notifying = (uuid, properties = ['notify'], extra = {}) =>
  new Characteristic({
    uuid: uuid.replaceAll('-', ''),
    properties,
    onSubscribe: (_handle, _size, update) => notify.set(uuid, update),
    onUnsubscribe: () => notify.delete(uuid),
    ...extra,
  });

const readable = (uuid, text) => new Characteristic({ uuid, properties: ['read'], value: Buffer.from(text) });

/** Calls `send(k)` for k = 0, 1, … at k / packetsPerSec after its start; late timers catch up, so the rate is exact. */
const clockwork = (packetsPerSec, send) => {
  const start = process.hrtime.bigint();
  let k = 0;
  return setInterval(() => {
    const due = (Number(process.hrtime.bigint() - start) / 1e9) * packetsPerSec;
    while (k < due) send(k++);
  }, 5);
};

const muse = () => {
  const base = (id) => `273e${id}-4c4d-454d-96be-f03bac821358`;
  const electrodes = ['0003', '0004', '0005', '0006'].map(base);
  const poweredOn = process.hrtime.bigint();
  let stream;
  let sent = 0;

  /** u16 BE index, then twelve unsigned 12-bit samples, most significant bit first. Sample n of electrode c is (n + 257 c) mod 4096. */
  const eegPacket = (index, c) => {
    const bytes = Buffer.alloc(20);
    bytes.writeUInt16BE(index & 0xffff, 0);
    const sample = (t) => (index * 12 + t + 257 * c) & 0xfff;
    for (let pair = 0; pair < 6; pair++) {
      const [a, b] = [sample(2 * pair), sample(2 * pair + 1)];
      bytes[2 + 3 * pair] = a >> 4;
      bytes[3 + 3 * pair] = ((a & 0xf) << 4) | (b >> 8);
      bytes[4 + 3 * pair] = b & 0xff;
    }
    return bytes;
  };

  const streaming = (on) => {
    if (on === (stream !== undefined)) return;
    clearInterval(stream);
    stream = undefined;
    if (on) {
      // The headband counts from its power-on, streaming or not, so that an outage shows in the index.
      const first = Math.round((Number(process.hrtime.bigint() - poweredOn) / 1e9) * (256 / 12));
      stream = clockwork(256 / 12, (k) => {
        sent++;
        for (const [c, uuid] of electrodes.entries()) if (!silent.has(uuid)) notify.get(uuid)?.(eegPacket(first + k, c));
      });
    }
    tell({ kind: 'streaming', on });
  };

  const control = notifying(base('0001'), ['writeWithoutResponse', 'notify'], {
    onWriteRequest: (_handle, data, _offset, _withoutResponse, done) => {
      const text = data.subarray(1, 1 + data[0] - 1).toString('latin1');
      tell({ kind: 'command', text });
      if (text === 'd') streaming(true);
      if (text === 'h') streaming(false);
      if (text === 's') {
        const reply = Buffer.alloc(20);
        reply[0] = reply.write('{"bp":80,"rc":0}', 1);
        notify.get(base('0001'))?.(reply);
      }
      done(Characteristic.RESULT_SUCCESS);
    },
  });
  return {
    advertised: ['fe8d'],
    services: [new PrimaryService({ uuid: 'fe8d', characteristics: [control, ...electrodes.map((uuid) => notifying(uuid))] })],
    lost: () => streaming(false),
    sent: () => sent,
  };
};

const heartRate = () => {
  let sent = 0;
  // Flags 0x10: 8-bit heart rate, RR intervals follow (1/1024 s).
  setInterval(() => {
    if (notify.has('2a37')) notify.get('2a37')(Buffer.from([0x10, 60 + (sent++ % 20), 0x00, 0x04]));
  }, 1000);
  return {
    advertised: ['180d'],
    services: [
      new PrimaryService({ uuid: '180d', characteristics: [notifying('2a37')] }),
      new PrimaryService({ uuid: '180a', characteristics: [readable('2a28', '3.0.2')] }),
    ],
    lost: () => {},
    sent: () => sent,
  };
};

const device = kind === 'muse' ? muse() : heartRate();

process.on('message', ({ ask, set }) => {
  if (set?.silent) silent = new Set(set.silent);
  if (ask === 'sent') tell({ kind: 'sent', packets: device.sent() });
  if (ask === 'disconnect') bleno.disconnect();
});
bleno.on('accept', () => tell({ kind: 'accepted' }));
bleno.on('disconnect', () => {
  notify.clear();
  device.lost();
  tell({ kind: 'disconnected' });
});
await bleno.waitForPoweredOnAsync(20_000);
await bleno.setServicesAsync(device.services);
await bleno.startAdvertisingAsync(name, device.advertised);
tell({ kind: 'advertising', address: bleno.address });
