import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Those of `programs` that are nowhere in PATH. */
export const missingPrograms = (programs: readonly string[]): readonly string[] =>
  programs.filter((program) => !(process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program))));
