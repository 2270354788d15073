import { setTimeout } from 'node:timers/promises';
import type { Command } from '../link.ts';

/** Sends commands one after the other, each after its pause, until `signal` fires. Rejects with what `write` rejects with. */
export const sendCommands = async (
  commands: readonly Command[],
  write: (command: Command) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> => {
  for (const command of commands) {
    if (command.afterSec) await setTimeout(command.afterSec * 1000, undefined, signal ? { signal } : {}).catch(() => {});
    if (signal?.aborted) return;
    await write(command);
  }
};

/** How long the pauses between these commands are together, s. */
export const pausesSec = (commands: readonly Command[]): number => commands.reduce((sum, { afterSec = 0 }) => sum + afterSec, 0);
