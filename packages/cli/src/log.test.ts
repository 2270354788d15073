import { describe, expect, test } from 'vitest';
import { paper } from '../test/fakes.ts';
import { scrubber } from './config/redact.ts';
import { openLog } from './log.ts';

const canary = 'hunter2-canary';
const logged = async (format: 'json' | 'pretty', level: 'debug' | 'info' | 'warn' = 'info') => {
  const out = paper();
  return { out, log: await openLog({ level, format, out, scrub: scrubber({ secrets: [canary] }) }) };
};

describe('the log', () => {
  test('is one JSON object a line, with UTC time, level, message and facts', async () => {
    const { out, log } = await logged('json');
    log.info('Estimates flow', { estimates: 3 });
    log.warn('two\nlines');
    const [first, second] = out.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), estimates: 3, msg: 'Estimates flow' });
    expect(second).toMatchObject({ level: 'warn', msg: 'two\nlines' });
  });

  test('for a person is time, level, message, facts', async () => {
    const { out, log } = await logged('pretty');
    log.error('The disk is full', { free: 0, where: '/var' });
    expect(out.text).toMatch(/^\d\d:\d\d:\d\d error The disk is full {2}free=0 {2}where=\/var\n$/);
  });

  test('says nothing below its level, which can change', async () => {
    const { out, log } = await logged('json', 'warn');
    log.info('quiet');
    expect(out.text).toBe('');
    log.setLevel('debug');
    log.debug('loud');
    expect(out.text).toContain('loud');
  });

  test('holds no secret, whatever it was hidden in', async () => {
    for (const format of ['json', 'pretty'] as const) {
      const { out, log } = await logged(format);
      log.info(`login ${canary}`, {
        password: canary,
        error: new Error(canary),
        nested: { list: [canary] },
        [canary]: 1,
        url: `mqtt://a:${canary}@h`,
      });
      expect(out.text).not.toContain(canary);
      expect(out.text).toContain('[secret]');
    }
  });

  test('is JSON whatever the secret looks like, and keeps its level', async () => {
    const out = paper();
    const log = await openLog({ level: 'info', format: 'json', out, scrub: scrubber({ secrets: ['123456', 'info', '"}'] }) });
    log.info('PIN 123456', { bytes: 123456, more: [1234567], text: 'a"}b' });
    expect(JSON.parse(out.text)).toMatchObject({
      level: 'info',
      msg: 'PIN [secret]',
      bytes: '[secret]',
      more: ['[secret]7'],
      text: 'a"}b',
    });
  });

  test('whose reader went away ends nothing', async () => {
    const { out, log } = await logged('json');
    out.destroy();
    expect(() => log.info('x')).not.toThrow();
  });
});
