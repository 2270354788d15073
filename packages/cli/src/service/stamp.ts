import { createHash } from 'node:crypto';

/** Whose a file is: nobody's yet, ours as we wrote it, ours but edited since, or somebody else's. */
export type Ownership = 'absent' | 'ours' | 'edited' | 'foreign';

const mark = "# Written by 'affect service install'. 'affect service uninstall' removes it while it is unchanged. Checksum";
const stampLine = /^# Written by 'affect service install'.* Checksum ([0-9a-f]{16})\n/;

const checksum = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 16);

/** A text with a first line that says who wrote it and proves that it is unchanged. */
export const stamped = (body: string): string => `${mark} ${checksum(body)}\n${body}`;

/** Whose a file with this text is; `undefined` stands for no file. */
export const ownershipOf = (text: string | undefined): Ownership => {
  if (text === undefined) return 'absent';
  const match = stampLine.exec(text);
  if (match === null) return 'foreign';
  return checksum(text.slice(match[0].length)) === match[1] ? 'ours' : 'edited';
};
