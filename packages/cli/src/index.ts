export { ConfigError, type ConfigErrorCode } from './errors.ts';
export { type HealthMessage, healthMessage } from './health.ts';
export { type LoadedLine, loadLine } from './load-line.ts';
export { countLosses, describeLosses, type Losses, noLosses } from './losses.ts';
export { runCommand } from './main.ts';
export {
  type EstimateMessage,
  estimateMessage,
  type FeatureMessage,
  featureMessage,
  notMedical,
  sessionMessage,
  type Topics,
  topics,
} from './message.ts';
export { type Meter, type MeterOptions, metricsServer, openMeter, prometheusText, type Snapshot } from './metrics.ts';
export { longestMessage, type Outbox, type OutboxFigures, type OutboxOptions, openOutbox } from './outbox/outbox.ts';
export { type Parts, pipeline } from './pipeline.ts';
export { type Facts, type LineOptions, type Outcome, runLine } from './run-line.ts';
export { liveSessionId, type Session, type SourceInfo } from './session.ts';
export { type EmbeddedBroker, embeddedBroker } from './sinks/embedded-broker.ts';
export { jsonl } from './sinks/jsonl.ts';
export { type MqttOptions, mqtt } from './sinks/mqtt.ts';
export type { Fail, OpenSink, Sink } from './sinks/sink.ts';
