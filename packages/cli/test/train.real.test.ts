import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { recording, startAffect } from './affect-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'affect-train-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'train.yaml');
const settings = 'recipe: eda-simulated\nout: mine\npeople: 3\ntest_people: 2\nseconds: 200\nbatch_size: 8\n';

it('a configuration becomes a model that the line runs: stopped on the way, gone on with, served', async () => {
  writeFileSync(config, `${settings}passes: 3\n`);
  const stopped = startAffect('train', config);
  await stopped.until(/pass 1\/3 .* held-out balancedAccuracy .* left/);
  stopped.signal('SIGINT');
  await stopped.ended;
  expect(readdirSync(join(folder, 'mine'))).toContain('checkpoint');

  const resumed = startAffect('train', config);
  expect(await resumed.ended).toMatchObject({ code: 0 });
  expect(resumed.stderr()).toContain('Goes on from the last checkpoint.');
  expect(resumed.stderr()).not.toContain('pass 1/3');
  expect(readdirSync(join(folder, 'mine')).sort()).toEqual(['card.json', 'model.onnx', 'training.jsonl', 'weights.safetensors']);
  const log = readFileSync(join(folder, 'mine/training.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(log[0]).toMatchObject({ step: 1, pass: 0, passes: 3 });
  expect(log.at(-1)).toMatchObject({ ended: 'complete', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });

  const replay = startAffect('replay', '--model', join(folder, 'mine'), recording('e4-s02'));
  expect(await replay.ended).toMatchObject({ code: 0 });
  const [estimate] = replay.stdout().split('\n');
  expect(JSON.parse(estimate).model).toMatchObject({ name: 'eda-physics-simulated', sha256: log.at(-1)!.sha256 });
});

it('a configuration that does not fit is refused with its place', async () => {
  writeFileSync(config, `${settings}pases: 3\n`);
  const refused = startAffect('train', config);
  expect(await refused.ended).toMatchObject({ code: 2 });
  expect(refused.stderr()).toContain(`${config}:7:1: pases: unknown key 'pases'. Did you mean 'passes'?`);
});

it('a folder that cannot be made, a full disk and a corpus that is not there are told in words', async () => {
  const told = async (text: string): Promise<string> => {
    writeFileSync(config, text);
    const refused = startAffect('train', config);
    expect(await refused.ended).toMatchObject({ code: 2 });
    expect(refused.stderr()).not.toContain('should not have happened');
    return refused.stderr();
  };
  writeFileSync(join(folder, 'file'), '');
  expect(await told(settings.replace('out: mine', 'out: file'))).toContain('there is something else of that name.');
  mkdirSync(join(folder, 'full'));
  symlinkSync('/dev/full', join(folder, 'full/training.jsonl'));
  expect(await told(settings.replace('out: mine', 'out: full'))).toMatch(/Cannot write '.*training\.jsonl': the disk is full\./);
  expect(await told('recipe: eda-stress-predict\nout: mine\ndata: nowhere\n')).toContain('is no folder of Stress-Predict');
});
