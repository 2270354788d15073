import { dirname } from 'node:path';
import { type Check, ok, warn } from './finding.ts';

/** Two USB adapters with the same maker, product and serial number share one name under /dev/serial/by-id: which of them it means is chance. */
export const twins: Check = async ({ machine: { platform, list, text, real } }) => {
  if (platform !== 'linux') return [];
  const seen = new Map<string, string[]>();
  for (const name of (await list('/sys/class/tty')).filter((tty) => /^tty(USB|ACM)\d+$/.test(tty))) {
    for (let folder = (await real(`/sys/class/tty/${name}/device`)) ?? '/'; folder !== '/'; folder = dirname(folder)) {
      const vendor = (await text(`${folder}/idVendor`)).trim();
      if (vendor === '') continue;
      const id = `${vendor}:${(await text(`${folder}/idProduct`)).trim()}, ${(await text(`${folder}/serial`)).trim() || 'no serial number'}`;
      const at = seen.get(id) ?? [];
      // one adapter may have several ports: only another device is a twin
      if (!at.some((entry) => entry.startsWith(`${folder} `))) seen.set(id, [...at, `${folder} ${name}`]);
      break;
    }
  }
  const alike = [...seen].filter(([, found]) => found.length > 1);
  if (seen.size === 0) return [];
  if (alike.length === 0) return [ok('serial-twins', 'no two adapters say the same of themselves')];
  return alike.map(([id, found]) =>
    warn('serial-twins', `${found.map((entry) => entry.split(' ')[1]).join(' and ')} cannot be told apart (${id})`, {
      command: 'ls -l /dev/serial/by-path # and name the ports in the configuration like this, by their socket',
    }),
  );
};
