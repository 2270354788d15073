import type { z } from 'zod';
import { isSimulated } from '../simulated.ts';

/** What the estimates are for. The last two are what Art. 5(1)(f) of the EU AI Act (Regulation 2024/1689) forbids, medical and safety reasons excepted. */
export const intendedUses = ['research', 'personal', 'medical-supervised', 'safety', 'workplace', 'education'] as const;

/** What the keys at the top mean together. */
interface Together {
  readonly sensors: readonly { readonly link: string }[];
  readonly intended_use?: (typeof intendedUses)[number] | undefined;
  readonly exception?: string | undefined;
}

/** Checks what no key tells alone: links used twice, and what the estimates are for where people wear the sensors. */
export const checkTogether = (settings: Together, context: z.RefinementCtx): void => {
  const complain = (at: PropertyKey[], message: string, about: 'key' | 'value' = 'value'): void =>
    context.addIssue({ code: 'custom', path: at, message, params: { about } });
  const links = settings.sensors.map(({ link }) => link);
  for (const [index, link] of links.entries()) {
    if (links.indexOf(link) < index)
      complain(['sensors', index, 'link'], `sensors[${links.indexOf(link)}] has this link already. Each sensor needs its own.`);
  }
  const { intended_use: use } = settings;
  if (use === undefined && links.some((link) => !isSimulated(link))) {
    complain(
      ['intended_use'],
      `'intended_use' is missing: people may wear these sensors, so say what the estimates are for, one of ${intendedUses.join(', ')}. Add 'intended_use: research'.`,
      'key',
    );
  }
  if ((use === 'workplace' || use === 'education') && settings.exception === undefined) {
    complain(
      ['intended_use'],
      `inferring emotions at a workplace or in education is forbidden in the EU (AI Act, Art. 5(1)(f)) except for medical or safety reasons. ` +
        `If one applies, write it down: exception: "the reason, and who decided".`,
    );
  }
};
