import type { SignalFilter } from '../condition/condition.ts';
import { sectionsFilter } from '../condition/sections-filter.ts';
import { edaLowpass } from '../kernels/eda-filters.ts';

/** Cleans skin conductance as it arrives: `edaLowpass`, causal, so delayed by about a quarter second (3 Hz) to 0.4 s (at 4 Hz sampling). */
export const edaClean = (): SignalFilter<'eda'> => sectionsFilter('eda', 'eda low-pass 3 Hz, order 4', edaLowpass);
