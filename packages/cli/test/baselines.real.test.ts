import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { startAffect } from './affect-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-baselines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what was learned of a subject outlives a kill, is nobody else’s, and is forgotten on demand', async () => {
  const file = join(folder, 'affect.yaml');
  const kept = join(folder, 'state/baselines');
  const start = async (subject: string) => {
    writeFileSync(
      file,
      `version: 1\nstation: test\nsensors: [ { device: openbci-cyton, link: 'simulated:cyton?seed=7' } ]\nstate: { folder: state }\n` +
        `line: { models: [ eeg-arousal-simulated ] }\npage: { enabled: false }\nsubject: { id: ${subject} }\n`,
    );
    const affect = startAffect('run', '--config', file);
    await affect.until(/The first estimate/);
    return affect;
  };
  const goesOn = /band-de-change of \S+ goes on with what was learned until 0 min ago/;

  const killed = await start('p01');
  for (let waited = 0; waited < 200 && !existsSync(join(kept, 'p01.json')); waited++) await pause(100); // written every 10 s
  killed.signal('SIGKILL');
  await killed.ended;
  expect(killed.stdout()).not.toMatch(goesOn);

  const again = await start('p01');
  expect(again.stdout()).toMatch(goesOn);
  again.signal('SIGTERM');
  expect((await again.ended).code).toBe(0);

  const other = await start('p02');
  expect(other.stdout()).not.toMatch(goesOn);
  other.signal('SIGTERM');
  expect((await other.ended).code).toBe(0);
  expect(readdirSync(kept).sort()).toEqual(['p01.json', 'p02.json']);

  const listed = startAffect('forget', 'p01', '--config', file);
  expect((await listed.ended).code).toBe(0);
  expect(listed.stdout()).toContain(`Baseline   ${join(kept, 'p01.json')}`);
  const forgotten = startAffect('forget', 'p01', '--yes', '--config', file);
  expect((await forgotten.ended).code).toBe(0);
  expect(readdirSync(kept)).toEqual(['p02.json']);
});
