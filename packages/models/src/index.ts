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
export { infer } from './infer.ts';
export { architectures, loadModel, readCard, shippedModels } from './load.ts';
export type { AffectEstimate, EvaluationFigure, Model, ModelCard, ModelOutput } from './model.ts';
export { readSafetensors, type Weights, type WeightTensor, writeSafetensors } from './safetensors.ts';
export { saveModel } from './save.ts';
export { rawTaus, sudomotorAhead, sudomotorScan, tauPrior, tausOf, timesFromRaw } from './sudomotor.ts';
export { type Estimated, fitSudomotor, type SudomotorFit, type SudomotorFitOptions } from './sudomotor-fit.ts';
export { type CheckpointFile, checkpointFile } from './train/checkpoint.ts';
export { balancedWeights, type ClassedRows, smote } from './train/class-balance.ts';
export { type SimulatedEdaTraining, simulatedEdaDefaults, trainSimulatedEda } from './train/eda-simulated.ts';
export {
  leaveOneOut,
  type StressPredictRecipe,
  stressPredictRecipe,
  stressPredictTable,
  trainStressPredict,
} from './train/eda-stress-predict.ts';
export { type Checkpoint, type FitOptions, type FitResult, fit, type Progress, type Trainable } from './train/fit.ts';
export { constant, cosine, type Schedule } from './train/schedule.ts';
export { type EegSimulatedOptions, type TrainedModel, trainEegSimulated } from './train/train-eeg-simulated.ts';
export { initialWeights, type TrainableTransformer, type TransformerExamples, trainableTransformer } from './train/transformer.ts';
export { transformerOnnx } from './transformer-onnx.ts';
