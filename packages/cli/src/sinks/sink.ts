import type { Report, SampleBlock } from '@affect-edge/acquire';
import type { FeatureVector } from '@affect-edge/features';
import type { AffectEstimate } from '@affect-edge/models';
import type { EstimateMessage, FeatureMessage } from '../message.ts';
import { errorText } from '../system-error.ts';

/**
 * Something that looks at the line: a broker, a file, the page, the status line. Every method returns at once and nothing flows back; a sink
 * that cannot go on says so through the `fail` it was made with and hears no more.
 */
export interface Sink {
  readonly name: string;
  /** Shows what others deliver: a session whose other sinks have all ended does not go on for this one alone. */
  readonly onlyShows?: boolean;
  readonly block?: (block: SampleBlock) => void;
  readonly vector?: (vector: FeatureVector, message: FeatureMessage) => void;
  readonly estimate?: (estimate: AffectEstimate, message: EstimateMessage) => void;
  readonly report?: (report: Report) => void;
  /** What a person should know about the sink now, in a few words: `mqtt 120 sent`. */
  readonly state?: () => string;
  /** Delivers what is waiting, for at most `withinMs`, and lets go of everything. */
  readonly close: (withinMs: number) => Promise<void>;
}

/** Tells why a sink has ended; the session goes on without it. */
export type Fail = (reason: string) => void;

/** Makes a sink once it has something to fail with. */
export type OpenSink = (fail: Fail) => Sink | Promise<Sink>;

export interface Sinks extends Required<Omit<Sink, 'name' | 'state' | 'onlyShows'>> {
  readonly states: () => readonly string[];
  /** Sinks that still listen. */
  readonly live: () => readonly Sink[];
}

/**
 * All sinks as one. A sink that fails or throws is closed and named to `onEnd`; the others do not notice.
 */
export const openSinks = async (open: readonly OpenSink[], onEnd: (name: string, reason: string) => void): Promise<Sinks> => {
  const live = new Set<Sink>();
  const closing: Promise<void>[] = [];
  const end = (sink: Sink, reason: string): void => {
    if (!live.delete(sink)) return;
    onEnd(sink.name, reason);
    closing.push(sink.close(0).catch(() => {}));
  };
  const each = (tell: (sink: Sink) => void): void => {
    for (const sink of live) {
      try {
        tell(sink);
      } catch (error) {
        end(sink, errorText(error));
      }
    }
  };
  for (const make of open) {
    let failedEarly: string | undefined;
    let sink: Sink | undefined;
    sink = await make((reason) => {
      if (sink === undefined) failedEarly = reason;
      else end(sink, reason);
    });
    live.add(sink);
    if (failedEarly !== undefined) end(sink, failedEarly);
  }
  return {
    block: (block) => each((sink) => sink.block?.(block)),
    vector: (vector, message) => each((sink) => sink.vector?.(vector, message)),
    estimate: (estimate, message) => each((sink) => sink.estimate?.(estimate, message)),
    report: (report) => each((sink) => sink.report?.(report)),
    states: () => [...live].flatMap((sink) => sink.state?.() ?? []),
    live: () => [...live],
    close: async (withinMs) => {
      await Promise.all([...[...live].map((sink) => sink.close(withinMs).catch(() => {})), ...closing]);
      live.clear();
    },
  };
};
