import { fuzzedFiles, fuzzFiles } from './files.ts';

/** The other half of `files-1.test.ts`: two files, so that they run side by side. */
fuzzFiles(
  fuzzedFiles.filter((_, i) => i % 2 === 1),
  process.env.AFFECT_FUZZ === undefined ? 1000 : 100_000,
);
