import { fuzzedFiles, fuzzFiles, fuzzRuns } from './files.ts';

/** The other half of `files-1.test.ts`. */
fuzzFiles(
  fuzzedFiles.filter((_, i) => i % 2 === 1),
  fuzzRuns,
);
