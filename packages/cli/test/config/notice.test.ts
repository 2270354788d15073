import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noticeText } from '../../src/commands/notice.ts';
import { settingsSchema } from '../../src/config/settings.ts';
import { checkYaml } from '../../src/config/yaml-file.ts';
import { runCommand } from '../../src/main.ts';
import { card, paper } from '../fakes.ts';

const settings = (more: string) =>
  checkYaml(
    `version: 1\nintended_use: research\nsensors: [ { device: openbci-cyton, link: 'serial:/dev/ttyUSB0' } ]\n${more}`,
    'x',
    settingsSchema,
  );

test('tells what, what for, how long and where to, and what people may ask', () => {
  const text = noticeText({
    settings: settings("record: { folder: r, keep: 30d }\nmqtt: { url: 'mqtts://h' }\nsubject: { id: p01, consent: form 3 }\n"),
    cards: [card],
    contact: 'The lab, lab@example.org',
  });
  for (const part of [
    'Who is responsible: The lab, lab@example.org',
    'What for: research',
    'What is measured: OpenBCI Cyton',
    '- arousal: How aroused.',
    'deleted after 30 days',
    'the raw signals stay on this machine',
    'have it deleted',
    'Not a medical device',
  ])
    expect(text).toContain(part);
  expect(text).not.toContain('p01');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
});

test('says so where raw signals leave and where recordings stay', () => {
  const text = noticeText({
    settings: settings("record: { folder: r }\nmqtt: { url: 'mqtts://h', publish: { raw: true } }\n"),
    cards: [card],
  });
  expect(text).toContain('and so do the raw signals');
  expect(text).toContain('until they are deleted by hand');
  expect(text).toContain('Who is responsible: ____');
});

test('without a configuration what only a person knows is left blank', async () => {
  const [out, err] = [paper(), paper()];
  const folder = mkdtempSync(join(tmpdir(), 'affect-notice-'));
  const file = join(folder, 'a.yaml');
  writeFileSync(file, 'version: 1\nsensors: [ { device: openbci-cyton, link: simulated:cyton } ]\n');
  expect(await runCommand(['notice', '--config', file], { out, err, stop: new AbortController().signal })).toBe(0);
  expect(out.text).toContain('What for: ____');
  expect(out.text).toContain('the estimates stay on this machine');
  rmSync(folder, { recursive: true });
});
