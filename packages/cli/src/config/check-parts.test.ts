import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkParts } from './check-parts.ts';
import { loadSettings } from './load-settings.ts';

const root = mkdtempSync(join(tmpdir(), 'affect-parts-'));
afterAll(() => rmSync(root, { recursive: true }));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
writeFileSync(join(root, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
writeFileSync(join(root, 'public.pem'), publicKey.export({ type: 'spki', format: 'pem' }));

const checked = (more: string) => {
  const file = join(root, 'affect.yaml');
  writeFileSync(file, `version: 1\nsensors: [ { device: openbci-cyton, link: 'simulated:cyton' } ]\nstate: { folder: state }\n${more}\n`);
  return checkParts(loadSettings(file));
};

test.each([
  ['page.tls', 'page: { tls: { cert: key.pem, key: key.pem } }'],
  ['mqtt.tls', "mqtt: { url: 'mqtts://localhost', tls: { cert: public.pem, key: key.pem } }"],
])('files of %s that the program would end by are told before it begins', async (where, settings) => {
  await expect(checked(settings)).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringContaining(`${where}: these files cannot be used`),
  });
});

test('what is not there is still told as such, and no certificate is none to check', async () => {
  await expect(checked('page: { tls: { cert: none.pem, key: key.pem } }')).rejects.toMatchObject({ code: 'not-found' });
  await expect(checked("mqtt: { url: 'mqtts://localhost', tls: { verify: true } }")).resolves.toEqual({});
});
