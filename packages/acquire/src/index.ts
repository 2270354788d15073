export { type AcquireOptions, acquire, type RecoverableLink } from './acquire.ts';
export { type BlockWriter, blockWriter, type Counting } from './block-writer.ts';
export { type Placement, type SampleClock, type SampleClockOptions, sampleClock } from './clock.ts';
export { checkDataset, type DatasetCheck, type DatasetCount, type DatasetProblem } from './datasets/check-dataset.ts';
export type { Corpus, Dataset, DatasetPart, PrecomputedFeature, PublishedCounts, Trial } from './datasets/dataset.ts';
export { corpora, openDataset } from './datasets/index.ts';
export {
  openStressPredict,
  readStressPredictLabels,
  type StressPredictPerson,
  type StressPredictPhase,
} from './datasets/stress-predict.ts';
export type { Device, DeviceKind } from './device.ts';
export { devices } from './devices/index.ts';
export { type DiscoverOptions, type Discovery, discover, type Sighting } from './discover.ts';
export { type SerialFacts, serialFacts } from './discover-serial.ts';
export { createDevices, distinctDevices } from './distinct-devices.ts';
export { AcquireError, type AcquireErrorCode } from './errors.ts';
export type { Cut } from './files/cut-blocks.ts';
export { formats, openRecording } from './files/index.ts';
export { type Inspection, inspectRecording, type SignalInspection, type StreamInspection } from './files/inspect.ts';
export { belongTogether, type PlayOptions, play, playedMarks, playedSignals } from './files/play.ts';
export { type RecordedText, recordedTexts } from './files/recorded-texts.ts';
export type { Mark, Recording, RecordingOptions } from './files/recording.ts';
export { recordingsOf } from './files/session-parts.ts';
export type { RecordedSource } from './files/xdf-header.ts';
export { findDevice } from './find-device.ts';
export type { Chunk, Command, Link, Wire } from './link.ts';
export { type BleLinkParts, bleLink } from './links/ble.ts';
export type { BleAdvertisement, BleCentral, BlePeripheral, BleScan } from './links/ble-central.ts';
export { closeBluetooth } from './links/noble-load.ts';
export {
  type SimulatedBoardName,
  type SimulatedOptions,
  simulatedBoards,
  simulatedChunks,
  simulatedGsrOptions,
} from './links/simulated.ts';
export { closest, didYouMean } from './names.ts';
export { type LinkParts, openLink, sessionClock } from './open-link.ts';
export { ignoreReports, type Report, type Reporter } from './report.ts';
export {
  type AccelerationSignal,
  type AuxiliarySignal,
  type EdaSignal,
  type EegSignal,
  type GyroscopeSignal,
  type HeartRateSignal,
  type InterBeatSignal,
  type Montage,
  nTimesOf,
  type PpgSignal,
  type SampleBlock,
  type Signal,
  type SignalKind,
  type SignalOf,
  type TemperatureSignal,
} from './signal.ts';
export type { EegSource } from './wearer/brain.ts';
export { drawPerson, type Person, type Skin } from './wearer/person.ts';
export { type Random, random } from './wearer/random.ts';
export { arousalAt, defaultScript, drawScript, type Phase, phaseAt, type Script } from './wearer/script.ts';
export type { EdaSource } from './wearer/skin.ts';
export { createWearer, type Wearer } from './wearer/wearer.ts';
export { type AnonymiseOptions, anonymised, freeTexts, leastDaysBack, mostDaysBack } from './writers/anonymised.ts';
export type { BidsOptions } from './writers/bids-sidecars.ts';
export { writeBids } from './writers/bids-writer.ts';
export { writeCsv } from './writers/csv-writer.ts';
export { type EdfOptions, writeEdf } from './writers/edf-writer.ts';
export { createRecorder, defaultSyncSec, type Recorder, type RecorderOptions } from './writers/recorder.ts';
export type { PartSize } from './writers/recording-parts.ts';
export { type Repaired, repairRecording } from './writers/repair.ts';
export { type Progress, type WriteOptions, type Written, type WrittenSignal, watched } from './writers/write-options.ts';
export { writeXdf } from './writers/xdf-export.ts';
