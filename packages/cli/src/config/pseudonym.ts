const prefixes = 'participant|subject|subj|sub|person|wearer|pilot|test|case|id|vp|tn|[a-z]';
const numbered = new RegExp(`^(?:(?:${prefixes})[-_]?)?\\d{1,6}[a-z]?$`, 'i');
const random = /^(?=.*\d)(?=.*[a-f])[0-9a-f]{6,32}$/i;
const date = /^(?:(?:19|20)\d{2}(?:0[1-9]|1[0-2])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2})$/;

/**
 * True for an id that names nobody by itself: a number with or without a usual prefix (`p01`, `sub-007`), or random hexadecimal digits with at least
 * one number and one letter. Names, initials, e-mail addresses and six digits that read as a date are not.
 */
export const isPseudonym = (id: string): boolean => (numbered.test(id) && !date.test(id)) || random.test(id);

/** What is expected of a subject's id, in messages. */
export const pseudonymExpected =
  "a pseudonym of the form 'p01', 'sub-007' or '7f3a9c' (no name, no initials, no date of birth, no e-mail address)";
