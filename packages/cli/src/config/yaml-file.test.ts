import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkYaml, readYaml, readYamlFile } from './yaml-file.ts';

const schema = z.strictObject({
  recipe: z.enum(['fast', 'exact']),
  passes: z.int().min(1).max(1000).meta({ example: 20 }).default(10),
  rate: z.number().positive().optional(),
  quiet: z.boolean().optional(),
  people: z.array(z.strictObject({ id: z.string(), age: z.int().min(0).optional() })).optional(),
  password: z
    .union([z.strictObject({ file: z.string() }), z.strictObject({ env: z.string() })])
    .meta({ secret: true })
    .optional(),
  out: z.strictObject({ folder: z.string().meta({ example: 'runs/one', aliases: ['directory'] }) }).optional(),
});
const problems = (text: string): string[] =>
  readYaml(text, schema).problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);

describe('a file that fits', () => {
  test('gives what the schema gives, defaults included', () => {
    expect(checkYaml('recipe: fast # a comment\n', 'x.yaml', schema)).toEqual({ recipe: 'fast', passes: 10 });
    expect(checkYaml('{"recipe": "exact", "passes": 3}', 'x.json', schema)).toEqual({ recipe: 'exact', passes: 3 });
  });

  test('may say one thing once and mean it twice', () => {
    expect(checkYaml('recipe: fast\npeople:\n  - &one { id: a }\n  - *one\n', 'x.yaml', schema).people).toEqual([{ id: 'a' }, { id: 'a' }]);
  });
});

describe('what does not fit is told where it is', () => {
  test.each([
    ['passes: 3', "1:1 recipe 'recipe' is missing: expected one of fast, exact."],
    ['recpie: fast', "1:1 recpie unknown key 'recpie'. Did you mean 'recipe'? Keys here are recipe, passes, rate,"],
    ['recipe: fats', "1:9 recipe expected one of fast, exact, got 'fats'. Did you mean 'fast'?"],
    ['recipe: fast\npasses: 0', "2:9 passes expected a whole number from 1 to 1000, got 0. For instance 'passes: 20'."],
    ['recipe: fast\npasses: "3"', "2:9 passes expected a whole number from 1 to 1000, got '3'. Did you mean 3, without quotes?"],
    ['recipe: fast\nquiet: yes', "2:8 quiet expected true or false, got 'yes'. Did you mean 'true'?"],
    ['recipe: fast\nrate: -1', '2:7 rate expected a number above 0, got -1.'],
    ['recipe: fast\npeople: anna', "2:9 people expected a list, got 'anna'. Write it as a list: [ anna ]."],
    ['recipe: fast\npeople:\n  - id: a\n    agee: 3', "4:5 people[0].agee unknown key 'agee'. Did you mean 'age'? Keys here are id, age."],
    ['recipe: fast\npeople:\n  - age: 3', "3:5 people[0].id 'id' is missing: expected a text."],
    ['recipe: fast\nfolder: x', "2:1 folder unknown key 'folder'. Did you mean 'out.folder'? It belongs there."],
    ['recipe: fast\nout: { directory: x }', "2:8 out.directory unknown key 'directory'. Did you mean 'folder'?"],
    ['recipe: fast\nout:', '2:1 out expected the keys folder, got nothing.'],
    ['', '1:1  expected the keys recipe, passes, rate, quiet, people, password, out, got nothing.'],
    ['recipe', "1:1  expected the keys recipe, passes, rate, quiet, people, password, out, got 'recipe'."],
  ])('%j', (text, expected) => {
    const found = problems(text);
    expect(found.some((line) => line.startsWith(expected))).toBe(true);
  });

  test('all problems are told at once, in the order of the file, each with its place', () => {
    expect(() => checkYaml('recipe: fats\npasses: 0\nzzz: 1\n', 'a/b.yaml', schema)).toThrow(
      /^3 problems in a\/b\.yaml\n {2}a\/b\.yaml:1:9: recipe: .*\n {2}a\/b\.yaml:2:9: passes: .*\n {2}a\/b\.yaml:3:1: zzz: .*$/,
    );
  });
});

describe('text that is no YAML', () => {
  test.each([
    ['recipe: fast\nrecipe: exact', "2:1  the key 'recipe' is here twice. Keep one of them."],
    ['out:\n\tfolder: x', '2:1  a tab indents this line.'],
    ['out:\n    folder: x\n  bar: 1', 'the indentation does not fit'],
    ['recipe: "fast', 'a quote is opened here and never closed.'],
    ['out: { folder: x', "a bracket '{' is not closed."],
    ['people: [ a, b', "a bracket '[' is not closed."],
    ['recipe: fast\n---\nrecipe: fast', 'a second document'],
    ['recipe: @fast', 'Put it in quotes.'],
    ['recipe: !secret x', "tags ('!name') are not known here."],
    ['recipe: *nobody', "an alias ('*name') must be the name of an anchor"],
    ['recipe: a: b', '1:'],
  ])('%j', (text, expected) => {
    expect(problems(text).join('\n')).toContain(expected);
  });

  test('a bomb of aliases is refused before it goes off', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`)}]`),
    ];
    expect(problems(bomb.join('\n')).join()).toContain('aliases');
  });
});

test('a secret is in no message, wherever it was put', () => {
  const canary = 'hunter2-canary';
  for (const text of [
    `password: ${canary}`,
    `password: { fil: ${canary} }`,
    `password: [ ${canary} ]`,
    `passwort: ${canary}`,
    `password: { file: [ ${canary} ] }`,
    `password: "${canary}`,
    `password: ${canary}: x`,
    `password: !secret ${canary}`,
  ]) {
    expect(problems(`recipe: fast\n${text}`).join('\n')).not.toContain(canary);
  }
  expect(problems(`password: ${canary}\nrecipe: fast`)[0]).toContain(
    'expected the keys file or the keys env, got something that is not shown',
  );
});

describe('reading a file', () => {
  test('says why it cannot be read, and what it is if it is no text', () => {
    const folder = mkdtempSync(join(tmpdir(), 'affect-yaml-'));
    expect(() => readYamlFile(join(folder, 'no.yaml'), schema)).toThrow('no.yaml: there is no such file.');
    expect(() => readYamlFile(folder, schema)).toThrow('it is a folder');
    writeFileSync(join(folder, 'b.yaml'), Buffer.from([0, 1, 2]));
    expect(() => readYamlFile(join(folder, 'b.yaml'), schema)).toThrow('expected a YAML file of at most 1 MB');
    writeFileSync(join(folder, 'c.yaml'), 'recipe: exact');
    expect(readYamlFile(join(folder, 'c.yaml'), schema).recipe).toBe('exact');
    rmSync(folder, { recursive: true });
  });
});

test('whatever is done to a file, it is read or refused with places in it; nothing else is thrown', () => {
  const whole =
    'recipe: fast\npasses: 20 # usual\npeople:\n  - { id: a, age: 3 }\n  - id: b\npassword: { env: PW }\nout: { folder: "x y" }\n';
  const pieces = [
    '\t',
    ': ',
    '- ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '!t ',
    '#',
    '\n',
    '  ',
    '---\n',
    '%',
    '@',
    '|',
    '>',
    '<<: ',
    '\u0000',
    '\ufeff',
    '\ud800',
    '?',
    '__proto__: 1\n',
    '1e999',
    'null',
    '~',
  ];
  const edit = fc.tuple(fc.nat(whole.length), fc.nat(6), fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
      const text = edits.reduce((now, [at, cut, piece]) => now.slice(0, at) + piece + now.slice(at + cut), whole);
      const { problems } = readYaml(text, schema);
      const lines = text.split('\n').length;
      for (const { line, column, message } of problems) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message).not.toMatch(/undefined|\[object/);
      }
    }),
    { seed: 7, numRuns: 2000 },
  );
});
