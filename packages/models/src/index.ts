export type { Architecture } from './architecture.ts';
export { type AttentionMap, attentionMaps } from './attention-maps.ts';
export { checkWeights, parseCard, sha256, writeCard } from './card.ts';
export { type EdaPhysicsOutputs, type EdaPhysicsRows, type EdaPhysicsShape, edaPhysics, edaPhysicsDefaults } from './eda-physics.ts';
export { edaPinn, edaPinnStart, edaPinnWeights, type PinnLaw, type ResidualForm, weakestDirection } from './eda-pinn.ts';
export { electrodeTransformer, parametersOn, rbtransformer2025, type Trace, type TransformerConfig } from './electrode-transformer.ts';
export { transferMontage, transferShares } from './embedding-transfer.ts';
export type { Engine, EngineInfo, EngineName, OnnxEngine, OnnxSession, TfjsEngine } from './engines/engine.ts';
export { type InstallOptions, type InstallProgress, installNativeEngine } from './engines/install-native.ts';
export { type OnnxOptions, openOnnxEngine } from './engines/onnx.ts';
export { openServingEngine } from './engines/serving.ts';
export { type EngineOptions, openEngine } from './engines/tfjs.ts';
export { nativeEngineFolder } from './engines/tfjs-native.ts';
export { ModelError, type ModelErrorCode } from './errors.ts';
export { type Classifier, type FitClassifier, linearDiscriminant, logisticRegression, majority } from './evaluate/baselines.ts';
export { collect } from './evaluate/collect.ts';
export { type EdaTableOptions, edaTable } from './evaluate/eda-table.ts';
export { type EegTableOptions, eegTable } from './evaluate/eeg-table.ts';
export { type NetworkSettings, networkDefaults } from './evaluate/entrant.ts';
export { entrants, findEntrant } from './evaluate/entrants.ts';
export type { LabelChoice } from './evaluate/label-choice.ts';
export {
  areaUnderCurve,
  balancedAccuracy,
  bootstrapOverPeople,
  type Confusion,
  concordance,
  confusion,
  macroF1,
  skill,
} from './evaluate/metrics.ts';
export { coin, type NoiseShape, noiseEdaTrials, noiseEegTrials } from './evaluate/noise-trials.ts';
export { type Normalisation, normalisationName, parseNormalisation } from './evaluate/normalise.ts';
export {
  type EvaluationData,
  type EvaluationPlan,
  type EvaluationPlanOptions,
  type EvaluationTask,
  planEvaluation,
  tableHash,
} from './evaluate/plan.ts';
export { type PrecomputedTableOptions, precomputedTable } from './evaluate/precomputed-table.ts';
export { findProtocol, type Protocol, protocols } from './evaluate/protocols.ts';
export type {
  AuditReport,
  ControlReport,
  DataReport,
  EntrantReport,
  EvaluationReport,
  Figure,
  OverFolds,
  ProtocolReport,
  StimulusFold,
  StimulusReport,
  SubjectFigures,
} from './evaluate/report.ts';
export { type FoldResult, runTask, type TaskResult } from './evaluate/run-task.ts';
export { type SimulatedShape, simulatedLabel, simulatedTrials } from './evaluate/simulated-trials.ts';
export type { EvaluationTable, TableFeature, TableLabel, TableQuantity, TableStimuli } from './evaluate/table.ts';
export { noiseInPlaceOf, withStandIn } from './evaluate/table-controls.ts';
export { infer } from './infer.ts';
export { architectures, loadModel, readCard, shippedModels } from './load.ts';
export type { AffectEstimate, EvaluationFigure, Model, ModelCard, ModelOutput } from './model.ts';
export { readSafetensors, type Weights, type WeightTensor, writeSafetensors } from './safetensors.ts';
export { saveModel } from './save.ts';
export { rawTaus, sudomotorAhead, sudomotorScan, tauPrior, tausOf, timesFromRaw } from './sudomotor.ts';
export { type Estimated, fitSudomotor, type SudomotorFit, type SudomotorFitOptions } from './sudomotor-fit.ts';
export { type CheckpointFile, checkpointFile } from './train/checkpoint.ts';
export { balancedWeights, type ClassedRows, smote } from './train/class-balance.ts';
export { type LeaveOneOut, leaveOneOut } from './train/eda-leave-one-out.ts';
export { type SimulatedEdaTraining, simulatedEdaDefaults, trainSimulatedEda } from './train/eda-simulated.ts';
export {
  type StressPredictRecipe,
  type StressPredictTable,
  stressPredictRecipe,
  stressPredictTable,
  trainStressPredict,
} from './train/eda-stress-predict.ts';
export { type Checkpoint, type FitOptions, type FitResult, fit, type Progress, type Trainable } from './train/fit.ts';
export { constant, cosine, type Schedule } from './train/schedule.ts';
export { type EegSimulatedOptions, trainEegSimulated } from './train/train-eeg-simulated.ts';
export type { Trained, TrainingRun } from './train/training-run.ts';
export { initialWeights, type TrainableTransformer, type TransformerExamples, trainableTransformer } from './train/transformer.ts';
export {
  type Balance,
  balances,
  type TransformerPreset,
  type TransformerRecipe,
  transformerPresets,
} from './train/transformer-recipe.ts';
export { normalisations as transformerNormalisations } from './transformer-card.ts';
export { transformerOnnx } from './transformer-onnx.ts';
export { type OutputUncertainty, uncertaintyOf } from './uncertainty.ts';
