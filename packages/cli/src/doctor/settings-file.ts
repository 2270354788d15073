import type { LoadedSettings } from '../config/load-settings.ts';
import { type Finding, fail, ok, unknown, warn } from './finding.ts';

/** What reading the configuration gave. */
export type Reading =
  | { readonly kind: 'none' }
  | { readonly kind: 'bad'; readonly file: string; readonly message: string }
  | { readonly kind: 'read'; readonly loaded: LoadedSettings };

/** The findings for the configuration. */
export const judgeSettings = (reading: Reading): Finding[] => {
  switch (reading.kind) {
    case 'none':
      return [unknown('config', 'there is no configuration yet: what needs one was not looked at', { command: 'affect config init' })];
    case 'bad':
      return [fail('config', reading.message.split('\n', 1)[0]!, { command: `affect config check --config ${reading.file}` })];
    case 'read': {
      const { file, advice } = reading.loaded;
      return [ok('config', file), ...advice.map((line) => warn('config-advice', line, { command: `\${EDITOR:-nano} ${file}` }))];
    }
  }
};
