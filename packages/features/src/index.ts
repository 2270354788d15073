export { againstBaseline, type BaselineOptions } from './against-baseline.ts';
export { BAND_SETS, type Band, bandsText, LIBEER_BANDS, RBTRANSFORMER_CODE_BANDS, RBTRANSFORMER_PAPER_BANDS, SEED_BANDS } from './bands.ts';
export {
  type BaselineOptions as PersonalBaselineOptions,
  baseline,
  type PersonalBaseline,
  type RestingFeature,
} from './baseline.ts';
export { type BandpassOptions, bandpass } from './condition/bandpass.ts';
export { commonAverage } from './condition/common-average.ts';
export { type AnyFilter, condition, type SignalFilter } from './condition/condition.ts';
export { interpolate } from './condition/interpolate.ts';
export { type NotchOptions, notch } from './condition/notch.ts';
export { passThrough } from './condition/pass-through.ts';
export { rereference, selectChannels } from './condition/rereference.ts';
export { butterworthFilter, sectionsFilter } from './condition/sections-filter.ts';
export { type HeartWindow, heartRate, pulseRate } from './context/heart.ts';
export { motionEnergy, movingG } from './context/motion-energy.ts';
export { skinTemperature } from './context/skin-temperature.ts';
export type { EdaWindow } from './eda/bins.ts';
export { edaClean } from './eda/clean.ts';
export { edaCourse, levelFloorMicrosiemens } from './eda/eda-course.ts';
export { edaFeatures, minScrMicrosiemens } from './eda/eda-features.ts';
export { type EdaHistoryOptions, edaHistory, historyStatistics } from './eda/eda-history.ts';
export { type EdaReason, edaQuality, edaReason, edaReasons } from './eda/eda-quality.ts';
export { edaStatistics } from './eda/eda-statistics.ts';
export { edaTable } from './eda/table.ts';
export { type TonicPhasicOptions, tonicPhasic } from './eda/tonic-phasic.ts';
export {
  type AsymmetryOptions,
  asymmetry,
  type ChannelPair,
  type FrontalAlphaOptions,
  frontalAlpha,
  homologousPairs,
} from './eeg/asymmetry.ts';
export { type BandDeOptions, bandDe, VARIANCE_FLOOR } from './eeg/band-de.ts';
export { type BandDeRestartOptions, bandDeRestart, restartRecipe } from './eeg/band-de-restart.ts';
export { type BandPowerOptions, bandPower, type PowerScale } from './eeg/band-power.ts';
export { type BlinkOptions, blinks } from './eeg/blinks.ts';
export { hjorth } from './eeg/hjorth.ts';
export { type LineNoiseOptions, lineNoise } from './eeg/line-noise.ts';
export { type MuscleOptions, muscle } from './eeg/muscle.ts';
export { type SignalQualityOptions, signalQuality, worstFault } from './eeg/signal-quality.ts';
export type { SpectralOptions } from './eeg/spectral.ts';
export { type SpectralEntropyOptions, spectralEntropy } from './eeg/spectral-entropy.ts';
export { type Epoch, type EpochOptions, epochs } from './epoch.ts';
export { FeatureError, type FeatureErrorCode } from './errors.ts';
export { extract } from './extract.ts';
export type { AnyFeature, Axis, Extracted, Feature, FeatureMemory, FeatureSet, FeatureSpec, FeatureVector } from './feature.ts';
export { type GatherOptions, gather } from './gather.ts';
export { type CascadeState, cascade, powerResponse, sosfilt, sosInitialState } from './kernels/biquad.ts';
export { type ButterworthDesign, butterworth } from './kernels/butterworth.ts';
export { CHANNEL_FAULTS, type ChannelFaultName } from './kernels/channel-quality.ts';
export { type ConvexEda, type ConvexEdaOptions, convexEda } from './kernels/convex-eda.ts';
export { differentialEntropy, type LogBase } from './kernels/differential-entropy.ts';
export { cleanEda, edaLowpass, highPassEda } from './kernels/eda-filters.ts';
export { type EdaLimits, type EdaSite, edaLimits } from './kernels/eda-rules.ts';
export { type EdaSpectrum, edaSpectrum, type Tvsymp, tvsymp } from './kernels/eda-spectrum.ts';
export { nextPowerOfTwo, type PowerSpectrum, powerSpectrum } from './kernels/fft.ts';
export { type HeartRateVariability, heartRateVariability } from './kernels/heart-rate-variability.ts';
export { type PulseBeats, pulseBeats } from './kernels/pulse-beats.ts';
export {
  averagedPieces,
  type BaselineMethod,
  baselineDe,
  type RestartRecipe,
  restartDe,
  type ZScore,
  zScored,
} from './kernels/restart-de.ts';
export { sampleEntropy } from './kernels/sample-entropy.ts';
export { type ScalpPosition, scalpPosition } from './kernels/scalp-positions.ts';
export { type Scr, type ScrDetector, type ScrDetectorOptions, scrDetector } from './kernels/scr-detector.ts';
export { type ScrPeak, type ScrPeakOptions, scrPeaks } from './kernels/scr-peaks.ts';
export type { Section } from './kernels/sections.ts';
export { type SlidingWindow, slidingWindow } from './kernels/sliding-window.ts';
export { statisticLabels, statistics } from './kernels/statistics.ts';
export {
  type SudomotorStep,
  type SudomotorTimes,
  sudomotorPeakHeight,
  sudomotorPeakSec,
  sudomotorStep,
  sudomotorTimes,
} from './kernels/sudomotor.ts';
export {
  kalmanBurst,
  kalmanInnovation,
  kalmanPhasic,
  kalmanTonic,
  type SudomotorKalman,
  type SudomotorKalmanOptions,
  sudomotorKalman,
  sudomotorKalmanDefaults,
} from './kernels/sudomotor-kalman.ts';
export { zeroPhase } from './kernels/zero-phase.ts';
export { refusal } from './refusal.ts';
export { FEATURES, type FeatureEntry, featureOf, findFeature } from './registry.ts';
export { type SmoothOptions, smooth } from './smooth.ts';
export { specDifferences } from './spec.ts';
