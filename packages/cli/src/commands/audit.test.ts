import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationReport } from '@affect-edge/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlReport } from '../evaluate/html.ts';
import { markdownReport, resultsSection } from '../evaluate/markdown.ts';
import type { Screen } from '../sinks/console.ts';
import { audit } from './audit.ts';

const config = `title: Audited
data:
  noise: { subjects: 4, trials: 8, trialSec: 8 }
  recipe: streaming
  strideSec: 1
protocols: [paper:pinn, leave-one-subject-out]
normalisations: [none]
networks: [electrode transformer]
out: out
`;

let folder = '';
const run = async (path: string, json = false) => {
  let text = '';
  const write = (chunk: string): boolean => {
    text += chunk;
    return true;
  };
  const screen = { write } as unknown as Screen;
  const code = await audit(path, { json }, { out: screen, err: screen, stop: new AbortController().signal });
  return { code, text };
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'affect-audit-'));
  writeFileSync(join(folder, 'config.yaml'), config);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('affect audit', () => {
  test('stamps windows that overlap under a random split, trains no network, and passes an honest protocol', async () => {
    const { code, text } = await run(join(folder, 'config.yaml'));
    expect(text).toMatch(/LEAKS\s+paper:pinn, none\n/);
    expect(text).toMatch(/no leak found\s+leave-one-subject-out, none\n/);
    expect(text).toMatch(/% of the test windows share time with a training window/);
    expect(code).toBe(0);
  }, 60_000);

  test.each(['{"schema":"affect.report/1","data":{}}', '{"version":1,', 'null'])(
    'a report.json of another kind is refused: %s',
    async (text) => {
      writeFileSync(join(folder, 'report.json'), text);
      await expect(run(folder)).rejects.toThrow("is no report of 'affect evaluate', or it is damaged");
    },
  );

  test('reads the report of a finished evaluation, and an honest protocol that leaks is exit code 1', async () => {
    const stamped = (kind: string) => ({ ...report, protocols: report.protocols.map((one) => ({ ...one, kind })) });
    for (const [kind, code] of [
      ['published', 0],
      ['honest', 1],
    ] as const) {
      writeFileSync(join(folder, 'report.json'), JSON.stringify(stamped(kind)));
      const told = await run(folder, true);
      expect(JSON.parse(told.text).protocols[0].audit.stamp).toBe('LEAKS');
      expect(told.code).toBe(code);
    }
  });

  test('clips that training knows are a caution, on the screen and in JSON; no leak, and no exit code', async () => {
    const stimuli = { isShared: true, folds: [], labelOfStimulus: 1, mostFrequentLabel: 0.5, sentence: '4 of 4 test stimuli' };
    const honest = (audit: object) => ({
      ...report,
      protocols: report.protocols.map((one) => ({ ...one, kind: 'honest', audit: { ...one.audit, stamp: 'no leak found', ...audit } })),
    });
    writeFileSync(join(folder, 'report.json'), JSON.stringify(honest({ stimuli })));
    const told = await run(folder);
    expect(told.text).toMatch(/^no leak found +paper:pinn, none$/m);
    expect(told.text).toContain('    caution: 4 of 4 test stimuli\n');
    expect(told.code).toBe(0);
    expect(JSON.parse((await run(folder, true)).text).protocols[0].audit.stimuli).toEqual(stimuli);
    // A report from before there was this check, or of a corpus that does not say what was shown.
    writeFileSync(join(folder, 'report.json'), JSON.stringify(honest({})));
    expect((await run(folder)).text).not.toMatch(/caution|stimul/);
  });

  test('a folder that is not there is said to be so', async () => {
    await expect(run(join(folder, 'nowhere'))).rejects.toThrow('there is no such file or folder');
  });
});

const report: EvaluationReport = {
  version: 1,
  title: 'A <script>alert(1)</script> title',
  data: {
    name: 'made up',
    description: 'by | hand',
    windows: 10,
    subjects: 2,
    sessions: 2,
    trials: 4,
    label: 'stress',
    classes: { calm: 5, 'a <b>': 5 },
    features: [],
    trialConstants: ['questionnaire[0]'],
    trialRecognition: { share: 0.9, chance: 0.3 },
    sha256: '0'.repeat(64),
  },
  protocols: [
    {
      protocol: 'paper:pinn',
      title: 'as published',
      kind: 'published',
      normalisation: 'none',
      nFolds: 2,
      nTestWindows: 10,
      leftOut: ['S03'],
      audit: {
        stamp: 'LEAKS',
        shared: { sameTrialInTraining: 1, sameSubjectInTraining: 1, overlapsTrainingInTime: 1 },
        controls: [{ control: 'noise', draws: [1, 1], chance: [0.4, 0.6], nTrials: 96, isAbove: true }],
        fittedOnTest: [],
        selfReport: [],
        findings: ['noise: 100 %'],
      },
      entrants: ['lookup (subject, condition)', 'EDA physics'].map((entrant, i) => ({
        entrant,
        title: entrant,
        kind: i === 0 ? 'baseline' : 'network',
        reads: [],
        figures: [{ metric: 'balanced accuracy', value: i === 0 ? 1 : 0.875, interval95: [0.75, 1] }],
        confusion: [
          [5, 0],
          [1, 4],
        ],
        subjects: [{ subject: 'S<1>', nWindows: 10, accuracy: 0.9, balancedAccuracy: 0.9, macroF1: 0.9 }],
        calibration: [[0.9, 0.8, 10]],
        quantities: {},
        chosen: {},
        learned: { 'α₀, 1/s': { mean: 0.01, range: [0.009, 0.011], folds: [0.009, 0.011] } },
        fitted: [],
      })),
    },
  ],
  environment: { affect: '0.1.0' },
  plan: '1'.repeat(64),
};

describe('reports', () => {
  test('who could not be tested is named', () => {
    for (const text of [markdownReport(report), resultsSection(report), htmlReport(report)])
      expect(text).toContain('As published. 2 folds, 10 test windows. Left out, with too few sessions or trials of their own: S03.');
  });

  test('the page has the stamp, plots of subjects, calibration and learned numbers, and no text becomes code', () => {
    const page = htmlReport(report);
    expect(page).toContain('class="stamp LEAKS">LEAKS<');
    for (const title of ['EDA physics, each subject', 'EDA physics, calibration', 'EDA physics: α₀, 1/s']) expect(page).toContain(title);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('S<1>');
    expect(page).toContain('0.875 [0.750, 1.000]');
  });

  test('Markdown says that no network beats the lookup table, and stamps the row', () => {
    for (const text of [markdownReport(report), resultsSection(report)]) {
      expect(text).toContain('| paper:pinn, none | **LEAKS** |');
      expect(text).toContain(
        'paper:pinn, none, balanced accuracy: lookup (subject, condition), which reads no sensor, 1.000; no network does better (EDA physics, 0.875).',
      );
      expect(text).toContain('learned α₀, 1/s 0.01 (0.009–0.011)');
    }
  });
});
