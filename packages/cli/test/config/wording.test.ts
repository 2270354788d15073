import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * What a program is for is decided by what its maker says of it. Nothing here is a medical device, so no page, help, card or document may speak as if it
 * were: it diagnoses nobody, treats nobody and knows no patients.
 */

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const medical = [
  /\bdiagnos\w*/gi,
  /\btherap\w*/gi,
  /\bpatients?\b/gi,
  /\bclinical(ly)?\b/gi,
  /\bclinician\w*/gi,
  /\bmedical(ly)?\b/gi,
  /\bdisease\w*/gi,
  /\bdisorder(s|ed)?\b/gi,
  /\bsymptom\w*/gi,
  /\bcures?\b/gi,
  /\btreats?\b|\btreatments?\b/gi,
  /\bmental health\b/gi,
  /\bdetects? (stress|anxiety|depression|emotions?|lies|seizures?)\b/gi,
  /\breads? (your |people's )?(mind|thoughts|emotions)\b/gi,
  /\bdepression\b|\banxiety\b|\bepilep\w*|\bseizures?\b/gi,
];

/** Sentences in which such a word says what this is not, or names a thing or a law by its name. Each is the words around one hit. */
const allowed = [
  /not a medical device/i,
  /(no|not) medical (advice|wording|purpose)/i,
  /medical-supervised/i,
  /medical (or|and) safety/i,
  /medical (wording|claims)/i,
  /medical words/i,
  /diagnostic ?(entit|categor|sensor)|entity_category/i,
  /'diagnostic'|`diagnostic`/,
  /participant', 'patient'|'patient', 'person'/,
  /diagnoses nobody|treats nobody|no patients/i,
];

/** Files below a folder whose names end like this, as paths from the root. */
const below = (folder: string, endings: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => endings.test(path) && !/node_modules|\/dist\/|\.test\.ts$/.test(path));

const texts: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...below('docs', /\.md$/),
  ...below('examples', /\.(ts|md)$/),
  ...below('packages/cli/src', /\.ts$/),
  ...below('packages/cli/dashboard', /\.(ts|html)$/),
  ...below('packages/cli/schema', /\.json$/),
  ...below('packages/models/weights', /\.json$/),
];

/** What is wrong with a text: the words with a little around them. */
const hits = (text: string): string[] =>
  medical.flatMap((word) =>
    [...text.matchAll(word)]
      .map(({ index, 0: found }) => text.slice(Math.max(0, index - 60), index + found.length + 60).replaceAll(/\s+/g, ' '))
      .filter((around) => !allowed.some((sentence) => sentence.test(around))),
  );

describe('wording', () => {
  test('the places are looked at', () => {
    expect(texts).toContain('README.md');
    expect(texts).toContain('packages/cli/dashboard/index.html');
    expect(texts).toContain('packages/cli/src/verbs/live.ts');
    expect(texts.filter((path) => path.endsWith('card.json')).length).toBeGreaterThanOrEqual(2);
  });

  test('a claim would be found', () => {
    for (const claim of [
      'Detects stress in patients.',
      'For the diagnosis of anxiety',
      'clinically proven',
      'treats disorders',
      'It reads your emotions',
    ])
      expect(hits(claim), claim).not.toEqual([]);
    expect(hits('Not a medical device, not medical advice.')).toEqual([]);
  });

  test.each(texts)('%s makes no medical claim', (path) => {
    expect(hits(readFileSync(join(root, path), 'utf8'))).toEqual([]);
  });
});
