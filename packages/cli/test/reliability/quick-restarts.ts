import { connectAsync } from 'mqtt';
import { sessionMessage, topics } from '../../src/message.ts';
import { mqtt } from '../../src/sinks/mqtt.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { type ChaosProxy, chaosProxy } from '../chaos-proxy.ts';
import { card, session } from '../fakes.ts';
import { freePort, startMosquitto } from '../mosquitto.ts';
import { draws, type Figure, inFolder, pause, until } from './figure.ts';

interface Said {
  readonly state: string;
  readonly session: string;
}

/**
 * One station that is killed, or stopped, and started again at seeded moments: its old connection may be noticed by the broker before, while or after the
 * new one says that it is ready. Gives how often what was retained in the end was wrong.
 */
const station = async (name: string, restarts: number, seed: number, proxy: ChaosProxy, said: () => Said | undefined): Promise<number> => {
  const draw = draws(seed);
  const url = `mqtt://127.0.0.1:${proxy.port}`;
  let wrong = 0;
  let run = 0;
  const start = async (): Promise<{ readonly sink: Sink; readonly id: string }> => {
    const id = `${name}-${run++}`;
    const ofRun = { ...sessionMessage(session, [card]), station: name, session: id };
    let up = false;
    const before = proxy.passages.length;
    const sink = await mqtt({
      url,
      topics: topics(name),
      session: ofRun,
      retryMs: 100,
      onLink: (detail) => (up ||= detail === 'connected'),
    })(() => {});
    // Sometimes it does not even get to connect before the next kill.
    if (draw() < 0.8) await until(`${id} connected`, () => up && proxy.passages.length > before, 10_000);
    return { sink, id };
  };
  let current = await start();
  for (let n = 0; n < restarts; n++) {
    const asked = draw() < 0.2;
    // Which passages are this station's is not known, so only those that are still open for it are cut: each station has a proxy of its own.
    const old = proxy.passages.filter((passage) => !passage.closed());
    if (!asked) for (const passage of old) passage.blackHole();
    const closing = current.sink.close(asked ? 1000 : 0);
    if (asked) await closing;
    const noticed = pause(draw() * 80).then(() => {
      for (const passage of old) passage.dropServerSide();
    });
    const isLast = asked && draw() < 0.5;
    if (!isLast) {
      await pause(draw() * 60);
      current = await start();
      await Promise.all([noticed, closing]);
      const { id } = current;
      const isRight = () => said()?.state === 'ready' && said()?.session === id;
      await until('ready', isRight, 3000).catch(() => {});
      // Long enough for anything that was still on its way.
      await pause(60);
      if (!isRight()) wrong += 1;
    } else {
      await Promise.all([noticed, closing]);
      await pause(100);
      if (said()?.state === 'ready') wrong += 1;
      current = await start();
    }
  }
  await current.sink.close(1000);
  await pause(100);
  return wrong + Number(said()?.state === 'ready');
};

/** Quick restarts, ten stations side by side, against a real broker. */
export const quickRestarts = (restarts: number): Promise<Figure> =>
  inFolder(async (folder) => {
    const port = await freePort();
    const broker = await startMosquitto(folder, port);
    const observer = await connectAsync(broker.url);
    const latest = new Map<string, Said>();
    observer.on('message', (topic, payload) => latest.set(topic.split('/')[1]!, JSON.parse(payload.toString())));
    await observer.subscribeAsync('affect/+/availability', { qos: 1 });
    const nStations = Math.min(10, restarts);
    const wrong = await Promise.all(
      Array.from({ length: nStations }, async (_, i) => {
        const proxy = await chaosProxy(port);
        const of = await station(`s${i}`, restarts / nStations, 100 + i, proxy, () => latest.get(`s${i}`));
        await proxy.close();
        return of;
      }),
    );
    await observer.endAsync(true);
    await broker.kill();
    const total = wrong.reduce((sum, n) => sum + n, 0);
    return {
      test: 'quick restarts',
      asked: `${restarts} seeded kills and stops with the next start at once: the retained availability is never wrong in the end`,
      found: `${total} wrong of ${restarts}`,
      ok: total === 0,
    };
  });
