import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { collect, type EvaluationReport, ModelError, type Protocol, planEvaluation, protocols, runTask } from '@affect-edge/models';
import { ConfigError } from '../errors.ts';
import { type EvaluateConfig, readEvaluateConfig } from '../evaluate/evaluate-config.ts';
import { evaluationData, usualConfig } from '../evaluate/evaluation-data.ts';
import { percent, protocolText, stimuliLines } from '../evaluate/figures-text.ts';
import { say, type Terminal } from '../terminal.ts';

export interface AuditOptions {
  readonly json?: boolean;
}

/** What the audit of each protocol found, for a person. */
export const auditLines = ({ data, protocols: reports }: EvaluationReport): string[] => [
  `${data.name}: ${data.windows} windows, ${data.trials} trials, ${data.subjects} subjects`,
  `nearest neighbour of the same trial: ${percent(data.trialRecognition.share)} (${percent(data.trialRecognition.chance)} by chance)`,
  ...data.features
    .filter(({ origin }) => origin === 'self-report')
    .map(({ name }) => `what a person said, which states the label to whoever reads it: ${name}`),
  ...data.trialConstants.slice(0, 8).map((name) => `names the trial: ${name}`),
  ...reports.flatMap((protocol) => [
    `${protocol.audit.stamp.padEnd(14)} ${protocolText(protocol)}`,
    ...protocol.audit.controls.map(
      ({ control, draws, chance }) =>
        `    ${control}: ${draws.map(percent).join(', ')} (chance ${percent(chance[0])} to ${percent(chance[1])})`,
    ),
    ...[...stimuliLines(protocol), ...protocol.audit.findings].map((line) => `    ${line}`),
  ]),
];

/** The protocols that a corpus has enough subjects, sessions and trials for. */
const possibleProtocols = (config: Omit<EvaluateConfig, 'out'>, data: Awaited<ReturnType<typeof evaluationData>>): string[] =>
  protocols
    .filter((protocol: Protocol) => {
      try {
        planEvaluation(data, {
          title: '',
          protocols: [protocol.name],
          normalisations: config.normalisations,
          networks: [],
          environment: {},
        });
        return true;
      } catch (error) {
        if (error instanceof ModelError && error.code === 'bad-option') return false;
        throw error;
      }
    })
    .map(({ name }) => name);

/** What finds leaks: resemblance, and knowing who and in which condition. Anything else would only take longer. */
const looksForLeaks = ['1-NN', 'lookup (subject, condition)'];

const audited = async (config: Omit<EvaluateConfig, 'out'>, isUsual: boolean): Promise<EvaluationReport> => {
  const data = await evaluationData(config);
  const whole = planEvaluation(data, {
    title: config.title,
    protocols: isUsual ? possibleProtocols(config, data) : config.protocols,
    normalisations: config.normalisations,
    networks: [],
    environment: {},
  });
  const plan = { ...whole, tasks: whole.tasks.filter(({ entrant }) => looksForLeaks.includes(entrant)) };
  const results = [];
  for (const task of plan.tasks) results.push(await runTask(plan, task, data));
  return collect(plan, data, results);
};

/** The report that `affect evaluate` wrote. @throws ConfigError('bad-option') for a file of another kind, or a damaged one. */
const readReport = (path: string): EvaluationReport => {
  try {
    const report: Partial<EvaluationReport> | null = JSON.parse(readFileSync(path, 'utf8'));
    if (report?.data !== undefined && Array.isArray(report.protocols)) return report as EvaluationReport;
  } catch {
    // told below
  }
  throw new ConfigError(
    'bad-option',
    `${path} is no report of 'affect evaluate', or it is damaged. 'affect evaluate … --collect' writes it anew.`,
  );
};

/**
 * Looks for leaks without training a network: what training and test share (their stimuli too, as a caution), what a nearest neighbour scores on labels
 * dealt anew and on noise, who was fitted on which rows, which inputs state the label. Takes a configuration, the folder of a finished evaluation, or a corpus. 0 where no honest
 * protocol leaks, else 1: that a published one does is no news.
 */
export const audit = async (path: string, { json = false }: AuditOptions, { out }: Terminal): Promise<number> => {
  if (!existsSync(path)) throw new ConfigError('not-found', `Cannot read ${path}: there is no such file or folder.`);
  const finished = join(path, 'report.json');
  const report = !statSync(path).isDirectory()
    ? await audited(readEvaluateConfig(path), false)
    : existsSync(finished)
      ? readReport(finished)
      : await audited(await usualConfig(path), true);
  if (json)
    say(
      out,
      JSON.stringify(
        {
          data: report.data,
          protocols: report.protocols.map(({ protocol, normalisation, kind, audit: own }) => ({
            protocol,
            normalisation,
            kind,
            audit: own,
          })),
        },
        null,
        2,
      ),
    );
  else for (const line of auditLines(report)) say(out, line);
  return report.protocols.some(({ kind, audit: own }) => kind === 'honest' && own.stamp === 'LEAKS') ? 1 : 0;
};
