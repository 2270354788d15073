const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that may stand in SVG or HTML, between tags or within a quoted attribute: whatever a file or a person called something, it stays text. */
export const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]);
