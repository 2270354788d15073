import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { consentOf, partSize, port, sessionTime, turns } from './recording-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'options-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('options of recordings', () => {
  it.each([
    ['30m', { maxSec: 1800 }],
    ['500MB', { maxBytes: 5e8 }],
    ['1.5 gb', { maxBytes: 1.5e9 }],
    ['1h,2GB', { maxSec: 3600, maxBytes: 2e9 }],
  ])('--split %s', (text, size) => expect(partSize(text)).toEqual(size));

  it.each([
    ['90s', 90],
    ['0', 0],
    ['2m', 120],
    ['1:30', 90],
    ['1:02:30.5', 3750.5],
    ['45', 45],
  ])('--from %s', (text, seconds) => expect(sessionTime('--from')(text)).toBe(seconds));

  it.each([
    [() => partSize('soon'), "Option --split: expected a duration such as '30m' or a size such as '500MB', got 'soon'."],
    [() => partSize('5kB'), 'at least 100kB'],
    [() => sessionTime('--to')('later'), 'Option --to'],
    [() => turns('0'), 'Option --loop: expected a whole number from 1'],
    [() => port('--http-marks')('70000'), "Option --http-marks: expected a port from 0 to 65535, got '70000'."],
    [() => port('--http-marks')(''), '--http-marks'],
  ])('what cannot be read is refused with one line: %#', (read, message) => {
    expect(read).toThrow(expect.objectContaining({ code: 'bad-option', message: expect.stringContaining(message) }));
  });

  it('a consent is the hash of the text, or of the file of that name, and never the text', async () => {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(await consentOf('I agree')).toEqual({ sha256: sha256('I agree'), of: 'text' });
    const file = join(folder, 'consent.txt');
    writeFileSync(file, 'Agreed by A. Person');
    expect(await consentOf(file)).toEqual({ sha256: sha256('Agreed by A. Person'), of: 'file' });
  });
});
