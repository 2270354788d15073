import type { YAMLError } from 'yaml';

/** What is wrong with the YAML itself, without its text: it may hold a secret. */
export const sayInWords = (error: YAMLError, text: string): string => {
  const lineStart = text.lastIndexOf('\n', error.pos[0] - 1) + 1;
  const key = /^\s*(?:- )?([\w-]+):/.exec(text.slice(lineStart))?.[1];
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return `the key ${key === undefined ? '' : `'${key}' `}is here twice. Keep one of them.`;
    case 'TAB_AS_INDENT':
      return 'a tab indents this line. YAML wants spaces: use two for each level.';
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      if (/flow (map|sequence|collection)/i.test(error.message)) return missingChar(error.message);
      return 'the indentation does not fit: the keys of one group begin in the same column, two spaces further in than the key above them.';
    case 'TAG_RESOLVE_FAILED':
      return "tags ('!name') are not known here. Write the value itself; a secret is written as { file: /path/of/the/file }.";
    case 'BAD_ALIAS':
      return "an alias ('*name') must be the name of an anchor ('&name') above it. A text that begins with '*' needs quotes.";
    case 'MULTIPLE_DOCS':
      return "a line '---' begins a second document: expected only one. Remove the line or what comes after it.";
    case 'MISSING_CHAR':
      return missingChar(error.message);
    case 'BAD_SCALAR_START':
      return "a text cannot begin with '@', '`' or '%' here. Put it in quotes.";
    case 'BLOCK_IN_FLOW':
      return "a bracket '{' or '[' above is not closed, or its content is indented like a group. Close it on its own line.";
    case 'BAD_DQ_ESCAPE':
      return "a backslash in double quotes begins an escape this is not. Use single quotes: 'C:\\path'.";
    default:
      return "this is no YAML. Each line is 'key: value' (with a blank after the colon), '- entry', or a comment after '#'; a text with ': ' or ' #' in it needs quotes.";
  }
};

const missingChar = (message: string): string => {
  if (message.includes('quote')) return 'a quote is opened here and never closed. Close it with the same sign.';
  if (message.includes('flow map') || message.includes("'}'") || message.includes('}'))
    return "a bracket '{' is not closed. Close it with '}'.";
  if (message.includes(']')) return "a bracket '[' is not closed. Close it with ']'.";
  if (message.includes(',')) return "a ',' is missing between two entries.";
  return "a ':' with a blank after it is missing: each line of a group is 'key: value'.";
};
