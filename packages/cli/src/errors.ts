export type ConfigErrorCode =
  | 'unknown-command'
  | 'unknown-option'
  | 'bad-option'
  | 'bad-config'
  | 'bad-secret'
  | 'missing-argument'
  | 'unknown-model'
  | 'not-found'
  | 'no-input'
  | 'no-port'
  | 'in-use';

/**
 * Something a person asked for that cannot be done: what was expected, what was got, what to do. `message` is one line, except for `bad-config`, which
 * has one for each problem of the file. Exit code 2.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;

  constructor(code: ConfigErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
