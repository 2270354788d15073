export { ModelError, type ModelErrorCode } from './errors.ts';
export type { AffectEstimate, EvaluationFigure, Model, ModelCard, ModelOutput } from './model.ts';
