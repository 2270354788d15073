import { athenaNotifications } from './athena.ts';
import { bitalinoStream } from './bitalino.ts';
import { cytonStream, gsrText } from './cyton.ts';
import { daisyStream } from './cyton-daisy.ts';
import { emotibitDatagrams } from './emotibit.ts';
import type { Fake } from './fake.ts';
import { ganglionFirmware2, ganglionFirmware3 } from './ganglion.ts';
import { heartRateStrap, packedSensor } from './heart.ts';
import { museNotifications } from './muse.ts';
import { shimmerStream } from './shimmer.ts';
import { simulatedSensor } from './simulated.ts';
import { thinkgearStream } from './thinkgear.ts';

/** Every device that can be played, in each of its variants. */
export const fakes: readonly Fake[] = [
  museNotifications('p21'),
  museNotifications('p50'),
  athenaNotifications('p21'),
  athenaNotifications('p1034'),
  athenaNotifications('p1035'),
  athenaNotifications('p1041'),
  ganglionFirmware2(18),
  ganglionFirmware2(19),
  ganglionFirmware3(18),
  ganglionFirmware3(19),
  shimmerStream(0),
  shimmerStream(1),
  shimmerStream(2, true),
  bitalinoStream(3, 100),
  bitalinoStream(4, 1000),
  bitalinoStream(6, 100),
  thinkgearStream(),
  emotibitDatagrams(),
  heartRateStrap(),
  packedSensor(),
  cytonStream(),
  daisyStream(),
  gsrText(),
  simulatedSensor(),
];
