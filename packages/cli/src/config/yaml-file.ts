import { readFileSync } from 'node:fs';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  YAMLParseError,
} from 'yaml';
import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { errorCode, errorText } from '../system-error.ts';
import { expectations } from './expectation.ts';
import { type Finding, findings } from './yaml-findings.ts';
import { sayInWords } from './yaml-syntax.ts';

/** One thing wrong in a file, where it is and what to do about it. */
export interface YamlProblem {
  readonly line: number;
  readonly column: number;
  /** Dotted, as in `sensors[0].device`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A file that fits its schema, or everything that is wrong with it in the order of the file. */
export type YamlReading<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly problems: readonly [YamlProblem, ...YamlProblem[]] };

/** More than any configuration needs; a file of this size is another kind of file. */
const maxBytes = 1 << 20;
/** Values that aliases may stand for: enough to say one thing twice, too few to blow a small file up. */
const maxAliasCount = 50;

/**
 * Reads a YAML file that must fit a schema.
 * @throws ConfigError `not-found` where it cannot be read, `bad-config` with the whole list of problems where it does not fit.
 */
export const readYamlFile = <S extends z.ZodType>(path: string, schema: S): z.output<S> => checkYaml(readText(path), path, schema);

/**
 * The text of a file.
 * @throws ConfigError `not-found` where it cannot be read, `bad-config` for what is no text.
 */
export const readText = (path: string): string => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const why = new Map([
      ['ENOENT', 'there is no such file'],
      ['EACCES', 'this user has no right to read it'],
      ['EISDIR', 'it is a folder'],
    ]).get(errorCode(cause) ?? '');
    throw new ConfigError('not-found', `Cannot read ${path}: ${why ?? errorText(cause)}.`, { cause });
  }
  if (bytes.length > maxBytes || bytes.includes(0)) {
    throw new ConfigError(
      'bad-config',
      `${path}: expected a YAML file of at most 1 MB of text, got ${bytes.length} bytes of something else.`,
    );
  }
  return bytes.toString('utf8');
};

/**
 * YAML text read into what the schema gives. JSON is YAML too.
 * @param file what the text is called in messages.
 * @throws ConfigError('bad-config') whose message lists every problem as `file:line:column: path: what is wrong, what was expected, what to do`.
 */
export const checkYaml = <S extends z.ZodType>(text: string, file: string, schema: S): z.output<S> => {
  const reading = readYaml(text, schema);
  if ('value' in reading) return reading.value;
  throw new ConfigError('bad-config', describeProblems(file, reading.problems));
};

/** The list of problems for a person; values of secrets are in no message. */
export const describeProblems = (file: string, problems: readonly YamlProblem[]): string => {
  const lines = problems.map(({ line, column, path, message }) => `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`);
  return lines.length === 1 ? lines[0] : [`${lines.length} problems in ${file}`, ...lines].join('\n  ');
};

/** YAML text read against a schema, with every problem. Text that is no YAML is told of alone: what it would mean is a guess. */
export const readYaml = <S extends z.ZodType>(text: string, schema: S): YamlReading<z.output<S>> => {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error', strict: true, uniqueKeys: true });
  const at = (offset: number): { readonly line: number; readonly column: number } => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  let aliases = 0;
  visit(doc, {
    Alias: (_, alias) => {
      aliases += 1;
      if (aliases > maxAliasCount) return visit.BREAK;
      if (alias.resolve(doc) === undefined) doc.errors.push(new YAMLParseError(rangeOf(alias), 'BAD_ALIAS', ''));
      return undefined;
    },
  });
  const syntax = [...doc.errors, ...doc.warnings].map((error) => ({ ...at(error.pos[0]), path: '', message: sayInWords(error, text) }));
  if (isSome(syntax)) return { problems: onePerLine(syntax) };
  const known = expectations(schema);
  let plain: unknown;
  try {
    if (aliases > maxAliasCount) throw new ReferenceError('Excessive alias count');
    plain = doc.toJS({ maxAliasCount });
  } catch {
    const message = `aliases ('*name') stand for more than ${maxAliasCount} values here. Write the values out.`;
    return { problems: [{ line: 1, column: 1, path: '', message }] };
  }
  const parsed = schema.safeParse(plain, { reportInput: true });
  if (parsed.success) return { value: parsed.data, problems: [] };
  const found = parsed.error.issues.flatMap((issue) => findings(issue, plain, known));
  const renamed = new Set(found.flatMap(({ path, meant }) => (meant === undefined ? [] : [dotted([...path.slice(0, -1), meant])])));
  const problems = found
    .filter(({ path, missing }) => missing === undefined || !renamed.has(dotted(path)))
    .map((finding): YamlProblem => ({ ...at(offsetOf(doc, finding)), path: dotted(finding.path), message: finding.message }));
  const once = problems.filter((one, i) => problems.findIndex(({ path, message }) => path === one.path && message === one.message) === i);
  // A schema that refuses something says so at least once.
  return { problems: once.sort((a, b) => a.line - b.line || a.column - b.column) as [YamlProblem, ...YamlProblem[]] };
};

const rangeOf = (node: Node): [number, number] => [node.range?.[0] ?? 0, node.range?.[1] ?? 0];

const isSome = <T>(list: readonly T[]): list is readonly [T, ...T[]] => list.length > 0;

/** One slip of the pen often breaks several rules of YAML at once: the first message of a line says it. */
const onePerLine = (problems: readonly [YamlProblem, ...YamlProblem[]]): [YamlProblem, ...YamlProblem[]] => {
  const [first, ...rest] = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const seen = new Set([first.line]);
  return [first, ...rest.filter(({ line }) => !seen.has(line) && seen.add(line)).slice(0, 4)];
};

/** `sensors[0].device` */
export const dotted = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );

/** Where the eye should go: the key itself where the key is wrong, its value where the value is; what is missing, at the start of its group. */
const offsetOf = (doc: Document, { path, about }: Finding): number => {
  let node: Node | null = doc.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, key] of path.entries()) {
    const inside: unknown = isAlias(node) ? node.resolve(doc) : node;
    if (isMap(inside)) {
      const pair = inside.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(key));
      if (pair === undefined) return offset;
      const keyOffset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = isNode(pair.value) ? pair.value : null;
      const last = depth === path.length - 1;
      // An empty value begins where its line ends, and a group on the line after its key: there the key is the place to look.
      const valueIsElsewhere = isCollection(node) ? !node.flow : isScalar(node) && node.value === null;
      offset = (last && about === 'key') || valueIsElsewhere ? keyOffset : (node?.range?.[0] ?? keyOffset);
    } else if (isSeq(inside)) {
      const item = inside.items[Number(key)];
      node = isNode(item) ? item : null;
      offset = node?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
};
