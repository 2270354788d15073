import { AcquireError } from '../errors.ts';
import type { Column } from './column-signals.ts';
import { kindOfType } from './quantities.ts';
import type { Mark } from './recording.ts';

/** What a header file says. */
export interface BrainVisionHeader {
  readonly dataFile: string;
  readonly markerFile?: string;
  readonly sfreq: number;
  readonly isVectorized: boolean;
  readonly bytesPerSample: number;
  readonly read: (view: DataView, at: number) => number;
  /** One for each channel; its `convert` holds the resolution. */
  readonly columns: readonly Column[];
  /** The one reference of all channels, or `n/a`. */
  readonly reference: string;
}

const binary: Readonly<Record<string, { readonly bytes: number; readonly read: (view: DataView, at: number) => number }>> = {
  INT_16: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  INT_32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  IEEE_FLOAT_32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
};
const maxChannels = 4096;
const otherTypes = /^(EOG|HEOG|VEOG|ECG|EKG|EMG|RESP|MISC|AUX|STI)/i;

/** Commas in names are written `\1`. */
const unescaped = (text: string): string => text.replaceAll('\\1', ',').trim();

const sectionsOf = (lines: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, string>> => {
  const sections = new Map<string, Map<string, string>>();
  let entries = new Map<string, string>();
  for (const line of lines) {
    const name = /^\[(.+)\]\s*$/.exec(line)?.[1]?.toLowerCase();
    if (name === 'comment') break;
    if (name !== undefined) {
      entries = new Map();
      sections.set(name, entries);
    } else if (!line.startsWith(';')) {
      const equals = line.indexOf('=');
      if (equals > 0) entries.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim());
    }
  }
  return sections;
};

/** Reads a header file's lines. Throws `AcquireError('bad-file')` where something it needs is missing or not what this reads. */
export const brainVisionHeader = (path: string, lines: readonly string[]): BrainVisionHeader => {
  const fail = (detail: string) => new AcquireError('bad-file', `'${path}' is no BrainVision header that can be read: ${detail}.`);
  const sections = sectionsOf(lines);
  const common = sections.get('common infos') ?? new Map<string, string>();
  const format = common.get('dataformat')?.toUpperCase() ?? 'BINARY';
  if (format !== 'BINARY') throw fail(`its data are ${format}, expected BINARY`);
  const name = (sections.get('binary infos')?.get('binaryformat') ?? 'INT_16').toUpperCase();
  const found = Object.hasOwn(binary, name) ? binary[name] : undefined;
  if (found === undefined) throw fail(`its samples are ${name}, expected ${Object.keys(binary).join(', ')}`);
  const orientation = (common.get('dataorientation') ?? 'MULTIPLEXED').toUpperCase();
  if (orientation !== 'MULTIPLEXED' && orientation !== 'VECTORIZED') throw fail(`its orientation is ${orientation}`);
  const intervalMicros = Number(common.get('samplinginterval') || 'nothing');
  if (!(intervalMicros > 0 && intervalMicros <= 1e9)) throw fail(`its sampling interval is '${common.get('samplinginterval') ?? ''}' µs`);
  const nChannels = Number(common.get('numberofchannels') || 'nothing');
  if (!Number.isInteger(nChannels) || nChannels < 1 || nChannels > maxChannels)
    throw fail(`it has '${common.get('numberofchannels') ?? ''}' channels`);
  const dataFile = fileName(common.get('datafile'), path);
  if (dataFile === undefined) throw fail('it names no data file beside it');
  const sfreq = 1e6 / intervalMicros;
  const references = new Set<string>();
  const columns = Array.from({ length: nChannels }, (_, c): Column => {
    const said = sections.get('channel infos')?.get(`ch${c + 1}`);
    if (said === undefined) throw fail(`it does not describe channel ${c + 1} of ${nChannels}`);
    const [label = '', reference = '', resolution = '', unit = ''] = said.split(',');
    const factor = resolution.trim() === '' ? 1 : Number(resolution);
    if (!Number.isFinite(factor) || factor === 0) throw fail(`the resolution of channel ${c + 1} is '${resolution}'`);
    references.add(unescaped(reference));
    const channel = unescaped(label) || `${c + 1}`;
    const own = unescaped(unit) || 'µV';
    return { name: channel, channel, type: typeOf(channel, own), unit: own, sfreq, convert: (value) => value * factor };
  });
  const markerFile = fileName(common.get('markerfile'), path);
  const [reference = ''] = references;
  return {
    dataFile,
    ...(markerFile !== undefined && { markerFile }),
    sfreq,
    isVectorized: orientation === 'VECTORIZED',
    bytesPerSample: found.bytes,
    read: found.read,
    columns,
    reference: references.size === 1 && reference !== '' ? reference : 'n/a',
  };
};

/** A file beside the header: its name, in which `$b` stands for that of the header. A path leading elsewhere is not followed. */
const fileName = (said: string | undefined, path: string): string | undefined => {
  const base = path.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');
  const name = unescaped(said ?? '').replaceAll('$b', base);
  return name === '' || /[/\\\0]/.test(name) ? undefined : name;
};

const typeOf = (channel: string, unit: string): string => {
  const first = channel.split(/[\s_-]/)[0]!;
  const other = otherTypes.exec(channel)?.[1];
  if (other !== undefined) return other;
  if (kindOfType(first) !== undefined) return first;
  return /^[nuµμm]?v$/i.test(unit) ? 'EEG' : '';
};

/** Where a segment begins, samples from the beginning of the file, and how many are missing before it. */
export interface BrainVisionSegment {
  readonly position: number;
  readonly lostBefore: number;
}

const maxMarks = 1_000_000;

/** Takes the lines of a marker file one by one. What is no marker is passed over. */
export const brainVisionMarks = (sfreq: number) => {
  const found: { text: string; position: number; unix: number; isSegment: boolean }[] = [];
  return {
    line: (text: string): void => {
      const fields = /^Mk\d+=(.*)$/i.exec(text)?.[1]?.split(',');
      if (fields === undefined || found.length >= maxMarks) return;
      const [type = '', description = '', position = '', , , date = ''] = fields;
      const at = Number(position) - 1;
      if (!Number.isInteger(at) || at < 0) return;
      found.push({
        text: `${unescaped(type)}/${unescaped(description)}`,
        position: at,
        unix: dateOf(date),
        isSegment: /^New Segment$/i.test(type.trim()),
      });
    },
    end: (): { marks: Mark[]; segments: BrainVisionSegment[]; startedAt: number } => {
      const dated = found.filter(({ isSegment, unix }) => isSegment && Number.isFinite(unix)).sort((a, b) => a.position - b.position);
      let lost = 0;
      const segments = dated.map(({ position, unix }, i): BrainVisionSegment => {
        if (i === 0) return { position, lostBefore: 0 };
        const expected = position - dated[0]!.position + lost;
        const lostBefore = Math.max(0, Math.round((unix - dated[0]!.unix) * sfreq) - expected);
        const isPause = lostBefore > sfreq && lostBefore < 1e12; // clocks and rates are not that exact
        lost += isPause ? lostBefore : 0;
        return { position, lostBefore: isPause ? lostBefore : 0 };
      });
      const lostUpTo = (position: number) => segments.reduce((sum, one) => sum + (one.position <= position ? one.lostBefore : 0), 0);
      const marks = found
        .filter(({ isSegment, position }) => !isSegment || position > 0) // the first says only that there is a recording
        .map(({ text, position }) => ({ atSec: (position + lostUpTo(position)) / sfreq, text }))
        .sort((a, b) => a.atSec - b.atSec);
      const first = dated[0];
      return { marks, segments, startedAt: first === undefined ? Number.NaN : first.unix - first.position / sfreq };
    },
  };
};

/** `YYYYMMDDhhmmssuuuuuu`, its local time taken for UTC; NaN for anything else, and for zeros. */
const dateOf = (text: string): number => {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{6})$/.exec(text.trim())?.slice(1).map(Number);
  if (parts === undefined || parts[0] === 0) return Number.NaN;
  const [year, month, day, h, m, s, micros] = parts as [number, number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, h, m, s) / 1000 + micros / 1e6;
};
