import { acquire, findDevice, ignoreReports, openLink } from '@affect-edge/acquire';
import { bandDe, epochs, extract } from '@affect-edge/features';
import { take } from 'rxjs';

// No model: only the feature, electrode by electrode. Every vector knows its unit, its axes and how it was made.
const cyton = findDevice('openbci-cyton').create();
const hopSec = 1;

acquire(cyton, openLink('simulated:cyton?seed=7&speed=20'))
  .pipe(epochs({ hopSec }), extract([bandDe()], hopSec, ignoreReports), take(3))
  .subscribe(({ spec, tmax, values }) => {
    const [channels, bands] = spec.axes.map(({ labels }) => labels);
    console.log(`${tmax} s, ${spec.name} in ${spec.unit}`);
    channels.forEach((channel, c) => {
      console.log(`  ${channel}  ${bands.map((band, b) => `${band} ${values[c * bands.length + b].toFixed(2)}`).join('  ')}`);
    });
  });
