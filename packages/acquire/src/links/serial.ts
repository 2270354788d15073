import { Observable } from 'rxjs';
import type { SerialPort } from 'serialport';
import type { RecoverableLink } from '../acquire.ts';
import { AcquireError } from '../errors.ts';
import type { Chunk, Command, Wire } from '../link.ts';
import type { Reporter } from '../report.ts';
import { pausesSec, sendCommands } from './send-commands.ts';
import { serialError } from './serial-error.ts';
import { reportLatency } from './serial-latency.ts';

/** What the link asks of `serialport`. */
export type SerialPortLike = Pick<SerialPort, 'open' | 'close' | 'write' | 'drain' | 'on' | 'removeAllListeners' | 'isOpen' | 'port'>;

export interface SerialParts {
  readonly clock: () => number;
  readonly report: Reporter;
  /** Makes a port that is not open yet; replaced in tests. */
  readonly createPort?: (path: string, baudRate: number) => Promise<SerialPortLike>;
}

/**
 * A serial port: `serial:/dev/ttyUSB0`, better `serial:/dev/serial/by-id/usb-FTDI_…` (survives replugging), `?baud=230400` to overrule the device's
 * speed. Ptys and `/dev/rfcomm*` work. The port is locked against other programs; the line that resets an Arduino is not touched on closing.
 *
 * Errors: `not-found`, `no-permission`, `busy`, `bad-uri`, and `link-lost` when the cable is pulled, which is noticed while idle too.
 */
export const serialLink = (uri: string, { clock, report, createPort = realPort }: SerialParts): RecoverableLink => {
  const { path, baud } = readAddress(uri);
  const restarts = new Set<() => void>();

  return {
    uri,
    restart: () => {
      for (const restart of restarts) restart();
    },
    open: (wire) =>
      new Observable<Chunk>((subscriber) => {
        const closing = new AbortController();
        const run = async (): Promise<void> => {
          await leaving.get(path); // somebody before us may still be closing it
          if (closing.signal.aborted) return;
          const port = await createPort(path, baud ?? baudOf(wire, uri));
          const over = lifeOf(port, path, closing.signal, (bytes) => subscriber.next({ endpoint: '', arrivedAt: clock(), bytes }));
          const start = () => sendCommands(wire.start, writer(port), closing.signal);
          const restart = () => void start().catch(() => {}); // a port that cannot be written to any more is told by `over`
          let keepAlive: NodeJS.Timeout | undefined;
          try {
            await opened(port, path);
            await reportLatency(port, path, uri, report);
            restarts.add(restart);
            if (wire.keepAlive !== undefined) {
              const { commands, everySec } = wire.keepAlive;
              keepAlive = setInterval(() => void sendCommands(commands, writer(port)).catch(() => {}), everySec * 1000);
            }
            await Promise.race([over, start().then(() => over)]);
          } finally {
            clearInterval(keepAlive);
            restarts.delete(restart);
            await leave(port, wire.stop);
          }
        };
        const session = run().catch((error: unknown) => subscriber.error(serialError(path, error)));
        return () => {
          closing.abort();
          const left = session.finally(() => leaving.get(path) === left && leaving.delete(path));
          leaving.set(path, left);
        };
      }),
  };
};

/** Ports that are being closed. */
const leaving = new Map<string, Promise<void>>();

/** How long bytes may gather before a read, ms. What a fast board costs is the number of reads, not the bytes: this halves it. */
const gatherMs = 4;

const realPort = async (path: string, baudRate: number): Promise<SerialPortLike> => {
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });
  port.on('open', () => {
    const binding = port.port!;
    const read = binding.read.bind(binding);
    binding.read = async (...asked) => {
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
      return read(...asked);
    };
    watchHangUp(port);
  });
  return port;
};

/**
 * Closes the port when its cable is pulled while nothing is being read. A port that has hung up gives reads of no bytes, which the binding repeats
 * for ever; only its poller hears of the end, and only while it polls for something. (Windows has no poller: a read fails there.)
 */
const watchHangUp = (port: SerialPort): void => {
  const binding = port.port!;
  if (!('poller' in binding)) return;
  binding.poller.once('disconnect', (error: (Error & { canceled?: boolean }) | null) => {
    if (error?.canceled !== true && port.isOpen) port.close(undefined, error ?? new Error('hung up'));
  });
};

const opened = (port: SerialPortLike, path: string) =>
  new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(serialError(path, error)) : resolve())));

/** Settles when the port's life ends: resolves when we close it, rejects when it is lost. A port is only watched while it is read: it always is. */
const lifeOf = (port: SerialPortLike, path: string, closing: AbortSignal, onData: (bytes: Uint8Array) => void) => {
  const life = new Promise<void>((resolve, reject) => {
    closing.addEventListener('abort', () => resolve(), { once: true });
    port.on('data', onData);
    port.on('close', () => reject(new AcquireError('link-lost', `${path} is gone: unplugged or switched off.`)));
    port.on('error', (error: Error) => reject(serialError(path, error)));
  });
  life.catch(() => {}); // told by whoever waits for it
  return life;
};

const writer =
  (port: SerialPortLike) =>
  ({ bytes }: Command) =>
    new Promise<void>((resolve, reject) => {
      if (!port.isOpen) resolve();
      else port.write(Buffer.from(bytes), undefined, (error) => (error ? reject(error) : resolve()));
    });

const partingSec = 0.5;

/** Sends the stop commands and closes, in bounded time (their pauses and half a second), whatever state the port is in. */
const leave = async (port: SerialPortLike, stop: readonly Command[]): Promise<void> => {
  port.removeAllListeners('data');
  port.removeAllListeners('close');
  port.removeAllListeners('error');
  port.on('error', () => {}); // nobody is left to hear it
  if (!port.isOpen) return;
  const sent = sendCommands(stop, writer(port)).then(() => new Promise<void>((resolve) => port.drain(() => resolve())));
  const enough = new Promise<void>((resolve) => setTimeout(resolve, (partingSec + pausesSec(stop)) * 1000));
  await Promise.race([sent.catch(() => {}), enough]);
  await new Promise<void>((resolve) => port.close(() => resolve()));
};

const baudOf = ({ baudRate }: Wire, uri: string): number => {
  if (baudRate === undefined) throw new AcquireError('bad-uri', `'${uri}' needs a speed: write '${uri}?baud=115200'.`);
  return baudRate;
};

const readAddress = (uri: string): { path: string; baud: number | undefined } => {
  const [path = '', query = ''] = uri.slice('serial:'.length).split('?');
  if (path === '') throw new AcquireError('bad-uri', `'${uri}' names no port. Expected for instance 'serial:/dev/ttyUSB0'.`);
  const given = new URLSearchParams(query);
  for (const key of given.keys()) {
    if (key !== 'baud') throw new AcquireError('bad-uri', `'${uri}' has an unknown setting '${key}'. Known is baud.`);
  }
  const text = given.get('baud');
  if (text === null) return { path, baud: undefined };
  const baud = Number(text);
  if (!(Number.isInteger(baud) && baud >= 50 && baud <= 4_000_000)) {
    throw new AcquireError('bad-uri', `'baud' in '${uri}': expected a speed such as 115200, got '${text}'.`);
  }
  return { path, baud };
};
