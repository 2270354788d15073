import { expect, test } from 'vitest';
import { describeStatus, readStatus } from './status.ts';

/** As `systemctl show` of systemd 252 prints it. */
const shown = (some: Record<string, string> = {}): string =>
  Object.entries({
    LoadState: 'loaded',
    ActiveState: 'active',
    StatusText: '3 streams, 0 drops, outbox 0',
    NRestarts: '0',
    Result: 'success',
    ExecMainStatus: '0',
    StateChangeTimestamp: 'Mon 2026-11-23 02:15:01 UTC',
    MainPID: '812',
    ...some,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

test('a running service is told in two lines, the second its own', () => {
  expect(describeStatus(readStatus(shown()))).toEqual([
    'active since Mon 2026-11-23 02:15:01 UTC, process 812',
    '3 streams, 0 drops, outbox 0',
  ]);
});

test.each([
  [{ LoadState: 'not-found', ActiveState: 'inactive' }, 'not installed'],
  [{ ActiveState: 'failed', Result: 'exit-code', ExecMainStatus: '2', MainPID: '0' }, "'affect config check'"],
  [{ ActiveState: 'failed', Result: 'watchdog', MainPID: '0' }, 'did not advance'],
  [{ ActiveState: 'failed', Result: 'start-limit-hit', ExecMainStatus: '1' }, 'reset-failed'],
  [
    { ActiveState: 'activating', Result: 'exit-code', ExecMainStatus: '1', NRestarts: '4' },
    "exit-code (exit code 1): 'affect service logs'",
  ],
  [{ NRestarts: '4' }, 'started again 4 times'],
])('%j says %s', (properties, expected) => {
  expect(describeStatus(readStatus(shown(properties))).join('\n')).toContain(expected);
});

test('what systemctl does not know is not made up', () => {
  expect(readStatus('')).toEqual({ installed: false, state: 'unknown', says: '', restarts: 0, result: '', exitCode: 0, since: '', pid: 0 });
});
