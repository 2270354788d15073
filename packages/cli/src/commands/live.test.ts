import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { findDevice } from '@affect-edge/acquire';
import { expect, test } from 'vitest';
import { paper } from '../../test/fakes.ts';
import { memoryBacklog } from '../bridge/memory-backlog.ts';
import { live } from './live.ts';

test('a session whose page cannot be opened leaves no outbox open, however often it is tried', async () => {
  const taken = createServer();
  await new Promise<void>((done) => void taken.listen(0, '127.0.0.1', done));
  const { port } = taken.address() as AddressInfo;
  let open = 0;
  const openOutbox = () => {
    open += 1;
    return {
      ...memoryBacklog(10),
      close: async () => {
        open -= 1;
      },
    };
  };
  const session = live(
    {
      station: 'test',
      sources: [{ device: findDevice('openbci-cyton').create({}), options: {}, uri: 'simulated:cyton' }],
      broker: { url: 'mqtt://127.0.0.1:1', openOutbox },
      hopSec: 0.5,
      json: false,
      page: { port, attempts: 1 },
      voice: { tell: () => {}, warn: () => {}, page: () => {} },
    },
    { out: paper(), err: paper(), stop: new AbortController().signal },
  );
  await expect(session).rejects.toThrow();
  expect(open).toBe(0);
  taken.close();
});
