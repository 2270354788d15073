/** A colour of the style sheet, as it is now: it changes with the reader's light or dark setting. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The n-th colour for a curve. */
export const curveColour = (n: number): string => colour(`c${n % 8}`);

/** Calls back when the reader switches between light and dark. */
export const onThemeChange = (repaint: () => void): void => matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);

/** The element with this id; the page's own markup promises that it is there. */
export const element = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E;

/** A new element with a class and a text; text is never read as markup. */
export const make = (tag: string, className = '', text = ''): HTMLElement => {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  if (text !== '') made.textContent = text;
  return made;
};

/** `m:ss` of a session time. */
export const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${Math.floor((whole % 3600) / 60)}:${String(whole % 60).padStart(2, '0')}`;
  return hours === 0 ? rest : `${hours}:${rest.padStart(5, '0')}`;
};
