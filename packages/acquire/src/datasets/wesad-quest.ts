import { readFile } from 'node:fs/promises';
import { fileError } from '../files/file-error.ts';
import { unexpected } from './checked.ts';

/** What a person answered after a condition. */
export interface WesadAnswers {
  /** As the file calls it: Base, TSST, Fun, Medi 1, Medi 2. */
  readonly condition: string;
  /** As scheduled, s from the start of the recording. */
  readonly tmin: number;
  readonly tmax: number;
  /** `valence`, `arousal` 1 to 9 (SAM); `panas-active` … 1 to 5; `stai-at-ease` … 1 to 4. */
  readonly answers: Readonly<Record<string, number>>;
}

const panas = (
  'active distressed interested inspired annoyed strong guilty scared hostile excited proud irritable enthusiastic ashamed alert nervous ' +
  'determined attentive jittery afraid stressed frustrated happy'
).split(' ');
const stai = ['at-ease', 'nervous', 'jittery', 'relaxed', 'worried', 'pleasant'];

/** `39.55` is 39 min 55 s, `50.3` is 50 min 30 s: digits, not a number. */
const secondsOf = (text: string): number => {
  const [minutes, seconds = ''] = text.split('.');
  return Number(minutes) * 60 + Number(seconds.padEnd(2, '0'));
};

/**
 * The questionnaires of a `SX_quest.csv`: the five conditions in the order in which they took place, readings left out. Of PANAS, items 24 and 25
 * are Angry and Irritated where there are 26 (after stress), and the last is Sad. Throws `AcquireError`: `not-found`, `bad-file`.
 */
export const readWesadQuest = async (path: string): Promise<WesadAnswers[]> => {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw fileError(path, cause);
  });
  const rows = text.split(/\r?\n/).map((line) => line.split(';').map((cell) => cell.trim()));
  const tagged = (tag: string) =>
    rows.filter(([cell = '']) => cell.replace(/^#\s*/, '').toUpperCase() === tag).map((row) => row.slice(1).filter((cell) => cell !== ''));
  const [order = []] = tagged('ORDER');
  const [starts = []] = tagged('START');
  const [ends = []] = tagged('END');
  const [moods, states, manikins] = [tagged('PANAS'), tagged('STAI'), tagged('DIM')];
  const conditions = order.flatMap((condition, i) => (/read$/i.test(condition) ? [] : [{ condition, i }]));
  return conditions.map(({ condition, i }, k): WesadAnswers => {
    const [mood = [], state = [], manikin = []] = [moods[k], states[k], manikins[k]];
    const [tmin, tmax] = [secondsOf(starts[i] ?? ''), secondsOf(ends[i] ?? '')];
    if (!(tmax > tmin)) throw unexpected(path, `'${condition}' lasts from ${starts[i]} to ${ends[i]}`);
    const extra = mood.length === 26 ? ['angry', 'irritated', 'sad'] : ['sad'];
    const answers = [
      ...named(
        path,
        condition,
        'panas',
        [...panas, ...extra].map((name) => `panas-${name}`),
        mood,
        5,
      ),
      ...named(
        path,
        condition,
        'stai',
        stai.map((name) => `stai-${name}`),
        state,
        4,
      ),
      ...named(path, condition, 'dim', ['valence', 'arousal'], manikin, 9),
    ];
    return { condition, tmin, tmax, answers: Object.fromEntries(answers) };
  });
};

const named = (
  path: string,
  condition: string,
  sheet: string,
  names: readonly string[],
  cells: readonly string[],
  highest: number,
): [string, number][] => {
  if (cells.length !== names.length)
    throw unexpected(path, `'${condition}' has ${cells.length} answers to ${sheet}, expected ${names.length}`);
  return names.map((name, i) => {
    const value = Number(cells[i]);
    if (!Number.isInteger(value) || value < 1 || value > highest)
      throw unexpected(path, `'${condition}' has ${name} ${cells[i]}, expected 1 to ${highest}`);
    return [name, value];
  });
};
