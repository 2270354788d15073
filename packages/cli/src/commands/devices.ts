import { closeBluetooth, type Discovery, discover, type Sighting } from '@affect-edge/acquire';
import { say, type Terminal } from '../terminal.ts';

export interface DevicesOptions {
  /** How long to listen for Bluetooth devices, s; the radio is left alone when absent. */
  readonly ble?: number;
  readonly json?: boolean;
}

/** Lists what is plugged in or on the air, what it probably is, and why something cannot be used. */
export const devices = async ({ ble = 0, json = false }: DevicesOptions, { out }: Terminal): Promise<number> => {
  const found = await discover({ bleSec: ble }).finally(closeBluetooth);
  if (json) say(out, JSON.stringify(found, null, 2));
  else for (const line of describeDiscovery(found)) say(out, line);
  return 0;
};

/** A discovery as lines for a person: what was found, what to check, where it was looked. */
export const describeDiscovery = ({ sightings, looked, check }: Discovery): string[] => [
  ...(sightings.length === 0 ? ['Nothing found.'] : sightings.flatMap(describeSighting)),
  ...check.map((advice) => `Check   ${advice}`),
  `Looked  ${looked.join('; ')}.`,
];

const describeSighting = ({ link, devices, says, details, problem }: Sighting): string[] => {
  const facts = Object.entries(details).map(([name, value]) => `${name} ${value}`);
  const guess = devices.length === 0 ? 'unknown device' : devices.join(' or ');
  return [
    `${link}  ${guess}${says === '' ? '' : `  “${says}”`}${facts.length === 0 ? '' : `  (${facts.join(', ')})`}`,
    ...(problem === undefined ? [] : [`        cannot be used as it is: ${problem.message}`]),
  ];
};
