import { type Inspection, inspectRecording } from '@affect-edge/acquire';
import { type ReadingOptions, saidOf } from '../convert/one-recording.ts';
import { say, type Terminal } from '../terminal.ts';

export interface InfoOptions extends ReadingOptions {
  readonly json?: boolean;
}

/** What recordings hold: signals, rates as said and as they are, gaps, losses, damage. */
export const info = async (paths: readonly string[], { json = false, ...said }: InfoOptions, { out }: Terminal): Promise<number> => {
  for (const path of paths) {
    const inspection = await inspectRecording(path, saidOf(said));
    if (json) say(out, JSON.stringify(inspection));
    else for (const line of describeInspection(inspection)) say(out, line);
  }
  return 0;
};

/** An inspection as lines for a person. */
export const describeInspection = (inspection: Inspection): string[] => {
  const { name, format, startedAt, marks, markTexts, signals, streams, damages, nDamages, remarks } = inspection;
  const started = startedAt === null ? 'start unknown' : `started ${new Date(startedAt * 1000).toISOString()}`;
  return [
    `${name}  ${format}, ${started}${marks > 0 ? `, ${marks} marks` : ''}`,
    ...signals.map(({ id, unit, channels, sfreq, trueRate, nSamples, firstSec, lastSec, gaps, lostSamples }) => {
      const rate = sfreq === 0 ? 'irregular' : `${figure(sfreq)} Hz${trueRate === null ? '' : ` (truly ${trueRate.toFixed(4)})`}`;
      const span = firstSec === null || lastSec === null ? 'empty' : `${firstSec.toFixed(3)}-${lastSec.toFixed(3)} s`;
      const lost = gaps === 0 ? 'no gaps' : `${gaps} gaps, ${lostSamples} samples lost`;
      return `  signal  ${id}  ${channels.length} × ${unit}  ${rate}  ${nSamples} samples  ${span}  ${lost}`;
    }),
    ...streams.map(
      ({ id, name: stream, type, format: stored, nChannels, nSamples, closed }) =>
        `  stream ${id}  ${stream} (${type})  ${nChannels} × ${stored}  ${nSamples} samples${closed ? '' : '  not closed'}`,
    ),
    ...markTexts.map(({ text, count }) => `  marks   ${count} × '${text}'`),
    ...damages.map(({ where, detail }) => `  damage  ${where}: ${detail}`),
    ...(nDamages > damages.length ? [`  damage  and ${nDamages - damages.length} more`] : []),
    ...remarks.map((remark) => `  note    ${remark}`),
  ];
};

const figure = (value: number): string => `${Number(value.toFixed(4))}`;
