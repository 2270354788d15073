import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOutbox } from '../packages/cli/src/outbox/outbox.ts';
import { installPeers } from './peers/environment.ts';

/**
 * What does it cost to commit a message before it is sent, and to forget it when it is acknowledged? Our segment log against SQLite in WAL mode
 * (better-sqlite3), both made safe every 500 ms, with messages of the size of an estimate. In one run, one after the other, each twice; processor time, and the
 * longest time that a push or a sync held up everything else. Needs Node 22 or newer, as better-sqlite3 13 does. Run: pnpm bench outbox [count]
 */
const count = Number(process.argv[2] ?? 50_000);
const payload = JSON.stringify({
  schema: 'affect.estimate/1',
  session: '2026-11-22-5f0c9a1be2d4',
  filling: 'x'.repeat(480),
  historical: false,
});
const topic = 'affect/run/estimate/eeg-arousal';
const window = 64;
const folder = mkdtempSync(join(tmpdir(), 'affect-outbox-bench-'));

/** One way to keep messages. */
interface Store {
  readonly push: () => void;
  readonly takeAndForget: (count: number) => number;
  readonly close: () => Promise<void>;
}

/** Does something and notes how long it held everything else up. */
type Timed = (work: () => void) => void;

interface SqliteStatement {
  readonly run: (...values: unknown[]) => void;
  readonly all: (...values: unknown[]) => { readonly id: number }[];
}
interface Sqlite {
  readonly pragma: (text: string) => void;
  readonly exec: (text: string) => void;
  readonly prepare: (text: string) => SqliteStatement;
  readonly close: () => void;
}

const log = (path: string): Store => {
  const outbox = openOutbox({ folder: path });
  return {
    push: () => outbox.push({ topic, payload }),
    takeAndForget: (n) => {
      let done = 0;
      for (let taken = outbox.take(); taken !== undefined; taken = done < n ? outbox.take() : undefined) {
        outbox.acknowledge(taken.id);
        done += 1;
      }
      return done;
    },
    close: outbox.close,
  };
};

/** Each message its own statement, one transaction for 500 ms: the shape that loses no more than the log does at a power cut. */
const sqlite = (path: string, Database: new (path: string) => Sqlite, timed: Timed): Store => {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE outbox (id INTEGER PRIMARY KEY, made_at REAL, topic TEXT, payload TEXT)');
  const insert = database.prepare('INSERT INTO outbox (made_at, topic, payload) VALUES (?, ?, ?)');
  const take = database.prepare('SELECT id, made_at, topic, payload FROM outbox WHERE id > ? ORDER BY id LIMIT ?');
  const forget = database.prepare('DELETE FROM outbox WHERE id = ?');
  let cursor = 0;
  database.exec('BEGIN');
  const timer = setInterval(() => timed(() => database.exec('COMMIT; BEGIN')), 500);
  return {
    push: () => insert.run(Date.now() / 1000, topic, payload),
    takeAndForget: (n) => {
      let done = 0;
      for (let rows = take.all(cursor, window); rows.length > 0 && done < n; rows = take.all(cursor, window)) {
        for (const { id } of rows) {
          cursor = id;
          forget.run(id);
          done += 1;
        }
      }
      return done;
    },
    close: async () => {
      clearInterval(timer);
      database.exec('COMMIT');
      database.close();
    },
  };
};

/** The same in autocommit: a message survives a kill of the process the moment it is pushed, as in the log. */
const sqliteEach = (path: string, Database: new (path: string) => Sqlite, timed: Timed): Store => {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec('CREATE TABLE outbox (id INTEGER PRIMARY KEY, made_at REAL, topic TEXT, payload TEXT)');
  const insert = database.prepare('INSERT INTO outbox (made_at, topic, payload) VALUES (?, ?, ?)');
  const take = database.prepare('SELECT id, made_at, topic, payload FROM outbox WHERE id > ? ORDER BY id LIMIT ?');
  const forget = database.prepare('DELETE FROM outbox WHERE id <= ?');
  let cursor = 0;
  // In WAL with NORMAL a checkpoint is what syncs.
  const timer = setInterval(() => timed(() => database.pragma('wal_checkpoint(PASSIVE)')), 500);
  return {
    push: () => insert.run(Date.now() / 1000, topic, payload),
    takeAndForget: (n) => {
      let done = 0;
      for (let rows = take.all(cursor, window); rows.length > 0 && done < n; rows = take.all(cursor, window)) {
        cursor = rows.at(-1)!.id;
        forget.run(cursor);
        done += rows.length;
      }
      return done;
    },
    close: async () => {
      clearInterval(timer);
      database.close();
    },
  };
};

const bytesIn = (path: string): number =>
  statSync(path).isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0) : statSync(path).size;

/** Processor time a message, longest pause and bytes on disk for one store. */
const measure = async (name: string, path: string, open: (path: string, timed: Timed) => Store): Promise<void> => {
  let longest = 0;
  const timed: Timed = (work) => {
    const from = performance.now();
    work();
    longest = Math.max(longest, performance.now() - from);
  };
  const store = open(path, timed);
  const cpu = (): number => {
    const { user, system } = process.cpuUsage();
    return user + system;
  };
  const beforePush = cpu();
  for (let n = 0; n < count; n++) {
    timed(store.push);
    if (n % 200 === 0) await new Promise((done) => setTimeout(done, 1));
  }
  const pushed = cpu() - beforePush;
  const bytes = bytesIn(path) + (path.endsWith('.db') ? bytesIn(`${path}-wal`) : 0);
  const beforeTake = cpu();
  let taken = 0;
  for (let got = store.takeAndForget(200); got > 0; got = store.takeAndForget(200)) {
    taken += got;
    await new Promise((done) => setTimeout(done, 1));
  }
  const took = cpu() - beforeTake;
  await store.close();
  const row = [
    `${(pushed / count).toFixed(1)} µs`,
    `${(took / count).toFixed(1)} µs`,
    `${longest.toFixed(1)} ms`,
    `${Math.round(bytes / count)} B`,
  ];
  console.log(`${name.padEnd(38)}${row.map((cell) => cell.padStart(12)).join('')}${taken === count ? '' : `  only ${taken} came back`}`);
};

if (Number(process.versions.node.split('.')[0]) < 22) {
  console.error(`better-sqlite3 13 needs Node 22 or newer, this is ${process.versions.node}.`);
  process.exit(2);
}
const Database = installPeers().require('better-sqlite3') as new (path: string) => Sqlite;
console.log(
  `${count} messages of ${payload.length} bytes\n${' '.repeat(38)}${['push', 'take + forget', 'longest stop', 'on disk'].map((head) => head.padStart(12)).join('')}`,
);
for (const round of [1, 2]) {
  await measure('segment log', join(folder, `log-${round}`), log);
  await measure('SQLite WAL, a transaction for 500 ms', join(folder, `batch-${round}.db`), (path, timed) => sqlite(path, Database, timed));
  await measure('SQLite WAL, a transaction a message', join(folder, `each-${round}.db`), (path, timed) =>
    sqliteEach(path, Database, timed),
  );
}
rmSync(folder, { recursive: true, force: true });
