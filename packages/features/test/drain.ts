import { from, type Observable } from 'rxjs';

/** Sends values through a piece of the line and gives how many came out. */
export const drain = <A>(values: Iterable<A>, line: (source$: Observable<A>) => Observable<unknown>): number => {
  let count = 0;
  line(from(values)).subscribe({
    next: () => {
      count++;
    },
    error: (cause) => {
      throw cause;
    },
  });
  return count;
};
