import { repairRecording } from '@affect-edge/acquire';
import { newOutput } from '../convert/new-output.ts';
import { say, type Terminal } from '../terminal.ts';

export interface RepairOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** Writes a whole copy of a damaged XDF, EDF or BDF recording and tells where the bytes lay that are not in it. The original stays as it is. */
export const repair = async (path: string, { out: to, json = false }: RepairOptions, { out, err, stop }: Terminal): Promise<number> => {
  try {
    const repaired = await newOutput(to, (part) => repairRecording(path, part, stop));
    if (json) say(out, JSON.stringify({ from: path, to, ...repaired }));
    else {
      const { kept, dropped, nDropped, mended, bytes } = repaired;
      say(
        out,
        `${to}  ${(bytes / 1e6).toFixed(1)} MB: ${kept} kept, ${nDropped === 0 ? 'nothing left out' : `${nDropped} stretches left out`}`,
      );
      for (const { offset, bytes: length, detail } of dropped) say(out, `  left out  byte ${offset}, ${length} bytes: ${detail}`);
      if (nDropped > dropped.length) say(out, `  left out  and ${nDropped - dropped.length} more`);
      for (const line of mended) say(out, `  mended    ${line}`);
    }
    return 0;
  } catch (error) {
    if (!stop.aborted) throw error;
    say(err, `Stopped: there is no '${to}'.`);
    return 1;
  }
};
