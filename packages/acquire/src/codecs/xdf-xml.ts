/** An element of the XML in an XDF header: its text or its children. Attributes do not occur and are skipped. */
export interface XmlElement {
  readonly name: string;
  /** Its own text, entities resolved, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Deeper than any header goes; what is nested further is no header. */
const maxDepth = 64;
const token = /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<![^>]*>|<(\/?)([^\s/<>]+)(?=[\s/>])[^<>]*?(\/?)>|([^<]+)/g;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** The root element of a text; undefined where the text is no whole element (cut off, closed in the wrong order). */
export const parseXml = (text: string): XmlElement | undefined => {
  const root = { name: '', text: '', children: [] as XmlElement[] };
  const open = [root];
  for (const [, cdata, slash, name, selfClosing, plain] of text.matchAll(token)) {
    const top = open.at(-1)!;
    if (cdata !== undefined) top.text += cdata;
    else if (plain !== undefined) top.text += unescaped(plain);
    else if (name === undefined) continue;
    else if (slash === '/') {
      if (open.length === 1 || top.name !== name) return undefined;
      top.text = top.text.trim();
      open.pop();
    } else {
      const element = { name, text: '', children: [] };
      top.children.push(element);
      if (selfClosing !== '/') open.push(element);
      if (open.length > maxDepth) return undefined;
    }
  }
  return open.length === 1 ? root.children[0] : undefined;
};

/** The first child of that name, or of its child, and so on; undefined where there is none. */
export const childOf = (element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined =>
  path.reduce<XmlElement | undefined>((found, name) => found?.children.find((child) => child.name === name), element);

/** The text of a child (or its child …), empty where there is none. */
export const textOf = (element: XmlElement | undefined, ...path: readonly string[]): string => childOf(element, ...path)?.text ?? '';

/** What an element is written from: text, a number, children by name, or several of the same name. */
export type XmlContent = string | number | { readonly [name: string]: XmlContent | readonly XmlContent[] };

/** `<name>…</name>` with everything escaped, no white space between; characters that XML cannot hold are left out. */
export const xml = (name: string, content: XmlContent): string => {
  if (typeof content !== 'object') return `<${name}>${escaped(String(content))}</${name}>`;
  const inner = Object.entries(content).flatMap(([child, value]) => (Array.isArray(value) ? value : [value]).map((one) => xml(child, one)));
  return `<${name}>${inner.join('')}</${name}>`;
};

const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 has no way to write
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!);
