import { dirname } from 'node:path';
import { type Check, type Finding, type Fix, fail, ok, type Surroundings, unknown, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const megabyte = 1e6;
const least = { fail: 100 * megabyte, warn: 1000 * megabyte };

/** Room, kind and rights of every folder the program writes to. */
export const disks: Check = async ({ machine, loaded }) => {
  if (machine.platform !== 'linux') return [];
  const folders = foldersOf(loaded);
  const findings = folders.map(async ({ what, path }) => {
    const there = await nearest(path, machine);
    const room = await machine.room(there);
    const mount = mountOf(there, await machine.text('/proc/self/mountinfo'));
    return [
      room === undefined ? unknown('disk-room', `${what}: ${path} cannot be looked at`) : judgeRoom(what, path, room.freeBytes),
      ...(mount === undefined ? [] : [judgeMount(what, path, mount)]),
      ...((await machine.allowed(there)) || loaded === undefined
        ? []
        : [
            warn('folder-rights', `${what}: you may not write to ${there} (the service may)`, {
              command: `sudo chown ${machine.user.name} ${there}`,
            }),
          ]),
    ];
  });
  return (await Promise.all(findings)).flat();
};

const foldersOf = (loaded: Surroundings['loaded']): readonly { readonly what: string; readonly path: string }[] => {
  if (loaded === undefined) return [{ what: 'state', path: '/var/lib/affect' }];
  const { record, outbox } = loaded.settings;
  const all = [
    { what: 'state', path: loaded.stateFolder },
    ...(record === undefined ? [] : [{ what: 'recordings', path: record.folder }]),
    ...(outbox.folder === undefined || outbox.folder.startsWith(`${loaded.stateFolder}/`) ? [] : [{ what: 'outbox', path: outbox.folder }]),
  ];
  return all;
};

/** The folder itself or the nearest one above it that is there. */
const nearest = async (path: string, { real }: Machine): Promise<string> => {
  for (let folder = path; folder !== '/'; folder = dirname(folder)) {
    const there = await real(folder);
    if (there !== undefined) return there;
  }
  return '/';
};

/** The finding for room, bytes. */
export const judgeRoom = (what: string, path: string, freeBytes: number): Finding => {
  const says = `${what}: ${(freeBytes / 1e9).toFixed(1)} GB free for ${path}`;
  const fix = { command: 'sudo journalctl --vacuum-size=50M && sudo apt-get clean' };
  if (freeBytes < least.fail) return fail('disk-room', says, fix);
  return freeBytes < least.warn ? warn('disk-room', says, fix) : ok('disk-room', says);
};

/** What a folder is mounted from. */
export interface Mount {
  readonly at: string;
  readonly type: string;
  readonly device: string;
  readonly readOnly: boolean;
}

/** The mount a path is on, from `/proc/self/mountinfo` (the last of the longest that fit: later mounts hide earlier ones). */
export const mountOf = (path: string, mountinfo: string): Mount | undefined => {
  let best: Mount | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const fields = before!.split(' ');
    const [type, device] = after?.split(' ') ?? [];
    const at = fields[4]?.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    if (at === undefined || type === undefined || device === undefined) continue;
    const fits = at === '/' || path === at || path.startsWith(`${at}/`);
    const options = `${fields[5] ?? ''},${after!.split(' ')[2] ?? ''}`.split(',');
    if (fits && at.length >= (best?.at.length ?? 0)) best = { at, type, device, readOnly: options.includes('ro') };
  }
  return best;
};

const passing: Readonly<Record<string, Fix>> = {
  tmpfs: { action: 'Put it on a disk: this folder is memory and empty after every start.' },
  ramfs: { action: 'Put it on a disk: this folder is memory and empty after every start.' },
  overlay: { command: 'sudo raspi-config nonint do_overlayfs 1 && sudo reboot' },
};
const distant = /^(nfs4?|cifs|smb3?|9p|fuse\..*|sshfs)$/;
const poor = /^(vfat|exfat|msdos|ntfs3?|fuseblk)$/;

/** The finding for the kind of file system. */
export const judgeMount = (what: string, path: string, { at, type, device, readOnly }: Mount): Finding => {
  const says = `${what}: ${path} is on ${device} (${type})`;
  if (readOnly) return fail('disk-type', `${says}, which is read-only`, { command: `sudo mount -o remount,rw ${at}` });
  if (type in passing) return fail('disk-type', `${says}: everything is gone at the next start`, passing[type]!);
  if (distant.test(type))
    return warn('disk-type', `${says}: a network may lose what was promised`, { action: 'Put it on a disk of this machine.' });
  if (poor.test(type))
    return warn('disk-type', `${says}: it may lose files when the power fails`, { action: 'Put it on an ext4 file system.' });
  return ok('disk-type', `${says}${/mmcblk/.test(device) ? ', a memory card: it wears out, so keep copies' : ''}`);
};
