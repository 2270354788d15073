import { acquire, findDevice, openLink, ignoreReports as report } from '@affect-edge/acquire';
import { loadLine, pipeline } from '@affect-edge/cli';
import { take } from 'rxjs';

// A simulated board, twenty times faster than life, through the real decoder to the estimates of every model it can feed.
const cyton = findDevice('openbci-cyton').create();
const source = acquire(cyton, openLink('simulated:cyton?seed=7&speed=20'), { report });
const { models, features } = await loadLine(cyton.signals);

pipeline({ sources: [source], filters: [], hopSec: 0.5, features, models, report })
  .pipe(take(10))
  .subscribe(({ card, tmax, values, quality }) => {
    const numbers = card.outputs.map(({ name }, i) => `${name} ${values[i].toFixed(2)}`);
    console.log(`${tmax.toFixed(1)} s  ${card.name}  ${numbers.join('  ')}  quality ${quality.toFixed(2)}`);
  });
