import { closest } from '@affect-edge/acquire';
import type { z } from 'zod';
import { branchesOf, type Expectation, exampleOf, expectedOf, placesAt } from './expectation.ts';

/** What is wrong with one value or key, in words. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  /** Whether the key or the value is the place to look at. */
  readonly about: 'key' | 'value';
  readonly message: string;
  /** The key that is missing, or the one an unknown key was meant to be: told once where they are the same. */
  readonly missing?: string;
  readonly meant?: string;
}

/** One issue of the schema as findings for a person. `plain` is the whole value that was read. */
export const findings = (issue: z.core.$ZodIssue, plain: unknown, root: Expectation): Finding[] => {
  const here = placesAt(root, issue.path);
  const got = valueAt(plain, issue.path);
  const isSecret = isSecretPath(root, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, here, root, issue.path));
    case 'invalid_union':
      return closestBranch(issue, plain, root) ?? [misfit(issue.path, got, here, isSecret)];
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.flatMap((inner) => findings({ ...inner, path: issue.path }, plain, root));
    case 'custom':
      if (issue.message === 'Invalid input') return [misfit(issue.path, got, here, isSecret)]; // a refinement without words of its own
      return [{ path: issue.path, about: issue.params?.about === 'key' ? 'key' : 'value', message: issue.message }];
    default:
      if (got === undefined && issue.path.length > 0) return [missing(issue.path, here)];
      return [misfit(issue.path, got, here, isSecret)];
  }
};

/**
 * Of the shapes a value may have, the one that was probably meant: a group of keys is compared with the groups only, and there with the one that
 * has most of its keys. Undefined where no shape is of the right sort.
 */
const closestBranch = (issue: z.core.$ZodIssueInvalidUnion, plain: unknown, root: Expectation): Finding[] | undefined => {
  const branches = issue.errors.filter((errors) =>
    errors.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys' || code === 'custom'),
  );
  const fewest = [...branches].sort((a, b) => slips(a) - slips(b))[0];
  const groups = placesAt(root, issue.path).filter(({ properties }) => properties !== undefined);
  // Several groups and no key of any of them: which was meant is a guess, so all of them are told.
  if (fewest === undefined || (groups.length > 1 && !knowsAnyKey(groups, valueAt(plain, issue.path)))) return undefined;
  return fewest.flatMap((inner) => findings({ ...inner, path: [...issue.path, ...inner.path] }, plain, root));
};

const slips = (errors: readonly z.core.$ZodIssue[]): number =>
  errors.reduce((sum, error) => sum + (error.code === 'unrecognized_keys' ? error.keys.length : 1), 0);

const knowsAnyKey = (groups: readonly Expectation[], value: unknown): boolean =>
  isGroup(value) && Object.keys(value).some((key) => groups.some(({ properties = {} }) => Object.hasOwn(properties, key)));

const missing = (path: readonly PropertyKey[], here: readonly Expectation[]): Finding => {
  const key = String(path.at(-1));
  const example = exampleOf(here);
  const add = example === undefined ? '' : ` Add '${key}: ${example}'.`;
  return { path, about: 'key', missing: key, message: `'${key}' is missing: expected ${expectedOf(here)}.${add}` };
};

const misfit = (path: readonly PropertyKey[], got: unknown, here: readonly Expectation[], isSecret: boolean): Finding => {
  const what = isSecret && typeof got !== 'object' ? 'something that is not shown here, as it may be a secret' : describeValue(got);
  return {
    path,
    about: 'value',
    message: `expected ${expectedOf(here)}, got ${what}.${isSecret ? useExample(here, path) : fix(got, here, path)}`,
  };
};

/** What to write instead, from what was written. */
const fix = (got: unknown, here: readonly Expectation[], path: readonly PropertyKey[]): string => {
  const takes = (type: string): boolean => here.some((place) => [place.type].flat().includes(type));
  if (typeof got === 'string') {
    const choices = here.flatMap((place) => [...(place.enum ?? []), ...(place.const === undefined ? [] : [place.const])].map(String));
    const near = closest(got, choices);
    if (near !== undefined) return ` Did you mean '${near}'?`;
    if (takes('boolean') && /^(yes|on|no|off|true|false)$/i.test(got)) return ` Did you mean '${/^(yes|on|true)$/i.test(got)}'?`;
    if ((takes('integer') || takes('number')) && got.trim() !== '' && Number.isFinite(Number(got)))
      return ` Did you mean ${got.trim()}, without quotes?`;
  }
  if (typeof got === 'string' && takes('object')) {
    const [, key, value] = /^([\w-]+):(\S.*)$/.exec(got) ?? [];
    if (key !== undefined) return ` Put a blank after the colon: '${key}: ${value}'.`;
  }
  if (takes('array') && isGroup(got)) return " Put '- ' before the first of these keys and two blanks before the others.";
  if (takes('array') && got !== null && typeof got !== 'object') return ` Write it as a list: [ ${String(got)} ].`;
  return useExample(here, path);
};

const useExample = (here: readonly Expectation[], path: readonly PropertyKey[]): string => {
  const example = exampleOf(here);
  const key = path.findLast((step) => typeof step === 'string');
  if (example === undefined) return '';
  return typeof path.at(-1) === 'string' ? ` For instance '${String(key)}: ${example}'.` : ` For instance '${example}'.`;
};

const unknownKey = (key: string, here: readonly Expectation[], root: Expectation, group: readonly PropertyKey[]): Finding => {
  const finding = (message: string): Finding => ({ path: [...group, key], about: 'key', message });
  if (key === '<<') return finding("merge keys ('<<') are not known here. Write the keys out.");
  const keys = [...new Set(here.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const near = nearestKey(key, here);
  const elsewhere = near === undefined ? placesOf(key, root, group) : [];
  const hint =
    near !== undefined
      ? ` Did you mean '${near}'?`
      : elsewhere.length > 0
        ? ` Did you mean ${elsewhere.map((place) => `'${place}'`).join(' or ')}? It belongs there.`
        : '';
  return {
    ...finding(`unknown key '${key}'.${hint} Keys here are ${keys.join(', ') || 'none'}.`),
    ...(near !== undefined && { meant: near }),
  };
};

/** The key of these groups that was probably meant: by another name it goes by, by its parts, or by its letters. */
const nearestKey = (key: string, here: readonly Expectation[]): string | undefined => {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const known = here.flatMap(({ properties = {} }) => Object.entries(properties));
  const same = known.find(([name, place]) => [name, ...(place.aliases ?? [])].some((word) => plain(word) === plain(key)));
  if (same !== undefined) return same[0];
  const names = new Map(known.flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((word) => [word, name] as const)));
  const near = closest(key, [...known.map(([name]) => name), ...names.keys()]);
  return near === undefined ? undefined : names.get(near);
};

/** Where else in the file a key of this name belongs; at most two places. */
const placesOf = (key: string, root: Expectation, path: readonly PropertyKey[]): string[] => {
  const found: string[] = [];
  const walk = (place: Expectation, at: string): void => {
    for (const branch of branchesOf(place)) {
      for (const [name, inner] of Object.entries(branch.properties ?? {})) {
        const own = at === '' ? name : `${at}.${name}`;
        if ([name, ...(inner.aliases ?? [])].includes(key)) found.push(own);
        walk(inner, own);
      }
      if (branch.items !== undefined) walk(branch.items, `${at}[]`);
    }
  };
  walk(root, '');
  const own = path.map(String).join('.');
  return [...new Set(found)].filter((place) => place !== own).slice(0, 2);
};

/** A value for a message: short, and without what is inside it. */
const describeValue = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 57)}…` : value}'`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return `the keys ${Object.keys(value).slice(0, 8).join(', ') || '(none)'}`;
  return String(value);
};

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valueAt = (plain: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined),
    plain,
  );

/** True where the schema says so, and where the name of a key does: a secret put in the wrong place is still one. */
const isSecretPath = (root: Expectation, path: readonly PropertyKey[]): boolean =>
  path.some(
    (key, depth) =>
      /passw|secret|token|credential|api.?key/i.test(String(key)) ||
      placesAt(root, path.slice(0, depth + 1)).some(({ secret }) => secret === true),
  );
