import type { EvaluationPlanOptions, TfjsEngine } from '@affect-edge/models';

/** What a worker needs to know once. */
export interface WorkerStart {
  readonly folder: string;
  readonly plan: EvaluationPlanOptions;
  /** The plan's sha-256: a worker that plans otherwise was built from other sources. */
  readonly sha256: string;
  /** Absent where no network is trained. */
  readonly engine?: TfjsEngine['name'];
}

/** To a worker. */
export type ToWorker = { readonly kind: 'start'; readonly start: WorkerStart } | { readonly kind: 'run'; readonly id: number };
/** From a worker. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly message: string };
