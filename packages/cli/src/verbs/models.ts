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
    .argument('<config>', 'a JSON file with recipe, out and what the recipe takes')
    .option('--json', 'progress as JSON lines on stdout')
    .action(async (config, options) => onDone(await (await import('../commands/train.ts')).train(config, options, terminal)));

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
