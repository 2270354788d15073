import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { settingsVersion } from './settings.ts';

/** A change of the file's layout, from one version to the next. It works on the document, so that comments and order survive. */
interface Migration {
  readonly from: number;
  /** What it does, for the person whose file it is; one line each, only what was there. */
  readonly apply: (doc: Document) => string[];
}

/**
 * Version 0 is the layout from before there was a version: `name`, `hop` and `models` at the top, `sources` written as on the command line
 * (`openbci-cyton?gain=12@serial:/dev/ttyUSB0`), `mqtt` a URL.
 */
const fromZero: Migration = {
  from: 0,
  apply: (doc) => {
    const notes: string[] = [];
    const rename = (before: string, after: readonly string[], change = (value: unknown): unknown => value): void => {
      if (!doc.has(before)) return;
      const value = doc.get(before, true);
      doc.delete(before);
      doc.setIn(after, change(value));
      notes.push(`'${before}' is now '${after.join('.')}'`);
    };
    rename('name', ['station']);
    rename('hop', ['line', 'hop'], (value) => (isScalar(value) && typeof value.value === 'number' ? `${value.value}s` : value));
    rename('models', ['line', 'models']);
    rename('sources', ['sensors'], (value) => {
      if (!isSeq(value)) return value;
      const sensors = doc.createNode(value.items.map((item) => (isScalar(item) ? sensorOf(String(item.value)) : item)));
      sensors.comment = value.comment ?? null;
      sensors.commentBefore = value.commentBefore ?? null;
      return sensors;
    });
    if (isScalar(doc.get('mqtt', true))) rename('mqtt', ['mqtt', 'url']);
    return notes;
  },
};

const sensorOf = (text: string) => {
  const [, device = text, query = '', link = ''] = /^([^?@]+)(?:\?([^@]*))?@(.+)$/.exec(text) ?? [];
  const options = Object.fromEntries(new URLSearchParams(query));
  return { device, link, ...(query !== '' && { options }) };
};

const migrations: readonly Migration[] = [fromZero];

/** A file in the layout of this version. */
export interface Migrated {
  readonly text: string;
  /** The version it had. */
  readonly from: number;
  /** What changed, one line each; empty where nothing did. */
  readonly notes: readonly string[];
}

/**
 * The text in this version's layout; the same text where it is that already, has no version, is newer or is no YAML (the check of the settings says so then).
 */
export const migrate = (text: string): Migrated => {
  const doc = parseDocument(text, { logLevel: 'error', prettyErrors: false });
  const version = isMap(doc.contents) && doc.errors.length === 0 ? doc.get('version') : undefined;
  if (typeof version !== 'number' || version >= settingsVersion || !Number.isInteger(version)) {
    return { text, from: typeof version === 'number' ? version : settingsVersion, notes: [] };
  }
  const notes: string[] = [];
  for (const { from, apply } of migrations.filter((migration) => migration.from >= version)) {
    notes.push(...apply(doc));
    doc.set('version', from + 1);
  }
  return { text: doc.toString({ lineWidth: 0 }), from: version, notes: [`'version' is now ${settingsVersion}`, ...notes] };
};
