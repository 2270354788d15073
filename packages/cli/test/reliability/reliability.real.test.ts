import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { mosquitto } from '../mosquitto.ts';

const script = fileURLToPath(new URL('../../../../scripts/reliability.mjs', import.meta.url));

/** The figures of docs/reliability.md in a size that a test can take; the full ones are made by `node scripts/reliability.mjs`. */
describe.skipIf(mosquitto === undefined)('reliability', () => {
  test.each([
    ['offline-soak', /^yes .* 20000 received \(\d+ twice, 0 dropped\)/],
    ['kill-storm', /^yes .* 2500 received/],
    ['daemon-kills', /^yes .* \(0 of them synced\), 0 sessions with holes/],
    ['quick-restarts', /^yes .* 0 wrong of 50/],
    ['black-hole', /^yes .* noticed after/],
    ['long-day', /^yes .* 0 with a wrong time, 0 samples or sets lost/],
  ])('%s', (name, expected) => {
    const printed = execFileSync(process.execPath, [script, '--small', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(printed).toMatch(expected);
  });
});
