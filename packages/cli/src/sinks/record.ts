import type { Recorder } from '@affect-edge/acquire';
import type { OpenSink } from './sink.ts';

/** The recorder as a sink: decoded samples, estimates as they would go over the wire, and reports. The links' bytes reach it by another way. */
export const record =
  (recorder: Recorder): OpenSink =>
  () => ({
    name: 'recording',
    block: recorder.block,
    estimate: ({ tmax }, message) => recorder.estimate(tmax, JSON.stringify(message)),
    report: recorder.report,
    state: () => {
      const parts = recorder.paths().length;
      return `${(recorder.bytes() / 1e6).toFixed(1)} MB recorded${parts > 1 ? `, part ${parts}` : ''}`;
    },
    close: () => recorder.close(),
  });
