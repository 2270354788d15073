export type { Device, DeviceKind } from './device.ts';
export { AcquireError, type AcquireErrorCode } from './errors.ts';
export type { Chunk, Command, Link, Wire } from './link.ts';
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
