export type ModelErrorCode = 'unknown-model' | 'bad-weights' | 'bad-card' | 'recipe-mismatch' | 'no-engine' | 'bad-option' | 'diverged';

/** Everything `models` throws. Branch on `code`, show `message`. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
