import { checkDataset, type DatasetCheck, openDataset } from '@affect-edge/acquire';
import { say, type Terminal } from '../terminal.ts';

export interface DatasetCheckOptions {
  readonly json?: boolean;
}

/** Reads a corpus from end to end and tells what is there, beside what was published. 0 where it is complete, 1 where something is missing or odd. */
export const datasetCheck = async (folder: string, { json = false }: DatasetCheckOptions, { out }: Terminal): Promise<number> => {
  const check = await checkDataset(await openDataset(folder));
  if (json) say(out, JSON.stringify(check, null, 2));
  else for (const line of describeCheck(check)) say(out, line);
  return check.isComplete ? 0 : 1;
};

/** A check as lines for a person: counts beside the published ones, then every problem. */
export const describeCheck = ({ title, folder, contents, problems, isComplete }: DatasetCheck): string[] => [
  `${title} in ${folder}`,
  ...contents.map(({ content, counts }) => {
    const facts = counts.map(({ what, found, published }) => `${found}${published === undefined ? '' : ` of ${published}`} ${what}`);
    return `${content.padEnd(10)}${facts.join(', ')}`;
  }),
  ...problems.map(({ kind, where, detail }) => `${kind.padEnd(10)} ${where}: ${detail}`),
  isComplete ? 'Complete: everything published is there and can be read.' : 'Not complete.',
];
