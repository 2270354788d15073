import { findDevice } from '@affect-edge/acquire';
import { expect, test } from 'vitest';
import { runnableModels } from './load-line.ts';

const eeg = findDevice('openbci-cyton').create().signals;
const eda = findDevice('shimmer3-gsr').create().signals;

test.each([0.05, 0.1, 0.2, 0.25, 0.5, 1])('a hop of %d s goes with every model and sensor', (hopSec) => {
  for (const signals of [eeg, eda, [...eeg, ...eda]]) expect(runnableModels(signals, undefined, hopSec).names.length).toBeGreaterThan(0);
});

test.each([
  ['EEG', eeg, 0.3],
  ['EEG', eeg, 5],
  ['EEG', eeg, 10],
  ['skin conductance', eda, 2],
  ['skin conductance', eda, 0.3],
])('%s: a hop that no window is a multiple of is refused before anything is opened (%#)', (_, signals, hopSec) => {
  expect(() => runnableModels(signals, undefined, hopSec)).toThrow(`A hop of ${hopSec} s cannot be used here.`);
});
