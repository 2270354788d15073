import type { Person } from './person.ts';
import { random } from './random.ts';
import type { Site } from './scalp.ts';

/** One rhythm over all electrodes. */
export interface Rhythm {
  /** Sets the amplitudes to what they are at this arousal (0-1). */
  readonly follow: (arousal: number) => void;
  /** Goes on by one sample. */
  readonly step: () => void;
  /** Its potential at channel `c`, µV. */
  readonly at: (c: number) => number;
}

interface RhythmKind {
  readonly name: 'theta' | 'alpha' | 'beta' | 'gamma';
  readonly hz: (person: Person) => number;
  readonly widthHz: number;
  /** Relative amplitude over the head. */
  readonly where: (site: Site) => number;
  /** Change of the logarithm of the amplitude from calm to full arousal. */
  readonly response: (site: Site) => number;
}

/**
 * Where each rhythm is strongest and where arousal moves it: alpha at the back, suppressed; beta at the front and sides, raised; gamma at the
 * temples, raised (much of it muscle); theta along the frontal middle, raised a little.
 */
const kinds: readonly RhythmKind[] = [
  { name: 'theta', hz: () => 6, widthHz: 2.5, where: (site) => 1 - 0.6 * site.back, response: (site) => 0.35 * (1 - site.back) },
  {
    name: 'alpha',
    hz: (p) => p.alphaPeakHz,
    widthHz: 2,
    where: (site) => 0.25 + 0.75 * site.back,
    response: (site) => -0.5 - 0.6 * site.back,
  },
  { name: 'beta', hz: () => 20, widthHz: 10, where: (site) => 1 - 0.35 * site.back, response: (site) => 1.1 - 0.4 * site.back },
  { name: 'gamma', hz: () => 38, widthHz: 14, where: (site) => 0.6 + 0.4 * site.temporal, response: (site) => 0.7 + 0.4 * site.temporal },
];

/** Share of a rhythm's variance that all electrodes have in common. */
const shared = 0.5;
/** Arousal at which a person's stated amplitudes hold. */
const neutralArousal = 0.3;

/** The rhythms of `person` at these sites: narrow-band noise (a resonator driven by white noise), half of it common to all electrodes. */
export const rhythmsOf = (person: Person, channels: readonly string[], sites: readonly Site[], sfreq: number): Rhythm[] =>
  kinds.map((kind) => {
    const nChannels = channels.length;
    const amplitude = new Float64Array(nChannels);
    const base = new Float64Array(nChannels);
    const response = new Float64Array(nChannels);
    for (let c = 0; c < nChannels; c++) {
      const { normal } = random(person.seed, `${kind.name} ${channels[c]}`);
      base[c] = person.microvolts[kind.name] * kind.where(sites[c]!) * Math.exp(0.2 * normal());
      response[c] = person.eegResponse * kind.response(sites[c]!) + 0.15 * normal();
    }

    // y ← a₁·y₁ + a₂·y₂ + drive·white has unit variance with this drive (stationary AR(2)).
    const radius = Math.exp((-Math.PI * kind.widthHz) / sfreq);
    const angle = (2 * Math.PI * kind.hz(person)) / sfreq;
    const a1 = 2 * radius * Math.cos(angle);
    const a2 = -(radius ** 2);
    const drive = Math.sqrt(((1 + a2) * ((1 - a2) ** 2 - a1 ** 2)) / (1 - a2));
    const common = Math.sqrt(shared);
    const own = Math.sqrt(1 - shared);
    const noises = [
      ...channels.map((channel) => random(person.seed, `${kind.name} noise ${channel}`)),
      random(person.seed, `${kind.name} noise`),
    ];
    const now = new Float64Array(nChannels + 1);
    const before = new Float64Array(nChannels + 1);

    return {
      follow: (arousal) => {
        for (let c = 0; c < nChannels; c++) amplitude[c] = base[c]! * Math.exp(response[c]! * (arousal - neutralArousal));
      },
      step: () => {
        for (let i = 0; i <= nChannels; i++) {
          const next = a1 * now[i]! + a2 * before[i]! + drive * noises[i]!.noise();
          before[i] = now[i]!;
          now[i] = next;
        }
      },
      at: (c) => amplitude[c]! * (own * now[c]! + common * now[nChannels]!),
    };
  });
