import { didYouMean } from '@affect-edge/acquire';
import type { Command, CommanderError } from 'commander';
import { ConfigError, type ConfigErrorCode } from './errors.ts';

/** Commander's complaint as one line of ours: what was expected, what was got, what to do. Nothing for `--help` and `--version`, which are no errors. */
export const usageError = (error: CommanderError, affect: Command, argv: readonly string[]): ConfigError | undefined => {
  if (error.exitCode === 0) return undefined;
  const [verb, inner] = within(affect, argv);
  const command = inner ?? verb ?? affect;
  const path = ['affect', verb?.name(), inner?.name()].filter(Boolean).join(' ');
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const explain = (code: ConfigErrorCode, what: string): ConfigError => new ConfigError(code, `${what} See '${path} --help'.`);
  const long = command.options.flatMap((option) => option.long ?? []);
  const unknownOption = (name: string): ConfigError =>
    explain('unknown-option', `Unknown option '${name}'. '${path}' takes ${long.join(', ')}.${didYouMean(name, long)}`);
  switch (error.code) {
    case 'commander.unknownCommand': {
      const names = command.commands.map((candidate) => candidate.name());
      return explain('unknown-command', `Unknown command '${named}'. Expected one of ${names.join(', ')}.${didYouMean(named, names)}`);
    }
    case 'commander.unknownOption':
      return unknownOption(named);
    case 'commander.missingMandatoryOptionValue': {
      // A mistyped option is why another one is missing: that is told first.
      const mistyped = argv.find((word) => word.startsWith('--') && !long.includes(word.split('=', 1)[0]));
      return mistyped === undefined ? explain('missing-argument', `'${path}' needs ${named}.`) : unknownOption(mistyped);
    }
    case 'commander.optionMissingArgument':
      return explain('missing-argument', `Option '${named}' needs a value.`);
    case 'commander.missingArgument':
      return explain('missing-argument', `'${path}' needs at least one ${named}.`);
    case 'commander.excessArguments':
      return explain('bad-option', `'${path}' takes ${command.registeredArguments.length} arguments, got ${argv.slice(1).join(' ')}.`);
    case 'commander.help':
      return new ConfigError(
        'missing-argument',
        `Expected a command: one of ${command.commands.map((one) => one.name()).join(', ')}. See '${path} --help'.`,
      );
    default:
      return new ConfigError('bad-option', error.message.replace(/^error: /, ''));
  }
};

/** The verb and, where it has verbs of its own, the one of those that was asked for. */
const within = (affect: Command, [first, second]: readonly string[]): readonly [Command?, Command?] => {
  const verb = affect.commands.find((candidate) => candidate.name() === first);
  const inner = verb?.commands.find((candidate) => candidate.name() === second);
  return verb === undefined ? [] : inner === undefined ? [verb] : [verb, inner];
};
