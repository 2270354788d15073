import { connect } from 'node:net';

/** A broker's address that answered. */
export interface FoundBroker {
  readonly url: string;
  /** Why it is believed to be one, for the comment beside it. */
  readonly why: string;
}

const places = ['127.0.0.1', 'homeassistant.local', 'mqtt.local'] as const;
const ports = [
  [8883, 'mqtts'],
  [1883, 'mqtt'],
] as const;

/** Knocks at the usual ports of this machine and of two usual names on the network, half a second each; says nothing to whoever opens. */
export const lookForBrokers = async (knock: (host: string, port: number) => Promise<boolean> = answers): Promise<FoundBroker[]> => {
  const tried = await Promise.all(
    places.flatMap((host) =>
      ports.map(async ([port, scheme]) =>
        (await knock(host, port)) ? [{ url: `${scheme}://${host}:${port}`, why: `${host} answers on port ${port}` }] : [],
      ),
    ),
  );
  return tried.flat();
};

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect({ host, port });
    const end = (result: boolean) => (): void => {
      socket.destroy();
      done(result);
    };
    socket.setTimeout(500, end(false));
    socket.once('connect', end(true)).once('error', end(false));
    setTimeout(end(false), 1500).unref(); // a name that nobody resolves
  });
