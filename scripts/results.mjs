/**
 * Runs the evaluations of docs/results/*.yaml and writes docs/results.md with a chart for each. `pnpm build` comes first.
 *
 *     node scripts/results.mjs [folder of Stress-Predict] [--only-write]
 *
 * Finished tasks are kept under node_modules/.cache/results: killed and started again it goes on. Without the folder of the corpus its evaluations
 * are taken from there if they are finished, and left out of the page if not. `--only-write` runs nothing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { overviewChart } from '../packages/cli/dist/evaluate/charts.js';
import { resultsSection } from '../packages/cli/dist/evaluate/markdown.js';
import { svgDocument } from '../packages/cli/dist/svg/chart.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const evaluations = [
  { name: 'noise-eeg' },
  { name: 'noise-transformer' },
  { name: 'simulated-eeg' },
  { name: 'simulated-eeg-transformer', ablate: true },
  { name: 'stress-predict-eda', needsCorpus: true },
  { name: 'stress-predict-ablation', needsCorpus: true, ablate: true },
];
const onlyWrite = process.argv.includes('--only-write');
const corpus = process.argv.slice(2).find((argument) => !argument.startsWith('--'));

const folderOf = (name) => join(root, 'node_modules/.cache/results', name);
for (const { name, needsCorpus, ablate } of evaluations) {
  if (onlyWrite || (needsCorpus && corpus === undefined)) continue;
  const options = [...(ablate ? ['--ablate'] : []), ...(needsCorpus ? ['--data', corpus] : [])];
  const { status } = spawnSync(process.execPath, ['packages/cli/bin/affect.js', 'evaluate', `docs/results/${name}.yaml`, ...options], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const sections = [];
for (const { name } of evaluations) {
  const path = join(folderOf(name), 'report.json');
  if (!existsSync(path)) {
    console.error(`${name} is not there and is left out.`);
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(join(root, 'docs/results', `${name}.svg`), svgDocument(overviewChart(report)));
  const [heading, ...rest] = resultsSection(report).split('\n');
  sections.push(
    [
      heading,
      '',
      `![Balanced accuracy by protocol](results/${name}.svg)`,
      ...rest,
      `Configuration: [results/${name}.yaml](results/${name}.yaml).`,
      '',
    ].join('\n'),
  );
}

writeFileSync(
  join(root, 'docs/results.md'),
  `# Results: the protocols side by side

Written by \`node scripts/results.mjs\`; every number comes from \`affect evaluate\` with the configuration named beside it. How to read it:

- A number without its protocol means nothing. \`paper:…\` protocols are run as published, only to be compared with published numbers; the others keep
  trials, sessions or subjects apart and choose everything inside the training fold.
- Figures are means over subjects with a 95 % bootstrap interval over subjects. \`chance\` is what a coin gets in 95 of 100 draws, given the number of
  trials: on few trials an interval over subjects alone looks too good.
- **LEAKS**: with this protocol a nearest neighbour finds coin tosses in noise, or labels that were dealt anew among whole trials. Nothing under that stamp is
  evidence of anything.
- Below chance is chance too: with few trials a subject, what is left out makes its own class rarer in training.
- Simulated wearers and noise say nothing about people. Corpora under licence (DEAP, SEED, DREAMER, WESAD) are not here: run them on your copy,
  \`affect evaluate\` reads the original files.

${sections.join('\n')}`,
);
