import { fuzzedFiles, fuzzFiles, fuzzRuns } from './files.ts';

/** Half of the readers; the other half is in `files-2.test.ts`, so that they run side by side. */
fuzzFiles(
  fuzzedFiles.filter((_, i) => i % 2 === 0),
  fuzzRuns,
);
