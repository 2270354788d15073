import { blackHole } from './black-hole.ts';
import { daemon } from './daemon.ts';
import { daemonKills } from './daemon-kills.ts';
import { discoveryIds } from './discovery-ids.ts';
import type { Figure } from './figure.ts';
import { fileFaults } from './file-faults.ts';
import { killStorm } from './kill-storm.ts';
import { day, longDay } from './long-day.ts';
import { offlineSoak } from './offline-soak.ts';
import { publisher } from './publisher.ts';
import { quickRestarts } from './quick-restarts.ts';

/**
 * The reliability harness as one program: `run.mjs [--small] [name …]` prints a line of JSON for each figure. It starts itself again for the parts that
 * are killed (`--role`).
 */
const figures: Readonly<Record<string, { readonly full: () => Promise<Figure>; readonly small: () => Promise<Figure> }>> = {
  'offline-soak': { full: () => offlineSoak(200_000), small: () => offlineSoak(20_000) },
  'kill-storm': { full: () => killStorm(60), small: () => killStorm(5) },
  'daemon-kills': { full: () => daemonKills(200), small: () => daemonKills(8) },
  'file-faults': { full: fileFaults, small: fileFaults },
  'quick-restarts': { full: () => quickRestarts(500), small: () => quickRestarts(50) },
  'black-hole': { full: () => blackHole(20, 4), small: () => blackHole(4, 2) },
  'discovery-ids': { full: () => discoveryIds(1000), small: () => discoveryIds(50) },
  'long-day': { full: () => longDay(24, 900), small: () => longDay(0.5, 60) },
};
const roles = { publisher, daemon, day } as Readonly<Record<string, (args: never) => Promise<void>>>;

const [first, ...rest] = process.argv.slice(2);
if (first === '--role') await roles[rest[0]!]!(JSON.parse(rest[1]!) as never);
else {
  const given = process.argv.slice(2).filter((name) => name !== '--small');
  const scale = process.argv.includes('--small') ? 'small' : 'full';
  for (const name of given.length > 0 ? given : Object.keys(figures)) {
    const figure = await figures[name]![scale]().catch(
      (error: Error): Figure => ({ test: name, asked: 'to end', found: error.stack ?? error.message, ok: false }),
    );
    console.log(JSON.stringify({ name, ...figure }));
  }
  process.exit(0);
}
