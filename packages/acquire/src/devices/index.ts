import type { DeviceKind } from '../device.ts';
import { bitalino } from './bitalino.ts';
import { bleGeneric } from './ble-generic.ts';
import { emotibit } from './emotibit.ts';
import { gsrLines } from './gsr-lines.ts';
import { heartRate } from './heart-rate.ts';
import { muse2 } from './muse-2.ts';
import { museAthena } from './muse-athena.ts';
import { neuroskyThinkgear } from './neurosky-thinkgear.ts';
import { openbciCyton } from './openbci-cyton.ts';
import { openbciCytonDaisy } from './openbci-cyton-daisy.ts';
import { openbciGanglion } from './openbci-ganglion.ts';
import { shimmer3Gsr } from './shimmer3-gsr.ts';
import { simulated } from './simulated.ts';

/** Every device there is, by name. A new device is one file and one line here. */
export const devices: readonly DeviceKind[] = [
  bitalino,
  bleGeneric,
  emotibit,
  gsrLines,
  heartRate,
  muse2,
  museAthena,
  neuroskyThinkgear,
  openbciCyton,
  openbciCytonDaisy,
  openbciGanglion,
  shimmer3Gsr,
  simulated,
];
