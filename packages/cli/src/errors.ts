export type ConfigErrorCode =
  | 'unknown-command'
  | 'unknown-option'
  | 'bad-option'
  | 'missing-argument'
  | 'unknown-model'
  | 'not-found'
  | 'no-input'
  | 'no-port';

/** Something a person asked for that cannot be done. `message` is one line: what was expected, what was got, what to do. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;

  constructor(code: ConfigErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
