export type AcquireErrorCode =
  | 'unknown-device'
  | 'bad-option'
  | 'bad-uri'
  | 'no-permission'
  | 'not-found'
  | 'busy'
  | 'no-driver'
  | 'link-lost'
  | 'timeout'
  | 'unknown-format'
  | 'bad-file';

/** Everything `acquire` throws. Branch on `code`, show `message`: it says what failed, what was expected, what was got and what to do. */
export class AcquireError extends Error {
  override readonly name = 'AcquireError';
  readonly code: AcquireErrorCode;

  constructor(code: AcquireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** True where trying again cannot help: a wrong name, a missing right. */
  get permanent(): boolean {
    return ['unknown-device', 'bad-option', 'bad-uri', 'no-permission', 'no-driver', 'unknown-format', 'bad-file'].includes(this.code);
  }
}
