import type { Fitted } from './fitted.ts';

/** A figure with its 95 % bootstrap interval over subjects; no interval where there is but one subject. NaN figures are left out. */
export interface Figure {
  readonly metric: string;
  readonly value: number;
  readonly interval95?: readonly [number, number];
}

/** Figures of one subject. */
export interface SubjectFigures {
  readonly subject: string;
  readonly nWindows: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
}

/** How an entrant did under a protocol. */
export interface EntrantReport {
  readonly entrant: string;
  readonly title: string;
  readonly kind: 'baseline' | 'network' | 'ablation';
  /** What it was told of every window. */
  readonly reads: readonly string[];
  /** Mean over subjects of each subject's own figure; calibration error over all windows. Empty where it tells no label. */
  readonly figures: readonly Figure[];
  /** Rows are the truth. */
  readonly confusion?: readonly (readonly number[])[];
  readonly subjects?: readonly SubjectFigures[];
  /** Bins of confidence: mean confidence, share right, number of windows. */
  readonly calibration?: readonly (readonly [confidence: number, right: number, n: number])[];
  /** Quantity → figures. */
  readonly quantities: Readonly<Record<string, readonly Figure[]>>;
  /** Hyper-parameters of each fold (chosen inside it, where the protocol allows), and what was learned there. */
  readonly chosen: Readonly<Record<string, OverFolds>>;
  readonly learned: Readonly<Record<string, OverFolds>>;
  readonly fitted: readonly Fitted[];
}

/** A number that each fold has. */
export interface OverFolds {
  readonly mean: number;
  readonly range: readonly [number, number];
  readonly folds: readonly number[];
}

/** What the nearest neighbour scores where there is nothing to find. */
export interface ControlReport {
  /** `labels dealt anew`, `noise`. */
  readonly control: string;
  /** Balanced accuracy of each independent draw. */
  readonly draws: readonly number[];
  /** What a coin gets in 95 of 100 such draws, from the number of trials (each counts once, however many windows it has). */
  readonly chance: readonly [number, number];
  readonly nTrials: number;
  /** Every draw lies above the interval. */
  readonly isAbove: boolean;
}

/** What the test trials of a fold were shown, and whether training was shown it in another trial. Only trials whose stimulus is documented count. */
export interface StimulusFold {
  readonly fold: string;
  readonly nTrials: number;
  /** Test trials whose stimulus was also shown in a training trial. */
  readonly nTrialsShown: number;
  /** Different stimuli of the test trials, and how many of these were also shown in training. */
  readonly nStimuli: number;
  readonly nStimuliShown: number;
}

/**
 * Whether training was shown what the test was shown. A caution and no leak: published honest protocols have it. But who recognises a clip by its
 * soundtrack or its course of brightness need know nothing of emotions where labels go with clips.
 */
export interface StimulusReport {
  /** Some test trial's stimulus was also shown in training. */
  readonly isShared: boolean;
  readonly folds: readonly StimulusFold[];
  /**
   * Of the test trials whose stimulus was also shown in training, all folds together: the share for which the label is right that most of its training
   * trials have (of equals none is right). 0 where there is no such trial.
   */
  readonly labelOfStimulus: number;
  /** Of the same trials: the share for which the most frequent label of the training trials is right. */
  readonly mostFrequentLabel: number;
  /** The same in one sentence. */
  readonly sentence: string;
}

/** What the audit of a protocol over a table found. */
export interface AuditReport {
  /** `LEAKS` where a control is above chance or something was fitted on labels of test windows. */
  readonly stamp: 'LEAKS' | 'no leak found';
  /** Shares of the test windows, mean over folds. */
  readonly shared: {
    readonly sameTrialInTraining: number;
    readonly sameSubjectInTraining: number;
    readonly overlapsTrainingInTime: number;
  };
  readonly controls: readonly ControlReport[];
  /** Fits that have seen test windows. */
  readonly fittedOnTest: readonly (Fitted & { readonly entrant: string })[];
  /** Entrants that were told what a person said, or who and in which condition. */
  readonly selfReport: readonly { readonly entrant: string; readonly reads: readonly string[] }[];
  /** Absent where it is not documented what was shown. It does not decide the stamp. */
  readonly stimuli?: StimulusReport;
  /** One sentence for each thing found. */
  readonly findings: readonly string[];
}

/** One protocol with one normalisation. */
export interface ProtocolReport {
  readonly protocol: string;
  readonly title: string;
  readonly kind: 'published' | 'honest';
  readonly normalisation: string;
  readonly nFolds: number;
  readonly nTestWindows: number;
  /** Subjects who have too few sessions or trials for this protocol; absent where there are none. */
  readonly leftOut?: readonly string[];
  readonly audit: AuditReport;
  readonly entrants: readonly EntrantReport[];
}

/** What is known of the data themselves, whatever the protocol. */
export interface DataReport {
  readonly name: string;
  readonly description: string;
  readonly windows: number;
  readonly subjects: number;
  readonly sessions: number;
  readonly trials: number;
  readonly label: string;
  /** Windows of each class. */
  readonly classes: Readonly<Record<string, number>>;
  readonly features: readonly {
    readonly name: string;
    readonly unit: string;
    readonly shape: readonly number[];
    readonly origin: string;
    readonly recipe: Readonly<Record<string, string | number>>;
  }[];
  /** Values that are the same throughout every trial and differ between trials of a session. */
  readonly trialConstants: readonly string[];
  /** How often a window's nearest neighbour in its session, overlapping ones aside, is of the same trial; and how often by chance. */
  readonly trialRecognition: { readonly share: number; readonly chance: number };
  /** sha-256 of everything in the table. */
  readonly sha256: string;
}

/** The whole evaluation. The same tasks give the same report, byte for byte, wherever and in whichever order they ran. */
export interface EvaluationReport {
  readonly version: 1;
  readonly title: string;
  readonly data: DataReport;
  readonly protocols: readonly ProtocolReport[];
  /** What decided the numbers: engine, settings, seeds, versions. */
  readonly environment: Readonly<Record<string, string>>;
  /** sha-256 of the plan: data, protocols, settings. */
  readonly plan: string;
}
