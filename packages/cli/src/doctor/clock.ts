import { type Check, fail, ok, unknown, warn } from './finding.ts';

/** Before this the clock cannot be: the program was not written yet. */
const firstYear = 2026;

/** The time of day is set from the network: a Raspberry Pi has no clock that runs while it is off. */
export const clock: Check = async ({ machine: { run, nowMs } }) => {
  const year = new Date(nowMs()).getUTCFullYear();
  const set = { command: 'sudo timedatectl set-ntp true' };
  if (year < firstYear) return [fail('clock', `the clock says it is ${year}`, set)];
  const shown = await run('timedatectl', 'show');
  const says = (name: string): string | undefined => new RegExp(`^${name}=(\\w+)`, 'm').exec(shown?.out ?? '')?.[1];
  if (says('NTPSynchronized') === undefined)
    return [unknown('clock', 'nobody tells whether the clock is set from the network', { command: 'timedatectl' })];
  if (says('NTPSynchronized') === 'yes') return [ok('clock', 'the clock is set from the network')];
  if (says('NTP') === 'no') return [warn('clock', 'the clock is not set from the network', set)];
  return [warn('clock', 'the clock waits to be set from the network', { command: 'sudo systemctl restart systemd-timesyncd' })];
};
