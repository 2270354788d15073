import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/settings.ts';
import { describeProblems, readYaml } from '../../src/config/yaml-file.ts';
import { broken } from './broken.ts';

const messages = fileURLToPath(new URL('broken.messages.txt', import.meta.url));
const complaint = (text: string): string => {
  const { problems } = readYaml(text, settingsSchema);
  return problems.length === 0 ? 'no problem at all' : describeProblems('affect.yaml', problems as Parameters<typeof describeProblems>[1]);
};

describe('configurations that are wrong', () => {
  test('there are at least sixty, each with a name of its own', () => {
    expect(broken.length).toBeGreaterThanOrEqual(60);
    expect(new Set(broken.map(({ name }) => name)).size).toBe(broken.length);
    expect(new Set(broken.map(({ text }) => text)).size).toBe(broken.length);
  });

  test('each is told what is wrong with it as it stands in broken.messages.txt', async () => {
    const said = broken.map(({ name, text }) => `# ${name}\n${complaint(text)}\n`).join('\n');
    await expect(said).toMatchFileSnapshot(messages);
  });

  test.each(broken)('$name: every problem has a place, one line, and no secret', ({ text }) => {
    const said = complaint(text);
    for (const line of said.split('\n').filter((line) => !/^\d+ problems in/.test(line)))
      expect(line).toMatch(/^ {0,2}affect\.yaml:\d+:\d+: .{20,}[.?'\])}"]$/);
    expect(said).not.toMatch(/hunter2|Canary/);
    expect(said).not.toMatch(/undefined|\[object/);
  });

  test('the word that was meant is proposed in at least nine of ten', () => {
    const guessable = broken.filter(({ meant }) => meant !== undefined);
    const wrong = guessable.filter(
      ({ text, meant }) =>
        !complaint(text).includes(`Did you mean '${meant}'`) && !complaint(text).includes(`Did you mean ${meant}, without quotes`),
    );
    expect(guessable.length).toBeGreaterThanOrEqual(30);
    expect(
      wrong.map(({ name }) => name).length / guessable.length,
      `not proposed: ${wrong.map(({ name }) => name).join('; ')}`,
    ).toBeLessThanOrEqual(0.1);
  });
});
