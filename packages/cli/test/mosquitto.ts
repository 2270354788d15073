import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { isListening } from './affect-process.ts';

/** Where the real broker is; nothing where it is not installed. */
export const mosquitto = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => existsSync(path));

export interface RunningBroker {
  readonly url: string;
  readonly kill: () => Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const broker of running) broker.kill('SIGKILL');
});

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

/** Starts Mosquitto on loopback, ready to connect to; `config` replaces or adds lines. It keeps nothing on disk. */
export const startMosquitto = async (
  folder: string,
  port: number,
  config = `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nset_tcp_nodelay true\n`,
): Promise<RunningBroker> => {
  const path = join(folder, `mosquitto-${port}.conf`);
  // Started by root it would become somebody who may not read the folder.
  writeFileSync(path, `user ${userInfo().username}\n${config}`);
  const broker = spawn(mosquitto!, ['-c', path], { stdio: 'ignore' });
  const gone = new Promise<void>((done) => broker.once('exit', () => done()));
  running.add(broker.once('exit', () => running.delete(broker)));
  while (!(await isListening(port))) {
    if (broker.exitCode !== null) throw new Error(`mosquitto ended with ${broker.exitCode}; its configuration is ${path}`);
    await new Promise((done) => setTimeout(done, 10));
  }
  return {
    url: `mqtt://127.0.0.1:${port}`,
    kill: () => {
      broker.kill('SIGKILL');
      return gone;
    },
  };
};
