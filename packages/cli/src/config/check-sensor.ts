import { AcquireError, didYouMean, findDevice, openLink } from '@affect-edge/acquire';
import type { z } from 'zod';

/** What the file says of one sensor. */
export interface SensorSettings {
  readonly device: string;
  readonly link: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

/** The device's options as the device takes them: texts, as if typed on the command line. */
export const optionTexts = (options: SensorSettings['options']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]));

/** Makes the device and reads the link's address without opening it, so that a wrong word is found where it stands in the file. */
export const checkSensor = ({ device, link, options }: SensorSettings, context: z.RefinementCtx): void => {
  const complain = (path: string[], message: string, about: 'key' | 'value' = 'value'): void =>
    context.addIssue({ code: 'custom', path, message, params: { about } });
  const attempt = (path: string[], work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof AcquireError)) throw error;
      complain(path, error.message);
    }
  };
  attempt(['link'], () => openLink(link));
  let known: readonly string[] | undefined;
  attempt(['device'], () => {
    known = Object.keys(findDevice(device).options);
  });
  if (known === undefined) return;
  const unknown = Object.keys(options).filter((name) => !known!.includes(name));
  for (const name of unknown) {
    const which = known.length === 0 ? 'it has none' : `its options are ${known.join(', ')}`;
    complain(['options', name], `unknown option '${name}' of ${device}: ${which}.${didYouMean(name, known)}`, 'key');
  }
  if (unknown.length === 0) attempt(['options'], () => findDevice(device).create(optionTexts(options)));
};
