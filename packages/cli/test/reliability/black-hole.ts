import { estimateMessage, sessionMessage, topics } from '../../src/message.ts';
import { mqtt } from '../../src/sinks/mqtt.ts';
import { chaosProxy } from '../chaos-proxy.ts';
import { card, estimate, session } from '../fakes.ts';
import { freePort, startMosquitto } from '../mosquitto.ts';
import { draws, type Figure, inFolder, pause, until } from './figure.ts';

/** What a busy machine may add to a timer, s. */
const graceSec = 0.25;

/** The cable is pulled at seeded moments while estimates flow: the daemon notices, and what it had sent into the hole arrives once the cable is back. */
export const blackHole = (trials: number, keepAliveSec: number): Promise<Figure> =>
  inFolder(async (folder) => {
    const port = await freePort();
    const broker = await startMosquitto(folder, port);
    const draw = draws(7);
    const delays = Array.from({ length: trials }, () => draw());
    const noticed = await Promise.all(
      delays.map(async (delay, i) => {
        const proxy = await chaosProxy(port);
        let away = 0;
        let ups = 0;
        const sink = await mqtt({
          url: `mqtt://127.0.0.1:${proxy.port}`,
          topics: topics(`hole-${i}`),
          session: sessionMessage(session, [card]),
          keepAliveSec,
          retryMs: 100,
          onLink: (detail) => {
            if (detail === 'connected') ups += 1;
            else if (detail.startsWith('away')) away = performance.now();
          },
        })(() => {});
        await until('connected', () => ups === 1, 10_000);
        let seq = 0;
        const flow = setInterval(() => sink.estimate!(estimate(seq), estimateMessage(session, seq, estimate(seq++))!), 100);
        await pause((1 + delay) * keepAliveSec * 1000);
        proxy.blackHole(true);
        const cut = performance.now();
        await until('noticed', () => away > 0, keepAliveSec * 3000);
        proxy.blackHole(false);
        proxy.cutAll();
        await until('connected again', () => ups === 2, 10_000);
        clearInterval(flow);
        await sink.close(2000);
        await proxy.close();
        return (away - cut) / 1000;
      }),
    );
    await broker.kill();
    const longest = Math.max(...noticed);
    return {
      test: 'black hole',
      asked: `a broker that goes silent (${trials} seeded moments, keep-alive ${keepAliveSec} s, messages flowing) is noticed within 1.5 × keep-alive = ${1.5 * keepAliveSec} s`,
      found: `noticed after ${Math.min(...noticed).toFixed(2)} to ${longest.toFixed(2)} s`,
      ok: longest <= 1.5 * keepAliveSec + graceSec,
    };
  });
