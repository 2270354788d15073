/**
 * Runs the reliability harness (packages/cli/test/reliability) in full and writes docs/reliability.md from what it found. Takes about half an hour; Mosquitto
 * must be installed.
 *
 *     node scripts/reliability.mjs                  everything, and the page
 *     node scripts/reliability.mjs [--small] NAME…  only these figures, printed
 */
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles the harness; gives the program. */
export const bundle = () => {
  const outfile = `${root}packages/cli/dist/reliability/run.mjs`;
  createRequire(`${root}packages/cli/package.json`)('esbuild').buildSync({
    entryPoints: [`${root}packages/cli/test/reliability/run.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['serialport', '@stoprocent/*', '@abandonware/*', '@affect-edge/models', 'playwright-core'],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    logLevel: 'warning',
  });
  return outfile;
};

/** Runs figures and gives them one after the other. */
async function* run(args) {
  const child = spawn(process.execPath, [bundle(), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
}

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const figures = [];
  for await (const figure of run(args)) {
    figures.push(figure);
    console.log(`${figure.ok ? 'yes' : 'NO '}  ${figure.name}: ${figure.found}`);
  }
  if (args.length === 0) writeFileSync(`${root}docs/reliability.md`, page(figures));
  process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1;
}
