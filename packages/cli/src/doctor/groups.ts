import { type Check, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

interface Membership {
  readonly inProcess: boolean;
  readonly inFile: boolean;
}

/** Whether this user belongs to a group now, and whether the next login will make it so; undefined where there is no such group. */
const membership = async (group: string, { text, user, groups }: Machine): Promise<Membership | undefined> => {
  const match = new RegExp(`^${group}:[^:]*:(\\d+):(.*)$`, 'm').exec(await text('/etc/group'));
  if (match === null) return undefined;
  return { inProcess: groups.includes(Number(match[1])), inFile: (match[2] ?? '').split(',').includes(user.name) };
};

/**
 * The groups that own serial ports and speak to BlueZ. A port is closed without the first; the second is for `bluetoothctl` only, as the radio is
 * opened without BlueZ.
 */
export const groups: Check = async ({ machine, loaded }) => {
  if (machine.platform !== 'linux') return [];
  const schemes = loaded?.settings.sensors.map(({ link }) => link.split(':', 1)[0]);
  const wanted = [
    { group: 'dialout', scheme: 'serial', what: 'serial ports' },
    { group: 'bluetooth', scheme: 'ble', what: 'the Bluetooth service' },
  ].filter(({ scheme }) => schemes?.includes(scheme) ?? scheme === 'serial');
  const findings = wanted.map(async ({ group, what }) => {
    const check = `group-${group}`;
    const member = await membership(group, machine);
    if (machine.user.uid === 0 || member?.inProcess)
      return ok(check, machine.user.uid === 0 ? 'root may use everything' : `you are in ${group}`);
    if (member === undefined) return warn(check, `there is no group ${group}`, { command: `sudo groupadd --system ${group}` });
    if (member.inFile) return warn(check, `you were added to ${group}, but not in this login`, { command: `newgrp ${group}` });
    const says = `you are not in ${group}, so ${what} may be closed to you`;
    const fix = { command: `sudo usermod -aG ${group} ${machine.user.name}` };
    return schemes === undefined || group === 'bluetooth' ? warn(check, says, fix) : fail(check, says, fix);
  });
  return Promise.all(findings);
};
