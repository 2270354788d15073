import type { Log } from './log.ts';
import { say, type Terminal } from './terminal.ts';

/** How a session tells what it does: to a person at a terminal, or to the log of a daemon. */
export interface Voice {
  /** A fact under a short label: `Engine`, `MQTT`. */
  readonly tell: (label: string, text: string) => void;
  /** Something somebody should look at. */
  readonly warn: (label: string, text: string) => void;
  /** Where the page is; the link lets one browser in and goes to no log. */
  readonly page: (url: string, link: string) => void;
}

/** Lines on the terminal: facts to `screen`, warnings to stderr. */
export const terminalVoice = (screen: Terminal['out'], { err }: Terminal): Voice => {
  const line = (label: string, text: string): string => (label === '' ? text : `${label.padEnd(8)}${text}`);
  return {
    tell: (label, text) => say(screen, line(label, text)),
    warn: (label, text) => say(err, line(label, text)),
    page: (_, link) => say(screen, line('Page', link)),
  };
};

/** Entries of the log, with the label as the fact `about`. */
export const logVoice = (log: Log): Voice => ({
  tell: (label, text) => log.info(text, about(label)),
  warn: (label, text) => log.warn(text, about(label)),
  page: (url, link) => log.info(link === url ? url : `${url}; 'affect page' prints the link that opens it`, { about: 'page' }),
});

const about = (label: string): Readonly<Record<string, string>> => (label === '' ? {} : { about: label.toLowerCase() });
