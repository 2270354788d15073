import { type Check, type Finding, fail, ok, unknown, warn } from './finding.ts';

/** What the kernel has complained of since the last start. */
export const kernelLog: Check = async ({ machine: { platform, run } }) => {
  if (platform !== 'linux') return [];
  const dmesg = await run('dmesg');
  const log = dmesg?.code === 0 ? dmesg : await run('journalctl', '--dmesg', '--boot', '--no-pager', '--quiet');
  if (log === undefined || log.code !== 0 || log.out.trim() === '') {
    return [unknown('kernel-log', 'the kernel’s log is closed to you', { command: 'sudo affect doctor' })];
  }
  return judgeKernelLog(log.out);
};

/** One adapter put in and out by hand is no news. */
const disconnectsByHand = 2;

/** The findings in a kernel log, as `dmesg` or `journalctl --dmesg` print it. */
export const judgeKernelLog = (log: string): Finding[] => {
  const lines = log.split('\n');
  const matching = (pattern: RegExp): string[] => lines.filter((line) => pattern.test(line));
  const voltage = matching(/under-?voltage detected/i).length;
  const lost = matching(/tty(USB|ACM)\d+: .* now disconnected|cdc_acm .*: device disconnected/i);
  const unplugged = matching(/usb \S+: USB disconnect/).length;
  const card = matching(/I\/O error, dev (mmcblk|sd)|EXT4-fs error|mmc\d: .*(timeout|error)/i);
  const killed = matching(/Out of memory: Killed process/);
  return [
    voltage > 0
      ? warn('under-voltage', `the voltage was too low ${times(voltage)} since the last start`, {
          action: 'Use the power supply made for this board with a short, thick cable.',
        })
      : ok('under-voltage', 'the kernel has not seen the voltage too low'),
    lost.length > disconnectsByHand || unplugged > 2 * disconnectsByHand
      ? warn(
          'usb-disconnects',
          `USB devices fell off ${times(Math.max(lost.length, unplugged))} since the last start, serial ports ${times(lost.length)}`,
          {
            command:
              "echo 'options usbcore autosuspend=-1' | sudo tee /etc/modprobe.d/affect-usb.conf # then a shorter cable or a powered hub",
          },
        )
      : ok(
          'usb-disconnects',
          lost.length + unplugged === 0 ? 'no USB device fell off' : `${unplugged} USB devices were unplugged, which may be you`,
        ),
    ...(card.length > 0
      ? [
          fail('disk-errors', `the disk fails: ${withoutTime(card[0]!)}`, {
            action: 'Copy the recordings away and replace the card or disk.',
          }),
        ]
      : []),
    ...(killed.length > 0
      ? [
          warn('out-of-memory', `the kernel ended ${times(killed.length)} a program for want of memory: ${withoutTime(killed.at(-1)!)}`, {
            command: 'ps -eo pid,rss,comm --sort=-rss | head',
          }),
        ]
      : []),
  ];
};

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const withoutTime = (line: string): string => line.replace(/^\[[\s\d.]+\]\s*/, '').slice(0, 120);
