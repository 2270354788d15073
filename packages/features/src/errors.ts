export type FeatureErrorCode = 'bad-option' | 'unknown-feature' | 'bad-signal' | 'bad-state';

/** Everything `features` throws. Branch on `code`, show `message`. */
export class FeatureError extends Error {
  override readonly name = 'FeatureError';
  readonly code: FeatureErrorCode;

  constructor(code: FeatureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
