/** What the errors of files, sockets and processes are told apart by, such as `ENOENT`; undefined where an error has no such code. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Whether an error is the system's own, such as a full disk or a port that is taken. */
export const isSystemError = (error: unknown): boolean => /^E[A-Z]+$/.test(errorCode(error) ?? '');

/** What an error says; whatever else was thrown, as text. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
