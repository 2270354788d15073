import { isXdfFormat, type XdfFormat } from '../codecs/xdf-samples.ts';
import { childOf, parseXml, textOf, type XmlElement } from '../codecs/xdf-xml.ts';

/** What a stream's header says. */
export interface XdfStream {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly format: XdfFormat;
  /** Nominal rate, Hz; 0 for an irregular stream. */
  readonly sfreq: number;
  /** Label, type and unit of every channel; empty where the header does not say. */
  readonly channels: readonly { readonly label: string; readonly type: string; readonly unit: string }[];
  /** The reference electrode, or `n/a`. */
  readonly reference: string;
  /** What this program wrote about the stream, where it did. */
  readonly own?: OwnStream;
}

/** Our remark in a stream header: `<desc><affect>` holds it as JSON. */
export type OwnStream =
  | { readonly role: 'raw'; readonly sources: readonly RecordedSource[] }
  | { readonly role: 'signal'; readonly signalId: string; readonly kind: string; readonly unit: string }
  | { readonly role: 'markers' | 'estimates' | 'reports' | 'checksums' };

/** A source of a recorded session: enough to decode its bytes again. */
export interface RecordedSource {
  readonly device: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly uri: string;
}

/** A channel count beyond this is damage, not a device. */
const maxChannels = 4096;

/** The header of stream `id`; undefined where it is no whole XML, or does not say what a stream must (channels, rate, format). */
export const readXdfStream = (id: number, content: Uint8Array): XdfStream | undefined => {
  const info = parseXml(new TextDecoder().decode(content));
  if (info === undefined) return undefined;
  const nChannels = Number(textOf(info, 'channel_count'));
  const sfreq = Number(textOf(info, 'nominal_srate') || 'missing');
  const format = textOf(info, 'channel_format');
  if (!Number.isInteger(nChannels) || nChannels < 1 || nChannels > maxChannels || !(sfreq >= 0 && sfreq < 1e6) || !isXdfFormat(format)) {
    return undefined;
  }
  const desc = childOf(info, 'desc');
  const described = childOf(desc, 'channels')?.children.filter(({ name }) => name === 'channel') ?? [];
  const own = ownOf(textOf(desc, 'affect'));
  return {
    id,
    name: textOf(info, 'name'),
    type: textOf(info, 'type'),
    format,
    sfreq,
    channels: Array.from({ length: nChannels }, (_, c) => channelOf(described[c], c)),
    reference: textOf(desc, 'reference', 'label') || 'n/a',
    ...(own !== undefined && { own }),
  };
};

const channelOf = (element: XmlElement | undefined, c: number) => ({
  label: textOf(element, 'label') || `${c + 1}`,
  type: textOf(element, 'type'),
  unit: textOf(element, 'unit'),
});

const ownOf = (text: string): OwnStream | undefined => {
  const said = jsonObject(text);
  switch (said?.role) {
    case 'raw':
      return Array.isArray(said.sources) ? { role: 'raw', sources: said.sources.filter(isSource) } : undefined;
    case 'signal':
      return [said.signalId, said.kind, said.unit].every((word) => typeof word === 'string') ? (said as OwnStream) : undefined;
    case 'markers':
    case 'estimates':
    case 'reports':
    case 'checksums':
      return { role: said.role };
    default:
      return undefined;
  }
};

const isSource = (value: unknown): value is RecordedSource => {
  const source = value as Partial<RecordedSource> | null;
  return (
    typeof source?.device === 'string' && typeof source.uri === 'string' && typeof source.options === 'object' && source.options !== null
  );
};

/** The object a JSON text holds; undefined where it holds none. */
export const jsonObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // not ours, or damaged: then it says nothing
  }
};
