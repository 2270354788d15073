import { createHash } from 'node:crypto';
import { ModelError } from '../errors.ts';
import { type NetworkSettings, networkDefaults } from './entrant.ts';
import { entrants, findEntrant } from './entrants.ts';
import { foldsOf } from './folds.ts';
import { normalisationName, parseNormalisation } from './normalise.ts';
import { findProtocol } from './protocols.ts';
import type { EvaluationTable } from './table.ts';

/** What is evaluated: the table, and two independent draws of noise through the same pipeline for the control. */
export interface EvaluationData {
  readonly table: EvaluationTable;
  readonly noise: readonly [EvaluationTable, EvaluationTable];
}

export interface EvaluationPlanOptions {
  readonly title: string;
  /** Names of protocols, in the order of the report. */
  readonly protocols: readonly string[];
  /** As `parseNormalisation` reads them; every protocol is run with each. */
  readonly normalisations: readonly string[];
  /** Names of networks; all that fit the table when absent, none for `[]`. Baselines always run. */
  readonly networks?: readonly string[];
  /** Whether networks also run without their parts. */
  readonly ablate?: boolean;
  readonly settings?: Partial<NetworkSettings>;
  /** What else decides the numbers: engine, versions. Part of the plan's hash and of the report. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Controls: the nearest neighbour where there is nothing to find. */
export const controls = ['labels dealt anew, 1', 'labels dealt anew, 2', 'noise, 1', 'noise, 2'] as const;
export type Control = (typeof controls)[number];

/** One independent piece of an evaluation: some folds of one entrant under one protocol, or one control over all folds. */
export interface EvaluationTask {
  /** Position in the plan. */
  readonly id: number;
  readonly protocol: string;
  readonly normalisation: string;
  readonly control?: Control;
  readonly entrant: string;
  /** Positions of the folds; of a control's own data where there is one. */
  readonly folds: readonly number[];
}

export interface EvaluationPlan {
  readonly title: string;
  readonly tasks: readonly EvaluationTask[];
  readonly settings: NetworkSettings;
  readonly environment: Readonly<Record<string, string>>;
  /** sha-256 of the table, hex. */
  readonly data: string;
  /** sha-256 of everything that decides the numbers, hex: results of another plan do not belong here. */
  readonly sha256: string;
}

/** sha-256 of everything in a table, hex. */
export const tableHash = (table: EvaluationTable): string => {
  const hash = createHash('sha256');
  const add = (array: Int32Array | Float32Array | Float64Array): void => {
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  };
  const { name, description, subjects, sessions, trials, label, stimuli } = table;
  hash.update(JSON.stringify({ name, description, subjects, sessions, trials, classes: label.classes, label: label.name }));
  for (const array of [table.subject, table.session, table.trial, table.tmin, table.tmax, label.values]) add(array);
  for (const { spec, values } of table.features) {
    hash.update(JSON.stringify(spec));
    add(values);
  }
  for (const { name: quantity, values, persistence } of table.quantities) {
    hash.update(quantity);
    add(values);
    add(persistence);
  }
  if (stimuli) {
    hash.update(JSON.stringify(stimuli.names));
    add(stimuli.ofTrial);
  }
  return hash.digest('hex');
};

/**
 * All tasks of an evaluation, always the same in the same order. Tasks know nothing of each other: they may run in any order, anywhere, again.
 * @throws ModelError('bad-option') for an unknown protocol, normalisation or network, and where the data cannot be split as a protocol wants.
 */
export const planEvaluation = (data: EvaluationData, options: EvaluationPlanOptions): EvaluationPlan => {
  const { table } = data;
  const settings: NetworkSettings = { ...networkDefaults, ...options.settings };
  const networks = options.networks?.map(findEntrant);
  const competitors = entrants.filter((entrant) => {
    if (!entrant.fits(table)) return false;
    if (entrant.kind === 'baseline') return true;
    if (entrant.kind === 'ablation') return options.ablate === true && networks?.length !== 0;
    return networks === undefined || networks.includes(entrant);
  });
  const misfit = networks?.find((network) => !network.fits(table));
  if (misfit) throw new ModelError('bad-option', `'${misfit.name}' cannot read '${table.name}': it has no features for it.`);
  const tasks: EvaluationTask[] = [];
  for (const name of options.protocols) {
    const protocol = findProtocol(name);
    const nFolds = foldsOf(protocol, table).length;
    const all = Array.from({ length: nFolds }, (_, fold) => fold);
    for (const wanted of options.normalisations) {
      const normalisation = normalisationName(parseNormalisation(wanted));
      const add = (entrant: string, folds: readonly number[], control?: Control): void => {
        tasks.push({ id: tasks.length, protocol: name, normalisation, entrant, folds, ...(control && { control }) });
      };
      for (const { name: entrant, needsEngine } of competitors) {
        // A network's fold is worth a task of its own; the small ones are not.
        if (needsEngine) for (const fold of all) add(entrant, [fold]);
        else add(entrant, all);
      }
      for (const control of controls) {
        const draw = control.startsWith('noise') ? data.noise[control.endsWith('1') ? 0 : 1] : table;
        add(
          '1-NN',
          foldsOf(protocol, draw).map((_, fold) => fold),
          control,
        );
      }
    }
  }
  const dataHash = tableHash(table);
  const deciding = {
    tasks,
    settings,
    environment: options.environment,
    data: dataHash,
    noise: data.noise.map(tableHash),
    title: options.title,
  };
  return {
    title: options.title,
    tasks,
    settings,
    environment: options.environment,
    data: dataHash,
    sha256: createHash('sha256').update(JSON.stringify(deciding)).digest('hex'),
  };
};
