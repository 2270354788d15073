/** The longest payload that is looked at, bytes. */
export const longestMarkPayload = 2048;

export type ParsedMark = { readonly text: string } | { readonly error: string };

const scales = ['valence', 'arousal', 'dominance'] as const;

/**
 * The text of a mark that came in over MQTT: the payload itself, or the `text` of a JSON object. A self-report is a JSON object with at least one of
 * `valence`, `arousal` and `dominance` (numbers as the questionnaire gives them); its text is `self-report valence=0.4 arousal=-0.2`, then what `text`
 * adds.
 */
export const parseMark = (payload: Buffer): ParsedMark => {
  if (payload.length > longestMarkPayload) return { error: `expected at most ${longestMarkPayload} bytes, got ${payload.length}` };
  const plain = payload.toString('utf8').trim();
  if (!plain.startsWith('{')) return plain === '' ? { error: 'expected a text or JSON, got nothing' } : { text: plain };
  let given: Readonly<Record<string, unknown>>;
  try {
    given = JSON.parse(plain);
  } catch {
    return { error: 'expected JSON, got something that begins like it' };
  }
  return markIn(given);
};

/** The same from an object that is parsed already. Other keys are ignored. */
export const markIn = (given: Readonly<Record<string, unknown>>): ParsedMark => {
  const { text = '' } = given;
  if (typeof text !== 'string') return { error: "expected 'text' to be a string" };
  const reported = scales.filter((scale) => given[scale] !== undefined);
  const wrong = reported.find((scale) => !(typeof given[scale] === 'number' && Math.abs(given[scale]) <= 1000));
  if (wrong !== undefined) return { error: `expected '${wrong}' to be a number` };
  if (reported.length === 0 && text.trim() === '') return { error: 'expected {"text": "…"} or {"valence": 0.4, "arousal": -0.2}' };
  const report = reported.length === 0 ? [] : ['self-report', ...reported.map((scale) => `${scale}=${given[scale]}`)];
  return { text: [...report, ...(text.trim() === '' ? [] : [text.trim()])].join(' ') };
};
