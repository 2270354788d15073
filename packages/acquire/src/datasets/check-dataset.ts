import { AcquireError } from '../errors.ts';
import type { Dataset, DatasetPart } from './dataset.ts';

/** Something found or not found, beside what was published. */
export interface DatasetCount {
  readonly what: 'subjects' | 'sessions' | 'trials';
  readonly found: number;
  /** Absent where nothing was published. */
  readonly published?: number;
}

/** Something to look at: a file that is not there, cannot be read, or differs from the published form. */
export interface DatasetProblem {
  readonly kind: 'missing' | 'unreadable' | 'odd';
  /** The file within the data set. */
  readonly where: string;
  readonly detail: string;
}

/** What a corpus on disk holds. */
export interface DatasetCheck {
  readonly corpus: string;
  readonly title: string;
  readonly folder: string;
  /** Signals and features that are there, each with its counts. */
  readonly contents: readonly { readonly content: DatasetPart['content']; readonly counts: readonly DatasetCount[] }[];
  readonly problems: readonly DatasetProblem[];
  /** True where all is there, readable and as published. */
  readonly isComplete: boolean;
}

/** Reads all of a corpus, a trial at a time, and counts. What cannot be read is told, and the next file tried. `onPart` hears what is read. */
export const checkDataset = async (
  { corpus, folder, parts, missing }: Dataset,
  onPart: (name: string) => void = () => {},
): Promise<DatasetCheck> => {
  const problems: DatasetProblem[] = missing.map((where) => ({ kind: 'missing', where, detail: 'not found' }));
  const kinds = [...new Set(parts.map(({ content }) => content))];
  const contents: { content: DatasetPart['content']; counts: DatasetCount[] }[] = [];
  for (const content of kinds) {
    const subjects = new Set<string>();
    const sessions = new Map<string, Set<number>>();
    for (const part of parts.filter((other) => other.content === content)) {
      onPart(part.name);
      try {
        for await (const { subject, session, trial } of part.trials((detail) => problems.push({ kind: 'odd', where: part.name, detail }))) {
          subjects.add(subject);
          const key = `${subject}/${session}`;
          const seen = sessions.get(key) ?? new Set();
          sessions.set(key, seen.add(trial));
        }
      } catch (error) {
        if (!(error instanceof AcquireError)) throw error;
        problems.push({ kind: 'unreadable', where: part.name, detail: error.message });
      }
    }
    const nTrials = [...sessions.values()].reduce((sum, { size }) => sum + size, 0);
    const { published } = corpus;
    problems.push(...shortSessions(content, sessions, published.trials === undefined ? undefined : published.trials / published.sessions));
    contents.push({
      content,
      counts: [
        { what: 'subjects', found: subjects.size, published: published.subjects },
        { what: 'sessions', found: sessions.size, published: published.sessions },
        { what: 'trials', found: nTrials, ...(published.trials === undefined ? {} : { published: published.trials }) },
      ],
    });
  }
  const isCounted =
    contents.length > 0 &&
    contents.every(({ counts }) => counts.every(({ found, published }) => published === undefined || found === published));
  return { corpus: corpus.name, title: corpus.title, folder, contents, problems, isComplete: isCounted && problems.length === 0 };
};

/** Sessions with another number of trials than published, each with the numbers that are missing. */
const shortSessions = (
  content: string,
  sessions: ReadonlyMap<string, ReadonlySet<number>>,
  expected: number | undefined,
): DatasetProblem[] => {
  if (expected === undefined) return [];
  return [...sessions].flatMap(([key, seen]): DatasetProblem[] => {
    if (seen.size === expected) return [];
    const [subject, session] = key.split('/');
    const absent = Array.from({ length: expected }, (_, i) => i + 1).filter((trial) => !seen.has(trial));
    const detail = `${seen.size} trials, published are ${expected}${absent.length === 0 ? '' : `; missing ${absent.join(', ')}`}`;
    return [{ kind: 'odd', where: `${content} of subject ${subject}, session ${session}`, detail }];
  });
};
