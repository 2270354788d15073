import { inspectRecording } from '@affect-edge/acquire';
import { saidOf } from '../convert/one-recording.ts';
import { say, type Terminal } from '../terminal.ts';
import { describeInspection, type InfoOptions } from './info.ts';

/** Reads recordings from beginning to end. Exit code 1 where one is damaged or was not closed; both cost no sample that can still be read. */
export const verify = async (paths: readonly string[], { json = false, ...said }: InfoOptions, { out }: Terminal): Promise<number> => {
  let bad = 0;
  for (const path of paths) {
    const inspection = await inspectRecording(path, saidOf(said));
    const open = inspection.streams.filter(({ closed }) => !closed).length;
    const whole = inspection.nDamages === 0 && open === 0;
    if (!whole) bad++;
    if (json) {
      say(out, JSON.stringify({ ...inspection, whole }));
      continue;
    }
    for (const line of describeInspection(inspection)) say(out, line);
    const faults = [inspection.nDamages > 0 && `${inspection.nDamages} damaged stretches`, open > 0 && `${open} streams not closed`];
    say(out, whole ? '  whole: every byte was understood' : `  not whole: ${faults.filter(Boolean).join(', ')}`);
  }
  return bad > 0 ? 1 : 0;
};
