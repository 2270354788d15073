/**
 * An emulated board behind a serial line: `node board.mjs SOCKET OPTIONS_JSON`; the line is a unix socket that socat gives a pty to.
 * Plain JavaScript because the Node versions we support cannot run TypeScript; written from the boards' descriptions, not from our decoders.
 *
 * Options: { kind: 'cyton' | 'wide' }. `cyton` answers s, d, v, C, x…X and streams 8 channels at 250 Hz after b; `wide` streams 16 channels at
 * 1,000 Hz after b: 0xA0, u16 BE counter, 16 × signed 24 bit BE, 0xC0. Sample n of channel c is `value(n, c)` below, in counts.
 * Boards count and stream on whether somebody listens or not, so that a pulled cable costs samples, as it does in life.
 *
 * Messages in: { faults: { split, holdSec, dropEvery, corruptEvery, burstSec, echo } }, { ask: 'sent' }.
 * Messages out: { kind: 'command', text }, { kind: 'sent', samples, dropped, corrupted }, { kind: 'listening' }.
 */
import { createServer } from 'node:net';

const [path, json] = process.argv.slice(2);
const { kind } = JSON.parse(json);
const tell = (message) => process.connected && process.send(message);
process.on('disconnect', () => process.exit());

const value = (n, c) => (Math.imul(n * 16 + c, 2654435761) >> 8) | 0;
const board = {
  cyton: {
    sfreq: 250,
    nChannels: 8,
    head: (n) => [0xa0, n & 0xff],
    tail: [0, 0, 0, 0, 0, 0, 0xc0],
    banner: 'OpenBCI V3 8-16 channel\r\nFirmware: v3.1.2\r\n$$$',
  },
  wide: { sfreq: 1000, nChannels: 16, head: (n) => [0xa0, (n >> 8) & 0xff, n & 0xff], tail: [0xc0], banner: 'wide$$$' },
}[kind];

const frame = (n) => {
  const bytes = [...board.head(n)];
  for (let c = 0; c < board.nChannels; c++) {
    const v = value(n, c);
    bytes.push((v >> 16) & 0xff, (v >> 8) & 0xff, v & 0xff);
  }
  return Buffer.from([...bytes, ...board.tail]);
};

let line; // the socket, while the cable is plugged in
let faults = {};
let dropped = 0;
let corrupted = 0;
let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

/** Bytes on their way out, held back while a fault says so. */
let held = [];
let releaseAt = 0;
const send = (bytes) => {
  if (line === undefined) return;
  held.push(bytes);
  if (Date.now() >= releaseAt) release();
};
const release = () => {
  const all = Buffer.concat(held);
  held = [];
  if (line === undefined || all.length === 0) return;
  if (!faults.split) return void line.write(all);
  for (let start = 0; start < all.length; ) {
    const end = start + 1 + Math.floor(random() * 40);
    line.write(all.subarray(start, end));
    start = end;
  }
};

let first = 0; // hrtime at which sample 0 was taken
let sent = 0;
let streaming;
const start = () => {
  if (streaming !== undefined) return;
  first = process.hrtime.bigint();
  sent = 0;
  streaming = setInterval(() => {
    const due = Math.floor((Number(process.hrtime.bigint() - first) / 1e9) * board.sfreq);
    if (due === sent) return;
    const frames = [];
    for (; sent < due; sent++) {
      if (faults.dropEvery && sent % faults.dropEvery === 5) {
        dropped++;
        continue;
      }
      const bytes = frame(sent);
      if (faults.corruptEvery && sent % faults.corruptEvery === 5) {
        corrupted++;
        bytes[0] ^= 0xff;
      }
      frames.push(bytes);
    }
    if (faults.burstSec && Date.now() >= releaseAt) {
      release();
      releaseAt = Date.now() + faults.burstSec * 1000;
    }
    send(Buffer.concat(frames));
  }, 1);
};
const stop = () => {
  clearInterval(streaming);
  streaming = undefined;
};

const obey = (text) => {
  tell({ kind: 'command', text });
  if (streaming !== undefined && faults.echo) send(Buffer.from(`${text}$$$`));
  if (text === 's') stop();
  if (text === 'b') start();
  if (streaming !== undefined) return;
  if (text === 'v') send(Buffer.from(board.banner));
  if (text === 'd') send(Buffer.from('updating channel settings to default$$$'));
};

process.on('message', (message) => {
  if (message.faults) {
    faults = message.faults;
    releaseAt = faults.holdSec ? Date.now() + faults.holdSec * 1000 : 0;
    if (faults.holdSec) setTimeout(release, faults.holdSec * 1000 + 5);
    else release();
  }
  if (message.ask === 'sent') tell({ kind: 'sent', samples: sent, dropped, corrupted });
});

createServer((socket) => {
  line = socket;
  held = [];
  socket.on('data', (bytes) =>
    bytes
      .toString('latin1')
      .match(/x[^X]*X|[^x]/gs)
      ?.forEach(obey),
  );
  socket.on('error', () => {});
  socket.on('close', () => {
    line = undefined;
  });
}).listen(path, () => tell({ kind: 'listening' }));
