import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

/** Verbs about models, what they are trained and measured on, and what computes them. */
export const modelsVerbs = (affect: Command, terminal: Terminal, onDone: (exitCode: number) => void): void => {
  affect
    .command('models')
    .description('the models that come with the program: what they need, what they give, what they must not be used for')
    .option('--json', 'the model cards as JSON')
    .action(async (options) => onDone(await (await import('../commands/models.ts')).models(options, terminal)));

  affect
    .command('train')
    .description('train a model from a configuration; killed and started again it goes on where it was')
    .argument('<config>', 'a YAML or JSON file: recipe (eeg-simulated, eda-simulated, eda-stress-predict), out, and what the recipe takes')
    .option('--json', 'progress as JSON lines on stdout')
    .action(async (config, options) => onDone(await (await import('../commands/train.ts')).train(config, options, terminal)));

  affect
    .command('evaluate')
    .description('test models under any protocol, with baselines and a leak audit; killed and started again it goes on where it was')
    .argument('<config>', 'a YAML file: data, label, protocols, normalisations, networks, out')
    .option('--workers <n>', 'processes at a time; the number of cores when absent')
    .option('--task <i/n>', 'run only every n-th task from the i-th (0 to n-1) and write no report')
    .option('--collect', 'run nothing, put together what --task left in the folder')
    .option('--ablate', 'also test networks without their parts')
    .option('--data <dir>', 'folder of the corpus, in the place of the configuration’s')
    .option('--out <dir>', 'folder of the results, in the place of the configuration’s')
    .option('--json', 'the report as JSON on stdout')
    .action(async (config, options) => onDone(await (await import('../commands/evaluate.ts')).evaluate(config, options, terminal)));

  affect
    .command('audit')
    .description('look for leaks: shared trials, controls on noise and on labels dealt anew, what was fitted on what')
    .argument('<what>', 'a configuration as for evaluate, the folder of a finished evaluation, or a corpus')
    .option('--json', 'as JSON')
    .action(async (what, options) => onDone(await (await import('../commands/audit.ts')).audit(what, options, terminal)));

  const dataset = affect.command('dataset').description('licensed corpora, in their original files');
  dataset
    .command('check')
    .description('read a corpus from end to end: what is there beside what was published, and what is missing or odd')
    .argument('<dir>', 'a folder of DEAP, DREAMER, SEED, SEED-IV, SEED-V, Stress-Predict or WESAD')
    .option('--json', 'as JSON')
    .action(async (dir, options) => onDone(await (await import('../commands/dataset.ts')).datasetCheck(dir, options, terminal)));

  const engine = affect.command('engine').description('what computes the models');
  engine
    .command('info')
    .description('which engines this machine has and how long an estimate takes on each')
    .option('--json', 'as JSON')
    .action(async (options) => onDone(await (await import('../commands/engine.ts')).engineInfo(options, terminal)));
  engine
    .command('install')
    .description('build the native TensorFlow engine for training (Linux, x64 and arm64; 2 GB of disk while it is built)')
    .option('--json', 'progress as JSON lines on stderr')
    .action(async (options) => onDone(await (await import('../commands/engine.ts')).engineInstall(options, terminal)));
};
