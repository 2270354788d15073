import { join } from 'node:path';
import { chaosProxy } from '../chaos-proxy.ts';
import { freePort, startMosquitto } from '../mosquitto.ts';
import { startChild } from './child.ts';
import { type Figure, inFolder, until } from './figure.ts';
import type { PublisherArgs, PublisherSaid } from './publisher.ts';
import { receiver } from './receiver.ts';

const mib = 2 ** 20;

/** `count` estimates while there is no broker; then it comes: every one arrives, and the daemon's memory has not grown. */
export const offlineSoak = (count: number): Promise<Figure> =>
  inFolder(async (folder) => {
    const port = await freePort();
    const proxy = await chaosProxy(port);
    proxy.open = false;
    const args: PublisherArgs = { url: `mqtt://127.0.0.1:${proxy.port}`, folder: join(folder, 'outbox'), count, perSec: 0 };
    const child = startChild<PublisherSaid>('publisher', args);
    await until('everything pushed', () => child.said.some(({ what }) => what === 'pushed'), 600_000);
    const broker = await startMosquitto(folder, port);
    const received = receiver('affect/soak/estimate/#');
    await received.listen(broker.url);
    proxy.open = true;
    const from = performance.now();
    await until('everything received', () => received.unique() >= count, 600_000);
    const seconds = (performance.now() - from) / 1000;
    child.tell('end');
    await until('the end', () => child.said.some(({ what }) => what === 'done'), 20_000);
    await child.gone;
    const { growth = 0, dropped } = child.said.at(-1)!;
    const repeated = received.total() - received.unique();
    await received.end();
    await proxy.close();
    await broker.kill();
    return {
      test: 'broker away, then back',
      asked: `${count} estimates published without a broker are received exactly by (session, seq); memory grows by less than 30 MiB (Node with --max-old-space-size=256)`,
      found: `${received.unique()} received (${repeated} twice, ${dropped} dropped) at ${Math.round(count / seconds)} a second; memory grew by ${(growth / mib).toFixed(1)} MiB`,
      ok: received.unique() === count && dropped === 0 && growth < 30 * mib,
    };
  });
