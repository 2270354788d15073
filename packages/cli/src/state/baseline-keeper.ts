import type { Signal } from '@affect-edge/acquire';
import type { AnyFeature, Feature, FeatureMemory } from '@affect-edge/features';
import { type FileSystem, nodeFileSystem } from '../outbox/file-system.ts';
import { errorCode, errorText } from '../system-error.ts';
import type { Voice } from '../voice.ts';
import { type KeptBaseline, type Learner, readBaselines, writeBaselines } from './baseline-file.ts';

/** Older than this, s, what was learned is learned anew: electrodes were taken off, skin has changed. */
export const baselineMaxAgeSec = 3600;
/** How often what was learned is written down, ms: what a power cut may cost. */
const everyMs = 10_000;

export interface BaselineKeeperOptions {
  /** The state folder. */
  readonly folder: string;
  readonly subject: string;
  readonly voice: Pick<Voice, 'tell' | 'warn'>;
  readonly files?: FileSystem;
  /** Now, Unix s. */
  readonly now?: () => number;
}

/** A sensor as far as it says who learns. */
export interface LearningSource {
  readonly device: { readonly name: string; readonly signals: readonly Signal[] };
  readonly uri: string;
}

export interface BaselineKeeper {
  /** The features, each with a memory of its own for every signal of these sensors. */
  readonly remembering: (features: readonly AnyFeature[], sources: readonly LearningSource[]) => AnyFeature[];
  /** Writes what is new since the last time. Never rejects: a disk that is full is told once and costs the baselines only. */
  readonly save: () => Promise<void>;
  /** Saves for the last time. */
  readonly close: () => Promise<void>;
}

/**
 * Keeps what features learn of one subject over restarts: one file in the state folder, written every 10 s and at the end. What is older
 * than an hour, or was learned from another signal, another device or by another recipe, is never read.
 */
export const keepBaselines = ({
  folder,
  subject,
  voice,
  files = nodeFileSystem,
  now = () => Date.now() / 1000,
}: BaselineKeeperOptions): BaselineKeeper => {
  // A clock set back says as little about the age as one that ran on.
  const isFresh = ({ unixSec }: KeptBaseline): boolean => Math.abs(now() - unixSec) <= baselineMaxAgeSec;
  const { baselines, trouble } = readBaselines(folder, subject, files);
  if (trouble !== undefined) voice.warn('Baseline', `${trouble}; what is usual for this person is learned anew.`);
  const kept = new Map(baselines.filter(isFresh).map((baseline) => [JSON.stringify(baseline.of), baseline]));
  const fromBefore = new Set(kept.keys());
  let isNew = false;
  let hasFailed = false;
  let saving = Promise.resolve();

  const memoryOf = (of: Learner): FeatureMemory => {
    const key = JSON.stringify(of);
    return {
      read: () => {
        const baseline = kept.get(key);
        // Once: after a gap within the session a baseline begins anew, as it does in a replay.
        if (!fromBefore.delete(key) || baseline === undefined || !isFresh(baseline)) return undefined;
        const minutes = Math.round(Math.abs(now() - baseline.unixSec) / 60);
        voice.tell('Baseline', `${of.spec.name} of ${of.signal.id} goes on with what was learned until ${minutes} min ago`);
        return baseline.learned;
      },
      write: (learned) => {
        isNew = true;
        if (learned.every(Number.isFinite)) kept.set(key, { of, unixSec: now(), learned });
        else kept.delete(key);
      },
    };
  };

  const saveNow = async (): Promise<void> => {
    if (!isNew) return;
    isNew = false;
    try {
      await writeBaselines(folder, subject, [...kept.values()].filter(isFresh), files);
      hasFailed = false;
    } catch (error) {
      isNew = true;
      if (!hasFailed)
        voice.warn(
          'Baseline',
          `what was learned cannot be written to ${folder} (${errorCode(error) ?? errorText(error)}); tried again every 10 s.`,
        );
      hasFailed = true;
    }
  };
  const save = (): Promise<void> => {
    saving = saving.then(saveNow);
    return saving;
  };
  const timer = setInterval(() => void save(), everyMs);
  timer.unref();

  return {
    remembering: (features, sources) =>
      features.map((feature) => {
        // The kind is the signal's: whoever opens a feature has seen to that, for this one and for the one that remembers.
        const { describe, open } = feature as unknown as Feature;
        const remembered: Feature = {
          kind: feature.kind,
          describe,
          open: (signal, hopSec) => {
            const source = sources.find(({ device }) => device.signals.some(({ id }) => id === signal.id));
            if (source === undefined) return open(signal, hopSec);
            const device = `${source.device.name} ${source.uri.split(':', 1)[0]}`;
            return open(signal, hopSec, memoryOf({ device, signal, spec: describe(signal) }));
          },
        };
        return remembered as unknown as AnyFeature;
      }),
    save,
    close: () => {
      clearInterval(timer);
      return save();
    },
  };
};
