import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startMosquitto } from '../mosquitto.ts';
import { startChild } from './child.ts';
import type { DaemonArgs, DaemonSaid } from './daemon.ts';
import { draws, type Figure, inFolder, pause, until } from './figure.ts';
import { receiver } from './receiver.ts';

/** The daemon killed at seeded moments, again and again over the same outbox. */
export const daemonKills = (points: number, seed = 20): Promise<Figure> =>
  inFolder(async (folder) => {
    const draw = draws(seed);
    const broker = await startMosquitto(folder, await freePort());
    const received = receiver('affect/daemon/estimate/#');
    await received.listen(broker.url);
    const args: DaemonArgs = { url: broker.url, folder: join(folder, 'outbox'), journal: join(folder, 'journal'), seed, drain: false };
    const synced = new Map<string, number>();
    let started = 0;
    for (let point = 0; point < points; point++) {
      const child = startChild<DaemonSaid>('daemon', args, (said) => {
        if (said.what === 'synced') synced.set(said.session, said.seq);
      });
      // One kill in five comes before the first estimate: while it starts, reads the outbox, connects.
      if (draw() < 0.2) await pause(draw() * 1000);
      else {
        await until('the daemon running', () => child.said.length > 0, 30_000);
        await pause(draw() * 800);
      }
      started += Number(child.said.length > 0);
      child.process.kill('SIGKILL');
      await child.gone;
      await pause(0);
    }
    const last = startChild<DaemonSaid>('daemon', { ...args, drain: true });
    await until('the outbox drained', () => last.said.some(({ what }) => what === 'drained'), 60_000);
    await last.gone;
    await pause(300);
    await received.end();
    await broker.kill();

    const made = existsSync(args.journal) ? readFileSync(args.journal, 'utf8').trim().split('\n') : [];
    const missing = made.filter((line) => {
      const [session, seq] = line.split(' ') as [string, string];
      return !received.seqs.get(session)?.has(Number(seq));
    });
    const unsafe = missing.filter((line) => {
      const [session, seq] = line.split(' ') as [string, string];
      return Number(seq) <= (synced.get(session) ?? -1);
    });
    const holes = [...received.seqs.values()].filter((seqs) => Math.max(...seqs) !== seqs.size - 1).length;
    const dropped = last.said.find((said) => said.what === 'drained')!.dropped;
    return {
      test: 'daemon killed',
      asked: `SIGKILL at ${points} seeded moments: it starts again every time, nothing that was synced is missing, no hole, at most the estimate being made is lost`,
      found: `${made.length} estimates in ${received.seqs.size} sessions, ${missing.length} lost (${unsafe.length} of them synced), ${holes} sessions with holes, ${received.historical()} came late; ${started} of ${points} kills hit a running line`,
      ok: unsafe.length === 0 && holes === 0 && missing.length <= points && dropped === 0 && started > points / 2,
    };
  });
