import { afterEach, expect, test } from 'vitest';
import { fakeNoble } from '../../test/bluetooth/fake-noble.ts';
import { bleCentral, closeBluetooth, type ImportModule } from './noble-load.ts';

afterEach(closeBluetooth);

const stopped: string[] = [];
const abandonware = {
  default: () =>
    Object.assign(fakeNoble(), {
      _bindings: { _hci: { pollIsDevUp: () => {}, _socket: { removeAllListeners: () => {}, stop: () => stopped.push('abandonware') } } },
    }),
};
const stoprocent = { default: { withBindings: () => Object.assign(fakeNoble(), { stop: () => stopped.push('stoprocent') }) } };
const installed =
  (modules: Readonly<Record<string, unknown>>): ImportModule =>
  async (name) => {
    const found = Object.entries(modules).find(([prefix]) => name.startsWith(prefix));
    if (found === undefined) throw new Error(`Cannot find package '${name}'`);
    return found[1];
  };
const both = installed({ '@abandonware/noble': abandonware, '@stoprocent/noble': stoprocent });

test('without a choice it is @abandonware/noble, or @stoprocent/noble where only that is installed', async () => {
  expect((await bleCentral({}, both)).library).toBe('@abandonware/noble');
  await closeBluetooth();
  expect((await bleCentral({}, installed({ '@stoprocent/noble': stoprocent }))).library).toBe('@stoprocent/noble');
});

test('a choice is obeyed', async () => {
  expect((await bleCentral({ library: 'stoprocent' }, both)).library).toBe('@stoprocent/noble');
  await expect(bleCentral({ library: 'stoprocent', adapter: 1 }, installed({ '@abandonware/noble': abandonware }))).rejects.toMatchObject({
    code: 'no-driver',
    message: expect.stringContaining('npm install @stoprocent/noble'),
  });
});

test('links share the central of their adapter, whether they name the library or not', async () => {
  const [one, two, other] = await Promise.all([
    bleCentral({}, both),
    bleCentral({ library: 'abandonware' }, both),
    bleCentral({ adapter: 1 }, both),
  ]);
  expect(two).toBe(one);
  expect(other).not.toBe(one);
});

test('a library that could not be loaded is tried again the next time', async () => {
  await expect(bleCentral({}, installed({}))).rejects.toMatchObject({ code: 'no-driver' });
  expect((await bleCentral({}, both)).library).toBe('@abandonware/noble');
});

test('closing stops the library, after what is under way, and the next central is a new one', async () => {
  const first = await bleCentral({ library: 'abandonware' }, both);
  stopped.length = 0;
  const task = first.exclusively(async () => {
    await Promise.resolve();
    stopped.push('task done');
  });
  await Promise.all([closeBluetooth(), task]);
  expect(stopped).toEqual(['task done', 'abandonware']);
  expect(await bleCentral({ library: 'abandonware' }, both)).not.toBe(first);
});
