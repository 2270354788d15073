import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/settings.ts';
import { checkYaml } from '../../src/config/yaml-file.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

interface Place {
  readonly properties?: Readonly<Record<string, Place>>;
  readonly items?: Place;
  readonly anyOf?: readonly Place[];
}
const keysOf = (place: Place): string[] => [
  ...Object.entries(place.properties ?? {}).flatMap(([key, inner]) => [key, ...keysOf(inner)]),
  ...(place.items ? keysOf(place.items) : []),
  ...(place.anyOf ?? []).flatMap(keysOf),
];

test('docs/configuration.md names every key, and its example is right', () => {
  const text = read('docs/configuration.md');
  const keys = new Set(keysOf(JSON.parse(read('packages/cli/schema/affect.schema.json'))));
  expect(keys.size).toBeGreaterThan(50);
  expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(text))).toEqual([]);
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(text)!;
  expect(checkYaml(example, 'the example', settingsSchema).sensors).toHaveLength(1);
});

test('docs/security-and-privacy.md names tests that exist', () => {
  const named = [...read('docs/security-and-privacy.md').matchAll(/`((?:src|test)\/[\w./-]+)`/g)].map(([, path]) => path);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(`${root}packages/cli/${path}`))).toEqual([]);
});
