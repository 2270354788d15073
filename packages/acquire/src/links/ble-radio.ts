import { readdir, readFile } from 'node:fs/promises';
import { AcquireError } from '../errors.ts';

/** Where the facts about the radio come from; replaced in tests. */
export interface RadioFacts {
  readonly platform: string;
  /** Names in a folder; empty where there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** Text of a file; empty where there is no such file. */
  readonly text: (path: string) => Promise<string>;
}

/** The facts of this machine. */
export const thisRadio: RadioFacts = {
  platform: process.platform,
  list: (folder) => readdir(folder).catch(() => []),
  text: (path) => readFile(path, 'utf8').catch(() => ''),
};

/** Bit of CAP_NET_RAW in a capability mask. */
const capNetRaw = 13n;

/** Names of the Bluetooth adapters Linux knows (`hci0`, …); empty elsewhere. */
export const bluetoothAdapters = async (facts: RadioFacts = thisRadio): Promise<readonly string[]> =>
  (await facts.list('/sys/class/bluetooth')).filter((name) => /^hci\d+$/.test(name)).sort();

const blockedRadios = async (facts: RadioFacts): Promise<readonly string[]> => {
  const blocked: string[] = [];
  for (const radio of await facts.list('/sys/class/rfkill')) {
    const [type, soft, hard] = await Promise.all(['type', 'soft', 'hard'].map((file) => facts.text(`/sys/class/rfkill/${radio}/${file}`)));
    if (type?.trim() === 'bluetooth' && (soft?.trim() === '1' || hard?.trim() === '1')) blocked.push(radio);
  }
  return blocked;
};

/**
 * Why the Bluetooth adapter cannot be used although a library is installed, as an error that says what to do: `not-found` without an adapter
 * (or with one that is off), `no-permission` without the right to use it.
 */
export const radioTrouble = async (adapter: number | undefined, facts: RadioFacts = thisRadio): Promise<AcquireError> => {
  if (facts.platform !== 'linux') {
    return new AcquireError(
      'not-found',
      'Bluetooth is not available. Switch it on in the system settings, and allow this program to use it.',
    );
  }
  const adapters = await bluetoothAdapters(facts);
  if (adapters.length === 0) {
    return new AcquireError(
      'not-found',
      'No Bluetooth adapter (nothing in /sys/class/bluetooth). Plug in a USB adapter; on a Raspberry Pi with Bluetooth on board see that ' +
        "config.txt has no 'dtoverlay=disable-bt' and run `sudo systemctl start hciuart`.",
    );
  }
  if (adapter !== undefined && !adapters.includes(`hci${adapter}`)) {
    return new AcquireError(
      'not-found',
      `No Bluetooth adapter hci${adapter}. There is ${adapters.join(' and ')}: change 'adapter=' in the link.`,
    );
  }
  const name = adapter === undefined ? adapters[0] : `hci${adapter}`;
  if ((await blockedRadios(facts)).length > 0) {
    return new AcquireError('not-found', `The Bluetooth radio of ${name} is blocked. Run \`rfkill unblock bluetooth\`, or use the switch.`);
  }
  const mask = /^CapEff:\s*([0-9a-f]+)/m.exec(await facts.text('/proc/self/status'))?.[1];
  if (mask !== undefined && ((BigInt(`0x${mask}`) >> capNetRaw) & 1n) === 0n) {
    return new AcquireError(
      'no-permission',
      `No right to use the Bluetooth adapter ${name} (CAP_NET_RAW is missing). For a service put 'AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN' ` +
        'into its [Service] section; from a shell run `sudo setcap cap_net_raw,cap_net_admin+eip $(readlink -f $(which node))`, again after every ' +
        'update of Node; in Docker add --cap-add NET_RAW --cap-add NET_ADMIN --network host.',
    );
  }
  return new AcquireError(
    'not-found',
    `The Bluetooth adapter ${name} is off. Run \`bluetoothctl power on\` (or \`sudo hciconfig ${name} up\`), then see \`systemctl status bluetooth\`.`,
  );
};
