import { errorText } from '../system-error.ts';
import { bluetooth } from './bluetooth.ts';
import { broker } from './broker.ts';
import { clock } from './clock.ts';
import { disks } from './disks.ts';
import { type Check, type Finding, type Surroundings, unknown } from './finding.ts';
import { groups } from './groups.ts';
import { kernelLog } from './kernel-log.ts';
import { line } from './line.ts';
import { load } from './load.ts';
import { nodeVersion } from './node-version.ts';
import { ports } from './ports.ts';
import { power } from './power.ts';
import { portRivals } from './rivals.ts';
import { twins } from './twins.ts';
import { unit } from './unit.ts';

/** Every check, in the order it is told; the one that keeps the processor busy comes last, so that it disturbs no other. */
export const checks: readonly Check[] = [
  nodeVersion,
  groups,
  ports,
  twins,
  portRivals,
  bluetooth,
  power,
  kernelLog,
  load,
  clock,
  disks,
  unit,
  broker,
  line,
];

/** What all checks find. A check that fails itself is a finding too, and no reason to skip the others. */
export const lookRound = async (surroundings: Surroundings, list: readonly Check[] = checks): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const check of list) {
    try {
      findings.push(...(await check(surroundings)));
    } catch (error) {
      findings.push(unknown('doctor', `a check failed itself: ${errorText(error)}`));
    }
  }
  return findings;
};
