import { devices } from '@affect-edge/acquire';
import { type ModelCard, readCard, shippedModels } from '@affect-edge/models';
import { findSettings } from '../config/find-settings.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { notMedical } from '../message.ts';
import type { Terminal } from '../terminal.ts';

export interface NoticeOptions {
  readonly config?: string;
  readonly contact?: string;
}

/** Prints the notice for people who wear the sensors or are near them, filled in from the configuration where there is one. */
export const notice = async ({ config, contact }: NoticeOptions, { out }: Terminal): Promise<number> => {
  const file = findSettings(config);
  const settings = file === undefined ? undefined : loadSettings(file).settings;
  const names = settings?.line.models ?? shippedModels();
  out.write(noticeText({ ...(settings && { settings }), cards: names.map(readCard), ...(contact !== undefined && { contact }) }));
  return 0;
};

const purposes: Readonly<Record<string, string>> = {
  research: 'research',
  personal: 'personal use by the person who wears the sensors',
  'medical-supervised': 'use under the supervision of a physician, who answers for it',
  safety: 'the safety of the persons concerned',
  workplace: 'use at a workplace, under an exception that was written down',
  education: 'use in education, under an exception that was written down',
};

const blank = '____________________';

/**
 * What Art. 50(3) of the EU AI Act (Regulation 2024/1689) wants people to know where a system infers emotions, and Art. 13 of the GDPR where data of
 * theirs is processed. What the program cannot know is left blank.
 */
export const noticeText = ({
  settings,
  cards,
  contact = blank,
}: {
  readonly settings?: Settings;
  readonly cards: readonly ModelCard[];
  readonly contact?: string;
}): string => {
  const sensors = settings?.sensors.map(({ device }) => devices.find(({ name }) => name === device)?.title ?? device) ?? [blank];
  const outputs = [...new Set(cards.flatMap((card) => card.outputs.map(({ name, meaning }) => `- ${name}: ${meaning}`)))];
  const { record, mqtt } = settings ?? {};
  return [
    'NOTICE: signals of the body are measured here, and a program estimates arousal from them',
    '',
    `Who is responsible: ${contact}`,
    `What for: ${settings?.intended_use === undefined ? blank : purposes[settings.intended_use]}`,
    `What is measured: ${sensors.join(', ')}`,
    '',
    'What is estimated from it, by a computer on this spot:',
    ...(outputs.length > 0 ? outputs : [`- ${blank}`]),
    '',
    'These are estimates with large errors, not what a person feels. Each comes with its quality; where the signals are poor there is none. Nobody should',
    'be judged by them.',
    '',
    `What is kept: ${record === undefined ? 'no recording is made by the program' : `recordings on this machine, ${record.keep === undefined ? 'until they are deleted by hand' : `deleted after ${daysOrHours(record.keep)}`}`}.`,
    `Where it goes: ${
      mqtt === undefined
        ? 'the estimates stay on this machine'
        : `estimates${mqtt.publish.marks ? ', and marks with what they say,' : ''} go to the message broker of whoever is responsible${mqtt.publish.raw ? ', and so do the raw signals' : '; the raw signals stay on this machine'}`
    }.`,
    '',
    'You may say no, take the sensors off at any time, see what is kept of you, and have it deleted. Ask whoever is responsible; in the EU you may also',
    'complain to a data protection authority.',
    '',
    notMedical,
    '',
  ].join('\n');
};

const daysOrHours = (seconds: number): string =>
  seconds >= 2 * 86_400 ? `${Math.round(seconds / 86_400)} days` : `${Math.round(seconds / 3600)} hours`;
