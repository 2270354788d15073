import { escapeText } from '../svg/escape-text.ts';

/** Markup that may go into the page as it is. Everything else is text. */
export interface Html {
  readonly html: string;
}

type Content = Html | string | number | null | undefined | false | readonly Content[];

const render = (content: Content): string => {
  if (content === null || content === undefined || content === false) return '';
  if (typeof content === 'string') return escapeText(content);
  if (typeof content === 'number') return String(content);
  return 'html' in content ? content.html : content.map(render).join('');
};

/** A template whose values are text unless they are `Html`: what a file or a person called something never becomes markup. */
export const html = (strings: TemplateStringsArray, ...values: readonly Content[]): Html => ({
  html: strings.reduce((whole, part, i) => whole + part + (i < values.length ? render(values[i]) : ''), ''),
});

/** Markup made elsewhere, such as a picture. */
export const raw = (markup: string): Html => ({ html: markup });

/** A share as a person reads it: `98.2 %`, `< 0.1 %` for what is little but not nothing. */
export const percent = (share: number): string => {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  if (value < 100 && value > 99.9) return '> 99.9 %';
  return `${value.toFixed(value >= 99.95 || value < 0.05 ? 0 : 1)} %`;
};

/** A length of time: `8 ms`, `38 s`, `4 min 12 s`, `1 h 3 min`. */
export const duration = (seconds: number): string => {
  const whole = Math.round(seconds);
  if (seconds < 1 && seconds > 0) return `${Math.round(1000 * seconds)} ms`;
  if (whole < 60) return seconds < 10 ? `${Number(seconds.toFixed(1))} s` : `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 > 0 ? ` ${whole % 60} s` : ''}`;
  return `${Math.floor(whole / 3600)} h${Math.floor((whole % 3600) / 60) > 0 ? ` ${Math.floor((whole % 3600) / 60)} min` : ''}`;
};

/** A session time: `4:07`, `1:02:30`. */
export const clockTime = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds + 1e-9));
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
};
