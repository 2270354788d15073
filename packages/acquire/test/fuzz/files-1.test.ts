import { fuzzedFiles, fuzzFiles } from './files.ts';

/** 100,000 a reader where AFFECT_FUZZ is set. */
fuzzFiles(
  fuzzedFiles.filter((_, i) => i % 2 === 0),
  process.env.AFFECT_FUZZ === undefined ? 1000 : 100_000,
);
