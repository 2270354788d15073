import { SerialPortMock } from 'serialport';
import { beforeEach, describe, expect, it } from 'vitest';
import { openbciCyton } from '../devices/openbci-cyton.ts';
import type { Chunk, Command, Wire } from '../link.ts';
import type { Report } from '../report.ts';
import { type SerialPortLike, serialLink } from './serial.ts';
import { serialError } from './serial-error.ts';

const path = '/dev/fake';
const say = (text: string): Command => ({ endpoint: '', bytes: Buffer.from(text) });
const wire: Wire = { endpoints: [''], start: [say('v'), say('b')], stop: [say('s')], baudRate: 115200 };

beforeEach(() => {
  SerialPortMock.binding.reset();
  SerialPortMock.binding.createPort(path, { record: true, echo: false, maxReadSize: 7 });
});

/** A link over the mock binding that ships with serialport, and the ports it made. */
const mocked = (uri = `serial:${path}`) => {
  const ports: SerialPortMock[] = [];
  const reports: Report[] = [];
  const link = serialLink(uri, {
    clock: () => 42,
    report: (report) => reports.push(report),
    createPort: async (where, baudRate) => {
      const port = new SerialPortMock({ path: where, baudRate, autoOpen: false });
      ports.push(port);
      return port as unknown as SerialPortLike;
    },
  });
  return { link, ports, reports };
};

const until = async (condition: () => boolean) => {
  for (const end = performance.now() + 5000; performance.now() < end && !condition(); )
    await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
};
/** What the far end has heard. */
const heard = (port: SerialPortMock | undefined) => (port?.port?.recording ?? Buffer.alloc(0)).toString();

describe('serialLink', () => {
  it('opens, starts, reads in whatever pieces come, stops and closes, in this order', async () => {
    const { link, ports } = mocked();
    const chunks: Chunk[] = [];
    const subscription = link.open(wire).subscribe((chunk) => chunks.push(chunk));
    await until(() => heard(ports[0]) === 'vb');
    ports[0]!.port!.emitData(Buffer.from('0123456789'));
    await until(() => chunks.length === 2);
    expect(chunks.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['0123456', '789']);
    expect(chunks[0]).toMatchObject({ endpoint: '', arrivedAt: 42 });
    const binding = ports[0]!.port!;
    subscription.unsubscribe();
    subscription.unsubscribe();
    await until(() => !ports[0]!.isOpen);
    expect(binding.recording.toString()).toBe('vbs');
  });

  it('says all it has to say before it closes, as to a Cyton whose eight test currents go off one by one', async () => {
    const { link, ports } = mocked();
    const currents = openbciCyton.create({ impedance: true }).wire.stop;
    const subscription = link.open({ ...wire, stop: currents }).subscribe();
    await until(() => heard(ports[0]) === 'vb');
    const binding = ports[0]!.port!;
    subscription.unsubscribe();
    await until(() => !ports[0]!.isOpen);
    expect(binding.recording.toString()).toBe('vbsz100Zz200Zz300Zz400Zz500Zz600Zz700Zz800Z');
  });

  it('takes the device’s speed, or the one in the address', async () => {
    const { link, ports } = mocked();
    const subscription = link.open(wire).subscribe();
    await until(() => ports[0]?.isOpen === true);
    expect(ports[0]!.baudRate).toBe(115200);
    subscription.unsubscribe();
    await until(() => !ports[0]!.isOpen);
    const other = mocked(`serial:${path}?baud=9600`);
    other.link.open(wire).subscribe().unsubscribe();
    const again = other.link.open(wire).subscribe();
    await until(() => other.ports.at(-1)?.isOpen === true);
    expect(other.ports.at(-1)!.baudRate).toBe(9600);
    again.unsubscribe();
    await until(() => !other.ports.at(-1)!.isOpen);
  });

  it('an opening waits until the one before has closed the port', async () => {
    const { link, ports } = mocked();
    const first = link.open(wire).subscribe();
    await until(() => heard(ports[0]) === 'vb');
    first.unsubscribe();
    const errors: unknown[] = [];
    const second = link.open(wire).subscribe({ error: (error) => errors.push(error) });
    await until(() => heard(ports[1]) === 'vb');
    expect(errors).toEqual([]);
    second.unsubscribe();
    await until(() => !ports[1]!.isOpen);
  });

  it('sends the start commands again when asked to', async () => {
    const { link, ports } = mocked();
    const subscription = link.open(wire).subscribe();
    await until(() => heard(ports[0]) === 'vb');
    link.restart!();
    await until(() => heard(ports[0]) === 'vbvb');
    subscription.unsubscribe();
    await until(() => !ports[0]!.isOpen);
  });

  it('a port that goes away is an error', async () => {
    const { link, ports } = mocked();
    const errors: unknown[] = [];
    link.open(wire).subscribe({ error: (error) => errors.push(error) });
    await until(() => heard(ports[0]) === 'vb');
    ports[0]!.close();
    await until(() => errors.length === 1);
    expect(errors[0]).toMatchObject({ name: 'AcquireError', code: 'link-lost' });
  });

  it('a port that is not there is an error with a code', async () => {
    const { link } = mocked('serial:/dev/absent');
    const errors: unknown[] = [];
    link.open(wire).subscribe({ error: (error) => errors.push(error) });
    await until(() => errors.length === 1);
    expect(errors[0]).toMatchObject({ name: 'AcquireError' });
  });

  it('a device that names no speed needs one in the address', async () => {
    const { link } = mocked();
    const { baudRate: _, ...slow } = wire;
    const errors: unknown[] = [];
    link.open(slow).subscribe({ error: (error) => errors.push(error) });
    await until(() => errors.length === 1);
    expect(errors[0]).toMatchObject({ code: 'bad-uri' });
  });
});

describe('serialError', () => {
  it.each([
    ['Error: No such file or directory, cannot open /dev/x', 'not-found', /affect devices/],
    ['Error: Permission denied, cannot open /dev/x', 'no-permission', /sudo usermod -aG dialout \$USER/],
    ['Error: Error Resource temporarily unavailable Cannot lock port', 'busy', /another program/],
    ['Reading from COM port (fd 23): bad file descriptor', 'link-lost', /bad file descriptor/],
  ])('%s is %s', (words, code, message) => {
    const error = serialError('/dev/x', new Error(words));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});
