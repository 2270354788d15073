import { expect, test } from 'vitest';
import { settingsFor, surroundings } from '../../test/doctor-machine.ts';
import { checks, lookRound } from './checks.ts';
import { describeFindings, exitCodeOf, fail, ok, unknown, warn } from './finding.ts';
import { judgeSettings } from './settings-file.ts';

const fix = { command: 'x' };

test('0 is well or not known, 1 a warning, 2 something to mend', () => {
  expect(exitCodeOf([ok('a', ''), unknown('b', '')])).toBe(0);
  expect(exitCodeOf([ok('a', ''), warn('b', '', fix)])).toBe(1);
  expect(exitCodeOf([warn('a', '', fix), fail('b', '', fix), ok('c', '')])).toBe(2);
});

test('a check that fails itself is a finding and hides no other', async () => {
  const findings = await lookRound(surroundings(), [() => Promise.reject(new Error('oops')), async () => [ok('next', 'was looked at')]]);
  expect(findings).toEqual([unknown('doctor', 'a check failed itself: oops'), ok('next', 'was looked at')]);
});

test('on a machine on which nothing is known no check fails itself, and whatever is wrong has a fix', async () => {
  for (const loaded of [
    undefined,
    settingsFor('serial:/dev/ttyUSB0'),
    settingsFor('ble:AA:BB:CC:DD:EE:FF', { mqtt: { url: 'mqtts://b' } }),
  ]) {
    for (const platform of ['linux', 'darwin']) {
      const findings = await lookRound(surroundings({ platform }, loaded));
      expect(findings.length).toBeGreaterThan(4);
      expect(findings.filter(({ check }) => check === 'doctor')).toEqual([]);
      for (const { state, says, fix: mend } of findings) {
        expect(says).not.toMatch(/\n|undefined|NaN|null/);
        if (state === 'warn' || state === 'fail') expect(mend).toBeDefined();
      }
    }
  }
  expect(checks.length).toBeGreaterThan(10);
});

test('for a person: the fix below what it mends, and the count', () => {
  expect(describeFindings([ok('node', 'Node 22'), fail('rfkill', 'blocked', { command: 'sudo rfkill unblock bluetooth' })])).toEqual([
    'ok      node               Node 22',
    'FAIL    rfkill             blocked',
    '                           → sudo rfkill unblock bluetooth',
    '1 to mend, 0 to look at, 0 unknown, 1 ok.',
  ]);
});

test('a configuration that cannot be read is the first thing to mend', () => {
  expect(judgeSettings({ kind: 'bad', file: '/x.yaml', message: '3 problems in /x.yaml\n  …' })).toEqual([
    fail('config', '3 problems in /x.yaml', { command: 'affect config check --config /x.yaml' }),
  ]);
  expect(judgeSettings({ kind: 'none' })).toMatchObject([{ state: 'unknown', fix: { command: 'affect config init' } }]);
  const loaded = { ...settingsFor('simulated:cyton'), advice: ['mqtt.url: everything can be read.'] };
  expect(judgeSettings({ kind: 'read', loaded }).map(({ state }) => state)).toEqual(['ok', 'warn']);
});
