import { expect, test } from 'vitest';
import { withoutSecrets } from './mqtt.ts';

test.each([
  ['mqtt://anna:geheim@broker:1883', 'mqtt://broker:1883'],
  ['mqtt://anna:ge@heim@broker:1883', 'mqtt://broker:1883'],
  ['ws://broker/a@b', 'ws://broker/a@b'],
])('%s is shown as %s', (url, shown) => expect(withoutSecrets(url)).toBe(shown));
