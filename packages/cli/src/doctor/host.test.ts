import { describe, expect, test } from 'vitest';
import { type MachineText, settingsFor, surroundings, told } from '../../test/doctor-machine.ts';
import { clock } from './clock.ts';
import { disks, judgeMount, judgeRoom, mountOf } from './disks.ts';
import type { Check } from './finding.ts';
import { judgeKernelLog, kernelLog } from './kernel-log.ts';
import { judgeLoad, judgeMemory, load } from './load.ts';
import { nodeVersion } from './node-version.ts';
import { judgeThrottled, power } from './power.ts';
import { unit } from './unit.ts';

const look = async (check: Check, text: MachineText = {}, loaded?: ReturnType<typeof settingsFor>): Promise<string> =>
  (await check(surroundings(text, loaded))).map(told).join('\n');

test.each([
  ['20.19.0', 'arm64', /^ok node: Node 20\.19\.0\nok processor/],
  ['20.18.3', 'arm64', /^fail node: Node 20\.18\.3: expected 20\.19 or newer → /],
  ['18.20.4', 'x64', /^fail node/],
  ['22.4.0', 'x64', /^ok node/],
  ['22.4.0', 'arm', /warn processor: linux on arm: onnxruntime is not made for it/],
])('Node %s on %s', async (version, arch, expected) => {
  expect(await look(nodeVersion, { nodeVersion: version, arch })).toMatch(expected);
});

describe('power', () => {
  const pi = { '/proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0' };
  // words of the firmware as its documentation reads them: bits 0-3 now, 16-19 since the last start
  test.each([
    [0x0, /^ok power: Raspberry Pi 5/],
    [
      0x50000,
      /^warn power: the voltage was too low since the last start, the processor was throttled since the last start → Use the power supply/,
    ],
    [0x50005, /^fail power: the voltage is too low, the processor is throttled → Use the power supply/],
    [0x80008, /^fail power: it is too hot → Give it a heat sink/],
    [0xe0000, /^warn power: .*was slowed down.*was throttled.*was too hot.* → Give it a heat sink/],
    [0x20002, /^fail power: the processor is slowed down/],
  ])('throttled=0x%s', (word, expected) => {
    expect(told(judgeThrottled(word, 'Raspberry Pi 5'))).toMatch(expected);
  });

  test('the firmware is asked on a Raspberry Pi only', async () => {
    expect(await look(power, { files: pi, programs: { 'vcgencmd get_throttled': 'throttled=0x50000\n' } })).toMatch(/^warn power/);
    expect(await look(power, { programs: { 'vcgencmd get_throttled': 'throttled=0x50000\n' } })).toBe('');
  });

  test('a firmware that does not answer is unknown', async () => {
    expect(await look(power, { files: pi })).toMatch(/^unknown power: .*vcgencmd is missing\) → sudo vcgencmd/);
    expect(await look(power, { files: pi, programs: { vcgencmd: 'VCHI initialization failed\n' } })).toMatch(/is not allowed/);
  });
});

describe('the kernel’s log', () => {
  const attach = '[   93.766246] usb 1-1: new full-speed USB device number 3 using xhci_hcd';
  const fall = (n: number): string =>
    Array.from(
      { length: n },
      (_, i) =>
        `[  121.37${i}] usb 1-1: USB disconnect, device number ${3 + i}\n[  121.38${i}] ftdi_sio ttyUSB0: FTDI USB Serial Device converter now disconnected from ttyUSB0`,
    ).join('\n');
  const told1 = (log: string): string => judgeKernelLog(log).map(told).join('\n');

  test.each([
    [attach, 'ok under-voltage: the kernel has not seen the voltage too low\nok usb-disconnects: no USB device fell off'],
    [
      '[   12.3] hwmon hwmon1: Undervoltage detected!\n[ 14.4] hwmon hwmon1: Voltage normalised',
      'warn under-voltage: the voltage was too low once since the last start',
    ],
    ['[   12.3] Under-voltage detected! (0x00050005)\n[ 99.3] Under-voltage detected! (0x00050005)', 'too low 2 times'],
    [fall(1), 'ok usb-disconnects: 1 USB devices were unplugged, which may be you'],
    [fall(3), 'warn usb-disconnects: USB devices fell off 3 times since the last start, serial ports 3 times → echo'],
    [
      '[ 5.1] blk_update_request: I/O error, dev mmcblk0, sector 123 op 0x0',
      'fail disk-errors: the disk fails: blk_update_request: I/O error, dev mmcblk0',
    ],
    ['[ 5.1] EXT4-fs error (device mmcblk0p2): ext4_find_entry:1455: inode #2', 'fail disk-errors'],
    [
      '[ 77.0] Out of memory: Killed process 811 (node) total-vm:1234kB',
      'warn out-of-memory: the kernel ended once a program for want of memory: Out of memory: Killed process 811 (node)',
    ],
  ])('%#', (log, expected) => {
    expect(told1(log)).toContain(expected);
  });

  test('where dmesg is closed the journal is asked, and then it is unknown', async () => {
    const closed = { dmesg: 1 };
    expect(await look(kernelLog, { programs: { ...closed, 'journalctl --dmesg --boot --no-pager --quiet': fall(3) } })).toContain(
      'warn usb-disconnects',
    );
    expect(await look(kernelLog, { programs: closed })).toBe('unknown kernel-log: the kernel’s log is closed to you → sudo affect doctor');
  });
});

describe('load and memory', () => {
  test.each([
    [1, 'ok'],
    [4.5, 'warn'],
    [12.5, 'fail'],
    [Number.NaN, 'unknown'],
  ])('a load of %s on four cores is %s', (average, state) => {
    expect(judgeLoad(average, 4).state).toBe(state);
  });

  test.each([
    [900, 'ok'],
    [150, 'warn'],
    [80, 'fail'],
    [undefined, 'unknown'],
  ])('%s MB to be had are %s', (available, state) => {
    expect(judgeMemory(available, 1000).state).toBe(state);
  });

  test('both are read from /proc, the load over five minutes', async () => {
    const files = {
      '/proc/loadavg': '9.99 0.40 0.30 2/95 29099\n',
      '/proc/meminfo': 'MemTotal:         947764 kB\nMemFree:           20000 kB\nMemAvailable:     512000 kB\n',
    };
    expect(await look(load, { files })).toBe('ok load: load 0.40 on 4 cores over five minutes\nok memory: 500 of 926 MB to be had');
  });
});

describe('the clock', () => {
  /** `timedatectl show` of systemd 252. */
  const shown = (ntp: string, synchronized: string): MachineText => ({
    programs: {
      'timedatectl show': `Timezone=Europe/Berlin\nLocalRTC=no\nCanNTP=yes\nNTP=${ntp}\nNTPSynchronized=${synchronized}\nTimeUSec=Mon 2026-11-23 02:26:17 UTC\n`,
    },
  });
  test.each([
    [shown('yes', 'yes'), 'ok clock: the clock is set from the network'],
    [shown('no', 'no'), 'warn clock: the clock is not set from the network → sudo timedatectl set-ntp true'],
    [shown('yes', 'no'), 'warn clock: the clock waits to be set from the network → sudo systemctl restart systemd-timesyncd'],
    [{}, 'unknown clock'],
    [{ ...shown('yes', 'yes'), nowMs: 0 }, 'fail clock: the clock says it is 1970 → sudo timedatectl set-ntp true'],
  ])('%#', async (text, expected) => {
    expect(await look(clock, text)).toContain(expected);
  });
});

describe('disks', () => {
  const mounts = [
    '22 27 0:21 / /proc rw,relatime - proc proc rw',
    '27 1 179:2 / / rw,noatime - ext4 /dev/mmcblk0p2 rw',
    '31 27 0:30 / /tmp rw,nosuid - tmpfs tmpfs rw',
    '32 27 8:1 / /mnt/my\\040disk rw - vfat /dev/sda1 rw',
    '33 27 0:40 / /srv ro,relatime - nfs4 nas:/export ro',
  ].join('\n');

  test.each([
    ['/var/lib/affect', '/', 'ext4'],
    ['/tmp/x', '/tmp', 'tmpfs'],
    ['/tmpfoo', '/', 'ext4'],
    ['/mnt/my disk/rec', '/mnt/my disk', 'vfat'],
  ])('%s is on %s', (path, at, type) => {
    expect(mountOf(path, mounts)).toMatchObject({ at, type });
  });

  test.each([
    ['ext4', '/dev/mmcblk0p2', false, 'ok disk-type: state: /x is on /dev/mmcblk0p2 (ext4), a memory card'],
    ['tmpfs', 'tmpfs', false, 'fail disk-type: state: /x is on tmpfs (tmpfs): everything is gone at the next start → Put it on a disk'],
    [
      'overlay',
      'overlay',
      false,
      'fail disk-type: state: /x is on overlay (overlay): everything is gone at the next start → sudo raspi-config',
    ],
    ['vfat', '/dev/sda1', false, 'warn disk-type'],
    ['nfs4', 'nas:/', false, 'warn disk-type: state: /x is on nas:/ (nfs4): a network may lose'],
    ['ext4', '/dev/sda1', true, 'fail disk-type: state: /x is on /dev/sda1 (ext4), which is read-only → sudo mount -o remount,rw /m'],
  ])('%s', (type, device, readOnly, expected) => {
    expect(told(judgeMount('state', '/x', { at: '/m', type, device, readOnly }))).toContain(expected);
  });

  test.each([
    [5e9, 'ok'],
    [0.5e9, 'warn'],
    [0.05e9, 'fail'],
  ])('%s bytes are %s', (bytes, state) => {
    expect(judgeRoom('state', '/x', bytes).state).toBe(state);
  });

  test('state and recordings are looked at where the settings put them, a folder not made yet by the one above it', async () => {
    const files = { '/proc/self/mountinfo': mounts, '/var/lib/dpkg/status': '', '/tmp/x': '' };
    const loaded = settingsFor('simulated:cyton', { record: { folder: '/tmp/recordings' } });
    const findings = await look(disks, { files, forbidden: ['/var/lib'] }, loaded);
    expect(findings).toContain('ok disk-type: state: /var/lib/affect is on /dev/mmcblk0p2');
    expect(findings).toContain('fail disk-type: recordings: /tmp/recordings is on tmpfs');
    expect(findings).toContain('warn folder-rights: state: you may not write to /var/lib (the service may) → sudo chown anna /var/lib');
  });
});

describe('the service', () => {
  const show =
    'systemctl show affect.service --property=LoadState,ActiveState,StatusText,NRestarts,Result,ExecMainStatus,StateChangeTimestamp,MainPID';
  test.each([
    ['LoadState=loaded\nActiveState=active\nNRestarts=0\nResult=success\n', 'ok service: active'],
    [
      'LoadState=loaded\nActiveState=active\nNRestarts=9\nResult=success\n',
      'warn service: active, started again 9 times → affect service logs',
    ],
    ['LoadState=loaded\nActiveState=failed\nResult=watchdog\n', 'fail service: failed'],
    ['LoadState=not-found\nActiveState=inactive\n', 'ok service: not installed'],
  ])('%#', async (printed, expected) => {
    expect(await look(unit, { programs: { [show]: printed } })).toContain(expected);
  });
  test('without systemd it is unknown', async () => expect(await look(unit)).toContain('unknown service'));
});
