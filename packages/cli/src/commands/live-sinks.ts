import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Report, Reporter } from '@affect-edge/acquire';
import { scrubbed, withoutDeviceNames } from '../config/redact.ts';
import type { Facts } from '../run-line.ts';
import { consoleSink } from '../sinks/console.ts';
import type { OpenSink } from '../sinks/sink.ts';
import type { Terminal } from '../terminal.ts';
import type { LiveOptions } from './live.ts';

/** What a person types while a session runs; a terminal only. */
export type Keys = Readable & { readonly isTTY?: boolean };

/** The keyboard of this terminal; none for a program in the background, which would be stopped (SIGTTIN) for reading it. */
export const foregroundKeys = (): Keys | undefined => (process.stdin.isTTY && isForeground() ? process.stdin : undefined);

const isForeground = (): boolean => {
  try {
    // After the name in parentheses: state, parent, process group, session, terminal, the terminal's foreground group (proc_pid_stat(5)).
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)!.split(' ');
    return group === foreground;
  } catch {
    return true; // no Linux: as every program that reads a terminal
  }
};

/** The status line, and every estimate where nobody waits for the end. */
export const onTerminal = (
  { json, forSec, once = false, voice }: LiveOptions,
  { out, err }: Terminal,
  cards: Parameters<typeof consoleSink>[0]['cards'],
  { states }: Facts,
): OpenSink => {
  const screen = json ? err : out;
  const lines = !json && (forSec !== undefined || once || screen.isTTY !== true);
  return (fail) => {
    voice.tell('Stop', `Ctrl-C${forSec === undefined ? '' : `, or by itself after ${forSec} s`}`);
    return consoleSink({ screen, cards, lines, states })(fail);
  };
};

/** Says something once the sinks before it are open. */
export const telling =
  (say: () => void): OpenSink =>
  () => {
    say();
    return { name: 'words', onlyShows: true, close: async () => {} };
  };

const withTexts: readonly Report['kind'][] = ['link', 'device-text', 'latency-timer', 'damage'];

/** Reports name links by what others may see of them, and hold no name or address in their texts. */
export const withoutNames =
  (scrub: (text: string) => string) =>
  (report: Reporter): Reporter =>
  (fact: Report) =>
    report(withTexts.includes(fact.kind) ? scrubbed(fact, (text) => scrub(withoutDeviceNames(text))) : fact);

/** Calls once there was an estimate of so many different models. */
export const untilEach =
  (nModels: number, done: () => void): OpenSink =>
  () => {
    const seen = new Set<string>();
    return {
      name: 'once',
      onlyShows: true,
      estimate: ({ card }) => {
        seen.add(card.name);
        if (seen.size === nModels) done();
      },
      close: async () => {},
    };
  };
