import { type Check, type Finding, fail, ok, type Surroundings, unknown, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const capNetRaw = 13n;
const capNetAdmin = 12n;

/** The radio: there, not blocked, on, and ours to use. Looked at where a sensor needs it, or where nobody has said which sensors there are. */
export const bluetooth: Check = async ({ machine, loaded }) => {
  if (machine.platform !== 'linux') return [];
  const needed = loaded?.settings.sensors.some(({ link }) => link.startsWith('ble:'));
  if (needed === false) return uartOnly(machine, loaded);
  const bad = needed ? fail : warn;
  const adapters = (await machine.list('/sys/class/bluetooth')).filter((name) => /^hci\d+$/.test(name));
  if (adapters.length === 0)
    return needed ? [await noAdapter(machine)] : [unknown('bluetooth', 'no Bluetooth adapter, and no sensor is known to need one')];
  return [await blocked(machine, bad), await powered(machine, bad, adapters), ...(needed ? [await rights(machine)] : [])];
};

const isRaspberry = async ({ text }: Machine): Promise<boolean> => /^Raspberry Pi/.test(await text('/proc/device-tree/model'));

/** On a Raspberry Pi the radio hangs on a serial port that `hciuart` opens, unless config.txt gives that port to something else. */
const noAdapter = async (machine: Machine): Promise<Finding> => {
  for (const file of ['/boot/firmware/config.txt', '/boot/config.txt']) {
    if (/^\s*dtoverlay=(pi3-)?disable-bt/m.test(await machine.text(file))) {
      return fail('bluetooth', `the radio is switched off in ${file}`, {
        command: `sudo sed -i 's/^\\s*dtoverlay=.*disable-bt/#&/' ${file} && sudo reboot`,
      });
    }
  }
  const state = (await machine.run('systemctl', 'is-active', 'hciuart'))?.out.trim();
  if ((await isRaspberry(machine)) && (state === 'failed' || state === 'inactive')) {
    return fail('hciuart', `the service that starts the radio is ${state}`, { command: 'sudo systemctl restart hciuart' });
  }
  return fail('bluetooth', 'there is no Bluetooth adapter', { action: 'Plug a USB Bluetooth adapter in.' });
};

/** A sensor on the Pi's own serial pins shares them with the radio while `hciuart` runs. */
const uartOnly = async (machine: Machine, loaded: Surroundings['loaded']): Promise<Finding[]> => {
  const uart = loaded?.settings.sensors.find(({ link }) => /^serial:\/dev\/(ttyAMA0|serial0)\b/.test(link));
  if (uart === undefined || (await machine.run('systemctl', 'is-active', 'hciuart'))?.out.trim() !== 'active') return [];
  return [warn('hciuart', `hciuart uses the serial pins that ${uart.device} is on`, { command: 'sudo systemctl disable --now hciuart' })];
};

const blocked = async ({ list, text }: Machine, bad: typeof fail): Promise<Finding> => {
  for (const radio of await list('/sys/class/rfkill')) {
    const read = async (file: string): Promise<string> => (await text(`/sys/class/rfkill/${radio}/${file}`)).trim();
    if ((await read('type')) !== 'bluetooth') continue;
    if ((await read('hard')) === '1')
      return bad('rfkill', 'the radio is off by its switch', { action: 'Use the switch or key of this machine.' });
    if ((await read('soft')) === '1') return bad('rfkill', 'the radio is blocked', { command: 'sudo rfkill unblock bluetooth' });
  }
  return ok('rfkill', 'the radio is not blocked');
};

const powered = async ({ run }: Machine, bad: typeof fail, adapters: readonly string[]): Promise<Finding> => {
  const shown = await run('bluetoothctl', 'show');
  if (shown === undefined)
    return unknown('bluez', `${adapters.join(', ')} is there; whether it is on is not known`, { command: 'sudo apt-get install -y bluez' });
  const isOn = /^\s*Powered:\s*(yes|no)/m.exec(shown.out)?.[1];
  if (isOn === 'yes') return ok('bluez', `${adapters.join(', ')} is on`);
  if (isOn === 'no') return bad('bluez', `${adapters.join(', ')} is off`, { command: 'bluetoothctl power on' });
  return bad('bluez', 'the Bluetooth service does not answer', { command: 'sudo systemctl enable --now bluetooth' });
};

/** The radio is opened as a raw HCI socket. */
const rights = async ({ text, user, run }: Machine): Promise<Finding> => {
  if (user.uid === 0) return ok('bluetooth-rights', 'root may use the radio');
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(await text('/proc/self/status'))?.[1] ?? '0'}`);
  if (((mask >> capNetRaw) & 1n) === 1n && ((mask >> capNetAdmin) & 1n) === 1n)
    return ok('bluetooth-rights', 'this process may use the radio');
  const unit = (await run('systemctl', 'show', 'affect.service', '--property=AmbientCapabilities'))?.out ?? '';
  if (unit.includes('cap_net_raw')) return ok('bluetooth-rights', 'the affect service may use the radio (this shell may not)');
  return warn('bluetooth-rights', 'this process may not use the radio (CAP_NET_RAW and CAP_NET_ADMIN are missing)', {
    command: 'sudo setcap cap_net_raw,cap_net_admin+eip "$(readlink -f "$(which node)")"',
  });
};
