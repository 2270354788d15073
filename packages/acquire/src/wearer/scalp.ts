/** Where on the head an electrode sits, as far as the rhythms care. */
export interface Site {
  /** 0 at the forehead … 1 at the back of the head. */
  readonly back: number;
  /** 1 at the temples, where jaw muscles add to the fast rhythms. */
  readonly temporal: number;
  /** How much of a blink arrives, 0-1. */
  readonly blink: number;
}

/** Rows of the 10-10 system by the letters of their names, front to back; the row decides how far back a site lies. */
const rows: Readonly<Record<string, number>> = {
  FP: 0,
  AF: 0.12,
  F: 0.25,
  FC: 0.37,
  FT: 0.37,
  C: 0.5,
  T: 0.5,
  CP: 0.62,
  TP: 0.62,
  P: 0.75,
  PO: 0.88,
  O: 1,
  I: 1,
};

/** The site of an electrode by its 10-20 or 10-10 name (case ignored); the middle of the head for a name that is none. */
export const siteOf = (channel: string): Site => {
  const letters = /^[a-z]+?(?=z?\d*$)/i.exec(channel)?.[0].toUpperCase() ?? '';
  const back = rows[letters] ?? 0.5;
  const temporal = letters.startsWith('T') || /^(f7|f8|p7|p8|ft\d+)$/i.test(channel) ? 1 : 0;
  return { back, temporal, blink: Math.max(0, 1 - back / 0.45) ** 2 };
};
