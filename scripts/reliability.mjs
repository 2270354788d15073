/**
 * Runs the reliability harness (packages/cli/test/reliability) in full and writes docs/reliability.md from what it found. Takes about half an hour; Mosquitto
 * must be installed. Several may run side by side; the page is written when all figures are there.
 *
 *     node scripts/reliability.mjs          everything
 *     node scripts/reliability.mjs NAME…    only these figures
 *     node scripts/reliability.mjs --small  in the size of the tests; no page
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles the harness; gives the program. */
const bundle = () => {
  const outfile = `${root}packages/cli/dist/reliability/run-${process.pid}.mjs`;
  createRequire(`${root}packages/cli/package.json`)('esbuild').buildSync({
    entryPoints: [`${root}packages/cli/test/reliability/run.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // the packages find their own dependencies, weights and engines
    external: ['@affect-edge/*'],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    logLevel: 'warning',
  });
  return outfile;
};

const names = ['offline-soak', 'kill-storm', 'daemon-kills', 'file-faults', 'quick-restarts', 'black-hole', 'long-day', 'discovery-ids'];
const keptAt = (name) => `${root}packages/cli/dist/reliability/${name}.json`;

const page = (figures) => {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const changed = execFileSync('git', ['status', '--porcelain', '--', 'packages'], { cwd: root, encoding: 'utf8' }).trim() !== '';
  return `# Reliability

What the harness in \`packages/cli/test/reliability\` found when it was last run in full (\`node scripts/reliability.mjs\`; smaller sizes run with every test). Everything
is real but the wearer: the program's own line, outbox and MQTT sink, Mosquitto, processes that are killed.

| test | must be | was | |
| --- | --- | --- | --- |
${figures.map(({ test, asked, found, ok }) => `| ${test} | ${asked} | ${found} | ${ok ? 'yes' : '**no**'} |`).join('\n')}

Run on ${new Date().toISOString().slice(0, 10)} at commit ${commit}${changed ? ' with changes on top' : ''}, on ${availableParallelism()} cores (${process.arch}), Node ${process.versions.node}, other work on the machine.

What an acknowledgement means, and what it does not: see [Messages and topics](mqtt.md#what-is-promised).
`;
};

const args = process.argv.slice(2);
const isSmall = args.includes('--small');
const wanted = args.filter((arg) => arg !== '--small');
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`Unknown figure '${unknown}'. Expected ${names.join(', ')}.`);
  process.exit(2);
}
const program = bundle();
const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
for await (const line of createInterface({ input: child.stdout })) {
  const figure = JSON.parse(line);
  if (!isSmall) writeFileSync(keptAt(figure.name), line);
  if (!figure.ok) process.exitCode = 1;
  console.log(`${figure.ok ? 'yes' : 'NO '}  ${figure.name}: ${figure.found}`);
}
rmSync(program);
if (!isSmall && names.every((name) => existsSync(keptAt(name)))) {
  writeFileSync(`${root}docs/reliability.md`, page(names.map((name) => JSON.parse(readFileSync(keptAt(name), 'utf8')))));
}
