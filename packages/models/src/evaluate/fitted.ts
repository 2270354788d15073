/** A fact about a run: something was fitted on these rows. */
export interface Fitted {
  /** `scaler`, `LDA`, `SMOTE` … */
  readonly what: string;
  readonly nRows: number;
  /** How many of them are test rows of the fold: anything above 0 has seen the answer sheet. */
  readonly nTestRows: number;
  readonly usesLabels: boolean;
}

/** Writes down what was fitted on which rows, as it happens: the runner records, nobody declares. */
export interface Ledger {
  readonly note: (what: string, rows: ArrayLike<number>, usesLabels: boolean) => void;
  /** In the order of first appearance, against the test rows that were scored. */
  readonly facts: (test: ArrayLike<number>) => Fitted[];
}

/** Facts of the same kind as one: the largest counts, labels if any used them. */
export const mergedFacts = (facts: readonly Fitted[]): Fitted[] => {
  const merged = new Map<string, Fitted>();
  for (const fact of facts) {
    const before = merged.get(fact.what);
    merged.set(fact.what, {
      what: fact.what,
      nRows: Math.max(fact.nRows, before?.nRows ?? 0),
      nTestRows: Math.max(fact.nTestRows, before?.nTestRows ?? 0),
      usesLabels: fact.usesLabels || (before?.usesLabels ?? false),
    });
  }
  return [...merged.values()];
};

/** An empty ledger. */
export const openLedger = (): Ledger => {
  const notes: { readonly what: string; readonly rows: ArrayLike<number>; readonly usesLabels: boolean }[] = [];
  return {
    note: (what, rows, usesLabels) => {
      notes.push({ what, rows, usesLabels });
    },
    facts: (test) => {
      const isTest = new Set(Array.from(test));
      return mergedFacts(
        notes.map(({ what, rows, usesLabels }) => {
          let nTestRows = 0;
          for (let i = 0; i < rows.length; i++) if (isTest.has(rows[i])) nTestRows++;
          return { what, nRows: rows.length, nTestRows, usesLabels };
        }),
      );
    },
  };
};
