import { readFile, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Reporter } from '../report.ts';
import type { SerialPortLike } from './serial.ts';

/**
 * FTDI adapters hold bytes back for up to their latency timer, 16 ms unless told otherwise: samples then arrive in bunches. Asks for 1 ms
 * and reports what it is then. Ports without such a timer (ptys, ACM, Bluetooth) refuse or have none: that is no error, and not reported.
 */
export const reportLatency = async (port: SerialPortLike, path: string, uri: string, report: Reporter): Promise<void> => {
  await lowLatency(port).catch(() => {});
  const milliseconds = await latencyTimer(path);
  if (milliseconds === undefined) return;
  const detail =
    milliseconds <= 2
      ? 'low latency'
      : `samples arrive in bunches of ${milliseconds} ms; a udev rule helps: ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1"`;
  report({ kind: 'latency-timer', uri, milliseconds, detail });
};

/** The Linux binding takes an option that the port's own type leaves out; lines that are not named would be switched off. */
const lowLatency = async ({ port }: SerialPortLike): Promise<void> => {
  const lines = { brk: false, cts: false, dsr: false, dtr: true, rts: true, lowLatency: true };
  await port?.set(lines);
};

const latencyTimer = async (path: string): Promise<number | undefined> => {
  const tty = basename(await realpath(path).catch(() => path));
  const text = await readFile(`/sys/class/tty/${tty}/device/latency_timer`, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : Number(text);
};
