import { join } from 'node:path';
import { chaosProxy } from '../chaos-proxy.ts';
import { freePort, startMosquitto } from '../mosquitto.ts';
import { startChild } from './child.ts';
import { type Figure, inFolder, pause, until } from './figure.ts';
import type { PublisherArgs, PublisherSaid } from './publisher.ts';
import { receiver } from './receiver.ts';

const perSec = 500;
const window = 64;

/** Mosquitto killed every second while estimates flow: every one arrives, few of them twice. */
export const killStorm = (kills: number): Promise<Figure> =>
  inFolder(async (folder) => {
    const port = await freePort();
    // The proxy lets the daemon through once the receiver listens again: what is tested is the daemon, not how fast a reader comes back.
    const proxy = await chaosProxy(port);
    const received = receiver('affect/soak/estimate/#');
    let broker = await startMosquitto(folder, port);
    await received.listen(broker.url);
    const count = perSec * kills;
    const args: PublisherArgs = { url: `mqtt://127.0.0.1:${proxy.port}`, folder: join(folder, 'outbox'), count, perSec };
    const child = startChild<PublisherSaid>('publisher', args);
    await until('the first estimate', () => received.total() > 0, 20_000);
    let between = 0;
    for (let kill = 0; kill < kills; kill++) {
      const next = performance.now() + 1000;
      const before = received.total();
      await pause(Math.max(0, next - performance.now()));
      between += Number(received.total() > before);
      proxy.open = false;
      await broker.kill();
      broker = await startMosquitto(folder, port);
      await received.listen(broker.url);
      proxy.open = true;
    }
    await until('everything received', () => received.unique() >= count && child.said.length > 0, 120_000);
    await pause(500);
    child.tell('end');
    await child.gone;
    await received.end();
    await proxy.close();
    await broker.kill();
    const repeated = received.total() - received.unique();
    return {
      test: 'broker killed every second',
      asked: `Mosquitto killed ${kills} times at ${perSec} messages a second: all ${count} are received, at most ${window} × ${kills} = ${window * kills} twice`,
      found: `${received.unique()} received, ${repeated} of them twice; messages flowed in ${between} of ${kills} seconds between kills`,
      ok: received.unique() === count && repeated <= window * kills && between > kills / 2,
    };
  });
