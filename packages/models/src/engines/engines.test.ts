import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openOnnxEngine } from './onnx.ts';
import { openServingEngine } from './serving.ts';
import { openEngine } from './tfjs.ts';

const empty = mkdtempSync(join(tmpdir(), 'affect-engine-'));
afterAll(() => rmSync(empty, { recursive: true }));

describe('opening an engine', () => {
  it.each(['tfjs-wasm', 'tfjs-cpu'] as const)('%s computes, and says what it is', async (name) => {
    const engine = await openEngine(name);
    expect(engine.info()).toMatchObject({ name, threads: 1, passedOver: [] });
    expect(engine.tf.tidy(() => engine.tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0])).toBe(11);
  });

  it('falls back where the native binding is not built, and says why', async () => {
    const engine = await openEngine(undefined, { nativeFolder: empty });
    expect(engine.info().name).toBe('tfjs-wasm');
    expect(engine.info().passedOver[0]).toMatch(/^tfjs-node: .*affect engine install/);
  });

  it('falls back where the native binding does not load', async () => {
    const broken = mkdtempSync(join(empty, 'broken-'));
    writeFileSync(join(broken, 'tfjs_binding.node'), 'not a library');
    const engine = await openEngine(undefined, { nativeFolder: broken });
    expect(engine.info().name).toBe('tfjs-wasm');
    expect(engine.info().passedOver).toHaveLength(1);
  });

  it('an engine that was asked for by name and does not open is an error with the reason', async () => {
    await expect(openEngine('tfjs-node', { nativeFolder: empty })).rejects.toMatchObject({
      code: 'no-engine',
      message: expect.stringContaining('native binding is not built here'),
    });
  });

  it('onnxruntime says its version', () => {
    expect(openOnnxEngine({ threads: 2 }).info()).toMatchObject({ name: 'onnx', threads: 2, version: expect.stringMatching(/^\d+\.\d+/) });
  });

  it('for serving, onnxruntime comes first; another one is had by asking for it', async () => {
    expect((await openServingEngine()).info()).toMatchObject({ name: 'onnx', passedOver: [] });
    expect((await openServingEngine('tfjs-wasm')).info().name).toBe('tfjs-wasm');
    await expect(openServingEngine('tfjs-node', { nativeFolder: empty })).rejects.toMatchObject({ code: 'no-engine' });
  });
});
