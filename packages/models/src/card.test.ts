import { describe, expect, it } from 'vitest';
import { checkWeights, parseCard, sha256, writeCard } from './card.ts';
import { readCard, shippedModels } from './load.ts';

const good = JSON.parse(writeCard(readCard('eeg-arousal-simulated')));
const changed = (change: object): string => JSON.stringify({ ...good, ...change });

describe('a card', () => {
  it('is read back as it was written', () => {
    expect(parseCard(writeCard(good))).toEqual(good);
  });

  it.each(Object.keys(good))("without '%s' it is refused by name", (field) => {
    expect(() => parseCard(changed({ [field]: undefined }))).toThrow(`'${field}' is missing`);
  });

  it.each([
    ['sha256', 'abc', '64 hexadecimal digits'],
    ['inputs', [{ name: 'band-de' }], 'feature specs'],
    ['outputs', [{ name: 'p', unit: 'probability', range: [0], meaning: 'x' }], 'outputs'],
    ['outputs', [{ ...good.outputs[0], uncertainty: { kind: 'error', edges: [0.5], intervals: [[-1, 1]], protocol: 'x' } }], 'uncertainty'],
    ['outputs', [{ ...good.outputs[0], uncertainty: { kind: 'guess', edges: [], intervals: [[-1, 1]], protocol: 'x' } }], 'uncertainty'],
    ['evaluation', [{ metric: 'accuracy', value: '0.9', protocol: 'x', baselines: {} }], 'figures'],
    ['trainedOn', { description: 'x', licence: 'y', people: 3 }, 'simulated'],
    ['hyperparameters', { depth: [4] }, 'texts and numbers'],
  ])("a malformed '%s' is refused with what was expected", (field, value, expected) => {
    expect(() => parseCard(changed({ [field]: value }))).toThrow(
      expect.objectContaining({ code: 'bad-card', message: expect.stringContaining(expected) }),
    );
  });

  it('text that is not JSON is refused with the name of its file', () => {
    expect(() => parseCard('{', 'x/card.json')).toThrow('x/card.json is not JSON');
  });

  it('refuses weights of another model', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(() => checkWeights({ ...good, sha256: sha256(bytes) }, bytes)).not.toThrow();
    expect(() => checkWeights(good, bytes)).toThrow(`got ${sha256(bytes)}`);
  });
});

describe.each(shippedModels())('the card of %s', (name) => {
  const card = readCard(name);

  it('has the name of its folder, and says what it must not be used for', () => {
    expect(card.name).toBe(name);
    expect(card.limits.length).toBeGreaterThan(40);
  });

  it('tells of every output how far it is to be believed', () => {
    for (const { range, uncertainty } of card.outputs) {
      expect(uncertainty?.protocol).toMatch(/people/);
      for (const edge of uncertainty?.edges ?? []) {
        expect(edge).toBeGreaterThan(range[0]);
        expect(edge).toBeLessThan(range[1]);
      }
      for (const [low, high] of uncertainty?.intervals ?? []) expect(low).toBeLessThan(high);
    }
  });

  it('names a baseline for each of its figures', () => {
    expect(card.evaluation.length).toBeGreaterThan(0);
    for (const { baselines } of card.evaluation) expect(Object.keys(baselines).length).toBeGreaterThan(0);
  });

  it('warns where it was trained on simulated data', () => {
    if (!card.trainedOn.simulated) return;
    const warning = 'imulated data: shows the wiring, says nothing about people';
    expect(`${card.trainedOn.description} ${card.limits}`).toContain(warning);
  });
});
