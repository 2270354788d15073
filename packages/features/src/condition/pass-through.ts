import type { SignalKind } from '@affect-edge/acquire';
import type { SignalFilter } from './condition.ts';

/** Changes nothing: the place of a filter that a configuration switched off. */
export const passThrough = <K extends SignalKind>(kind: K): SignalFilter<K> => ({
  kind,
  name: 'pass-through',
  describe: (signal) => signal,
  open:
    () =>
    ({ data }) =>
      data,
});
