import { type Recording, recordedTexts } from '@affect-edge/acquire';

/** What the links of a live session had to say while it was recorded, counted. */
const states: Readonly<Record<string, string>> = { lost: 'connection lost', stalled: 'no samples for a while' };

/**
 * How often sensors dropped out while recordings of this program were made, a remark for each kind of link: samples alone only tell that some are missing. Nothing
 * for recordings of others. The address stays out of it: it names a device.
 */
export const connectionRemarks = async (
  paths: readonly string[],
  recordings: readonly Recording[],
): Promise<{ text: string; times: number }[]> => {
  const counts = new Map<string, number>();
  if (!recordings.every(({ format, session }) => format === 'xdf' && session !== undefined)) return [];
  for (const path of paths) {
    for await (const { text } of recordedTexts(path, 'reports')) {
      const { kind, state, uri } = parsed(text);
      const said = kind === 'link' && typeof state === 'string' ? states[state] : undefined;
      if (said === undefined || typeof uri !== 'string') continue;
      const remark = `${uri.split(':', 1)[0]}: ${said}`;
      counts.set(remark, (counts.get(remark) ?? 0) + 1);
    }
  }
  return [...counts].map(([text, times]) => ({ text, times }));
};

const parsed = (text: string): { readonly kind?: unknown; readonly state?: unknown; readonly uri?: unknown } => {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // damaged: then it says nothing
  }
};
