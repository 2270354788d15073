import type { Completions } from './words.ts';

/** The shells there is a script for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A completion script for `affect`, made from what may be typed. Words are ours alone: nothing a user typed is evaluated. */
export const completionScript = (shell: Shell, all: readonly Completions[]): string => scripts[shell](all);

/** The command's words before the cursor that are neither options nor their values, in shell: the same walk in bash and zsh. */
const cases = (all: readonly Completions[], line: (completions: Completions) => string): string =>
  all.map((completions) => `    ${quoted(completions.after)}) ${line(completions)} ;;`).join('\n');

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Every option that is followed by a value, so that the value is not taken for a command. */
const valued = (all: readonly Completions[]): string =>
  [...new Set(all.flatMap(({ words }) => words.flatMap(({ word, takesValue }) => (takesValue ? [word] : []))))].join('|') || '--';

const bash = (all: readonly Completions[]): string => `# Tab completion of affect for bash, made by 'affect completion bash'.
_affect() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word known words='' skip=0 i
  local IFS=$'\\n' # a file may have blanks in its name
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if ((skip)); then skip=0; continue; fi
    case "$word" in
      ${valued(all)}) skip=1 ;;
      -*) ;;
      *) known="\${path:+$path }$word"
         case "$known" in ${all.flatMap(({ after }) => (after === '' ? [] : [quoted(after)])).join('|')}) path="$known" ;; esac ;;
    esac
  done
  if ((skip)); then COMPREPLY=($(compgen -f -- "$current")); return; fi
  case "$path" in
${cases(all, ({ words, files }) => `words=${quoted(words.map(({ word }) => word).join('\n'))}${files ? '; COMPREPLY=($(compgen -f -- "$current"))' : ''}`)}
  esac
  COMPREPLY+=($(compgen -W "$words" -- "$current"))
}
complete -o filenames -F _affect affect
`;

/** A description in a list of zsh: a colon would end the word. */
const zshEntry = ({ word, says }: Completions['words'][number]): string => quoted(`${word}:${says.replaceAll(':', '\\:')}`);

const zsh = (all: readonly Completions[]): string => `#compdef affect
# Tab completion of affect for zsh, made by 'affect completion zsh'.
_affect() {
  local seen='' word known skip=0
  local -a choices
  for word in "\${words[@]:1:$((CURRENT - 2))}"; do
    if ((skip)); then skip=0; continue; fi
    case "$word" in
      ${valued(all)}) skip=1 ;;
      -*) ;;
      *) known="\${seen:+$seen }$word"
         case "$known" in ${all.flatMap(({ after }) => (after === '' ? [] : [quoted(after)])).join('|')}) seen="$known" ;; esac ;;
    esac
  done
  if ((skip)); then _files; return; fi
  case "$seen" in
${cases(all, ({ words, files }) => `choices=(${words.map(zshEntry).join(' ')})${files ? '; _files' : ''}`)}
  esac
  _describe 'affect' choices
}
if [ "$funcstack[1]" = _affect ]; then _affect "$@"; else compdef _affect affect; fi
`;

const fish = (all: readonly Completions[]): string => {
  const lines = all.flatMap(({ after, words, files }) => {
    const here = `__affect_at ${quoted(after)}`;
    const children = all
      .filter((other) => other.after.split(' ').slice(0, -1).join(' ') === after && other.after !== '')
      .map((other) => other.after.split(' ').at(-1)!);
    return [
      ...words.map(({ word, says, takesValue }) => {
        const what = word.startsWith('--') ? `-l ${word.slice(2)}${takesValue ? ' -r' : ''}` : `-a ${quoted(word)}`;
        return `complete -c affect -n ${quoted(here)} ${what} -d ${quoted(says)}`;
      }),
      ...(files && children.length === 0 ? [`complete -c affect -n ${quoted(here)} -F`] : []),
    ];
  });
  return `# Tab completion of affect for fish, made by 'affect completion fish'.
function __affect_at
  set -l seen
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case ${valued(all).replaceAll('|', ' ')}
        set skip 1
      case '-*'
      case '*'
        set -l known (string join ' ' $seen $word)
        contains -- $known ${all.flatMap(({ after }) => (after === '' ? [] : [quoted(after)])).join(' ')}; and set seen (string split ' ' $known)
    end
  end
  test "$seen" = "$argv[1]"
end
complete -c affect -f
${lines.join('\n')}
`;
};

const scripts: Readonly<Record<Shell, (all: readonly Completions[]) => string>> = { bash, zsh, fish };
