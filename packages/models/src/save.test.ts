import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openOnnxEngine } from './engines/onnx.ts';
import { loadModel, readCard, shippedModels } from './load.ts';
import { readSafetensors } from './safetensors.ts';
import { saveModel } from './save.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-save-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shipped = (name: string) =>
  readSafetensors(readFileSync(new URL(`../weights/${name}/weights.safetensors`, import.meta.url)), name).weights;

describe.each(shippedModels())('%s, saved', (name) => {
  const { sha256, ...card } = readCard(name);
  const path = join(folder, name);
  const written = saveModel(path, card, shipped(name));

  it('has the sha-256 it had, and is read back', async () => {
    expect(written.sha256).toBe(sha256);
    expect(readCard(path)).toEqual({ ...card, sha256 });
    (await loadModel(path, openOnnxEngine())).dispose();
  });

  it('has an ONNX file that runs by itself and names its weights and limits', () => {
    const bytes = readFileSync(join(path, 'model.onnx'));
    for (const text of [sha256, card.limits]) expect(bytes.includes(text)).toBe(true);
    const inputs = card.inputs.map(({ name: input, axes }): [string, { data: Float32Array; shape: number[] }] => {
      const shape = [1, ...axes.map(({ labels }) => labels.length)];
      const names: Record<string, string> = { 'eda-course': 'course', 'eda-history': 'history' };
      return [names[input] ?? 'bde', { data: new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5), shape }];
    });
    const session = openOnnxEngine().load(bytes);
    const outputs = Object.values(session.run(Object.fromEntries(inputs)));
    expect(outputs.length).toBeGreaterThan(0);
    for (const output of outputs) expect(output.every(Number.isFinite)).toBe(true);
    session.dispose();
  });
});

it('weights that are not of the card’s network are refused before anything is written', () => {
  const { sha256: _, ...card } = readCard('eeg-arousal-simulated');
  const path = join(folder, 'wrong');
  expect(() => saveModel(path, card, shipped('eda-stress-predict'))).toThrow(expect.objectContaining({ code: 'bad-weights' }));
  expect(() => readFileSync(join(path, 'card.json'))).toThrow('ENOENT');
});
