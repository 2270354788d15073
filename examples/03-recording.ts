import { openRecording, play } from '@affect-edge/acquire';
import { epochs, extract, tonicPhasic } from '@affect-edge/features';
import { filter, takeLast } from 'rxjs';

// A recording is a source like any other: skin conductance of an Empatica E4, taken apart into its slow and its fast part.
const recording = await openRecording('packages/cli/test/recordings/e4-s02');
console.log(`${recording.format}: ${recording.signals.map(({ id, sfreq }) => `${id} at ${sfreq} Hz`).join(', ')}`);

play([recording], { speed: 'max' })
  .pipe(
    filter(({ signal }) => signal.kind === 'eda'),
    epochs({ hopSec: 0.5 }),
    extract([tonicPhasic()], 0.5),
    takeLast(4),
  )
  .subscribe(({ tmax, values: [tonic, phasic], quality }) => {
    console.log(`${tmax.toFixed(1)} s  tonic ${tonic.toFixed(3)} µS  phasic ${phasic.toFixed(3)} µS  quality ${quality.toFixed(2)}`);
  });
