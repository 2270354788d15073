import type { AddressInfo, Server } from 'node:net';
import { ConfigError } from './errors.ts';

/**
 * Listens at an address (loopback when absent), at the first free port of `port … port + attempts - 1`, and returns it; port 0 takes any that is free.
 * @throws ConfigError('no-port') where all are taken, or where this machine has no such address.
 */
export const listenAt = async (
  server: Server,
  { host = '127.0.0.1', port, attempts = 1 }: { readonly host?: string; readonly port: number; readonly attempts?: number },
  what: string,
): Promise<number> => {
  let reason = '';
  for (let tried = port; tried < port + attempts; tried++) {
    const code = await new Promise<string>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void =>
        ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(error.code ?? '')
          ? resolve(error.code!)
          : reject(error);
      server.once('error', onError).listen({ port: tried, host, exclusive: true }, () => {
        server.off('error', onError);
        resolve('');
      });
    });
    // It listens at a port, so that its address is no path of a pipe.
    if (code === '') return (server.address() as AddressInfo).port;
    reason = code;
  }
  const ports = attempts === 1 ? `port ${port}` : `one of the ports ${port}-${port + attempts - 1}`;
  throw new ConfigError(
    'no-port',
    reason === 'EADDRNOTAVAIL' || reason === 'ENOTFOUND' || reason === 'EAI_AGAIN'
      ? `This machine has no address ${host} for ${what}. Use 127.0.0.1, or one that 'ip address' shows.`
      : reason === 'EACCES'
        ? `No right to open ${ports} on ${host} for ${what}: ports below 1024 are the system's. Use a higher one.`
        : `No free port for ${what}: expected ${ports} on ${host}, taken by another program. Stop it, or set another port.`,
  );
};
