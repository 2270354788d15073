import type { SampleBlock, Signal } from '@affect-edge/acquire';
import { CHANNEL_FAULTS, type FeatureVector } from '@affect-edge/features';
import { type Course, course, type GrowingCourse } from './course.ts';
import { type Spectra, spectra } from './spectra.ts';

/** How one electrode did. */
export interface ElectrodeFacts {
  readonly channel: string;
  /** Mean quality, 0–1; `null` where the signal was too short to tell. */
  readonly quality: number | null;
  /** Share of the time in which it could be used: quality of at least a half; `null` where the signal was too short to tell. */
  readonly usable: number | null;
  /** Share of the time in which each fault was the matter. */
  readonly faults: Readonly<Record<string, number>>;
  readonly course: Course;
}

/** Differential entropy of one band at one electrode. */
export interface BandFacts {
  readonly band: string;
  readonly channel: string;
  /** Of the usable time; `null` where there is none. */
  readonly mean: number | null;
  readonly course: Course;
}

export interface EegFacts {
  readonly signal: string;
  readonly channels: readonly string[];
  readonly electrodes: readonly ElectrodeFacts[];
  readonly bands: readonly string[];
  readonly bandUnit: string;
  /** Edges of the bands as the feature's recipe writes them. */
  readonly bandEdges: string;
  readonly bandDe: readonly BandFacts[];
  readonly spectra?: Spectra;
  /** Blinks a minute, mean over the usable time; `null` where they cannot be seen. */
  readonly blinksPerMinute: number | null;
}

/** Below this an electrode's band values are left out. */
export const usableQuality = 0.5;
const mostHeatBins = 160;

/** Follows one signal of EEG through the features that the report asks for. */
export const collectEeg = (signal: Signal) => {
  const { channels } = signal.montage;
  const spectrum = spectra(signal);
  const electrodes = channels.map(() => ({
    course: course(mostHeatBins),
    usable: 0,
    n: 0,
    faults: new Map<string, number>(),
    now: Number.NaN,
  }));
  const blinks = course(8);
  let bands: readonly string[] = [];
  let bandUnit = '';
  let bandEdges = '';
  const cells = new Map<string, { readonly all: GrowingCourse; readonly usable: GrowingCourse }>();

  const quality = ({ values, tmax, spec }: FeatureVector): void => {
    const measures = spec.axes[1].labels;
    channels.forEach((_, c) => {
      const electrode = electrodes[c];
      const value = values[c * measures.length];
      electrode.now = value;
      electrode.course.add(tmax, value);
      electrode.n += 1;
      if (value >= usableQuality) electrode.usable += 1;
      else {
        const worst = CHANNEL_FAULTS.reduce((a, b) => {
          const at = (name: string): number => values[c * measures.length + measures.indexOf(name)];
          return at(b) > at(a) ? b : a;
        });
        electrode.faults.set(worst, (electrode.faults.get(worst) ?? 0) + 1);
      }
    });
  };
  const band = ({ values, tmax, spec }: FeatureVector): void => {
    bands = spec.axes[1].labels;
    bandUnit = spec.unit;
    bandEdges = String(spec.recipe.bands ?? '');
    channels.forEach((channel, c) => {
      bands.forEach((name, b) => {
        const key = `${name}\n${channel}`;
        const cell = cells.get(key) ?? { all: course(mostHeatBins), usable: course(1) };
        cells.set(key, cell);
        cell.all.add(tmax, values[c * bands.length + b]);
        if (!(electrodes[c].now < usableQuality)) cell.usable.add(tmax, values[c * bands.length + b]);
      });
    });
  };
  return {
    block: (block: SampleBlock): void => spectrum.add(block),
    vector: (vector: FeatureVector): void => {
      if (vector.spec.name === 'eeg-quality') quality(vector);
      else if (vector.spec.name === 'band-de') band(vector);
      else if (vector.spec.name === 'blinks') blinks.add(vector.tmax, vector.quality > 0 ? vector.values[0] : Number.NaN);
    },
    read: (): EegFacts => {
      const found = spectrum.read();
      const share = (n: number, of: number): number => (of > 0 ? Number((n / of).toFixed(4)) : 0);
      return {
        signal: signal.id,
        channels,
        electrodes: channels.map((channel, c) => {
          const { course: of, usable, n, faults } = electrodes[c];
          return {
            channel,
            quality: n > 0 ? Number(of.total().mean.toFixed(3)) : null,
            usable: n > 0 ? share(usable, n) : null,
            faults: Object.fromEntries([...faults].sort(([, a], [, b]) => b - a).map(([name, times]) => [name, share(times, n)])),
            course: of.read(3),
          };
        }),
        bands,
        bandUnit,
        bandEdges,
        bandDe: bands.flatMap((name) =>
          channels.map((channel) => {
            const cell = cells.get(`${name}\n${channel}`)!;
            const { n, mean } = cell.usable.total();
            return { band: name, channel, mean: n > 0 ? Number(mean.toFixed(3)) : null, course: cell.all.read(4) };
          }),
        ),
        ...(found !== undefined && { spectra: found }),
        blinksPerMinute: blinks.total().n > 0 ? Number(blinks.total().mean.toFixed(1)) : null,
      };
    },
  };
};
