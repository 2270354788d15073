import type { Frame, Hello, PageMessage, PageModel, ScriptPhase } from '../src/dashboard/protocol.ts';
import { bandMap } from './bands.ts';
import { eegStrip } from './eeg.ts';
import { showModels, simulatedWarning } from './models.ts';
import { phasesBetween } from './script.ts';
import { type Series, series } from './series.ts';
import { clock, curveColour, element, make } from './theme.ts';

/** One number of one model that has its place on the page. */
interface Readout {
  readonly model: PageModel;
  readonly output: number;
  readonly label: string;
  readonly value: HTMLElement;
  readonly below: HTMLElement;
  /** Only numbers between 0 and 1 share the chart. */
  readonly onChart: boolean;
}

const readoutsOf = (models: readonly PageModel[]): Readout[] => {
  const from = (output: { readonly name: string }, model: PageModel): string => `${output.name} · ${model.from}`;
  const all = models.flatMap((model) => model.outputs.map((output) => from(output, model)));
  // A label names one curve: where two models give the same of the same sensor, their own names tell them apart.
  const isOnly = (label: string): boolean => all.indexOf(label) === all.lastIndexOf(label);
  const labelOf = (output: { readonly name: string }, model: PageModel): string =>
    isOnly(from(output, model)) ? from(output, model) : `${output.name} · ${model.name}`;
  return models.flatMap((model) =>
    model.outputs.map((output, n) => ({
      model,
      output: n,
      label: models.length > 1 ? labelOf(output, model) : output.name,
      value: make('b', '', '–'),
      below: make('span', '', ''),
      onChart: output.range[0] >= 0 && output.range[1] <= 1,
    })),
  );
};

const open = (hello: Hello) => {
  element('station').textContent = hello.sources.join(' + ');
  element('notice').textContent = hello.notice;
  const anySimulated = hello.simulated || hello.models.some((model) => model.simulated);
  element('banner').textContent = [anySimulated && simulatedWarning, hello.pairing && `Note: ${hello.pairing}.`].filter(Boolean).join(' ');
  element('banner').hidden = element('banner').textContent === '';
  element('estimates-note').textContent = hello.script.length > 0 ? 'dashed: the arousal the simulated wearer is told to feel' : '';
  const showNumbers = showModels(hello.models);

  const readouts = readoutsOf(hello.models);
  const charted = readouts.filter((readout) => readout.onChart);
  element('readouts').replaceChildren(
    ...charted.map((readout) => {
      const box = make('div', 'readout');
      const name = make('span', '', readout.label);
      const swatch = make('i');
      if (readout.onChart) swatch.style.background = curveColour(charted.indexOf(readout));
      name.prepend(swatch);
      box.title = readout.model.outputs[readout.output].meaning;
      box.append(name, readout.value, readout.below);
      return box;
    }),
  );
  const estimates = series({
    host: element('estimates'),
    curves: charted.map(({ label }) => label),
    range: [0, 1],
    spanSec: 300,
    gapSec: 2,
    script: hello.script,
    showTarget: true,
  });
  const skin = series({
    host: element('eda'),
    curves: ['measured', 'tonic', 'phasic'],
    right: 'phasic',
    legend: true,
    minSpan: 0.2,
    spanSec: 180,
    gapSec: 2,
    script: hello.script,
  });
  const skinSignals: string[] = [];
  return { hello, readouts, estimates, skin, skinSignals, showNumbers };
};

type Page = ReturnType<typeof open>;

const showEstimates = ({ hello, readouts, estimates, showNumbers }: Page, frame: Frame): void => {
  for (const { name } of hello.models) {
    const last = frame.estimates.findLast((estimate) => estimate.model === name);
    if (last !== undefined) showNumbers(last);
  }
  for (const { model, output, label, value, below, onChart } of readouts) {
    const own = frame.estimates.filter((estimate) => estimate.model === model.name);
    const last = own.at(-1);
    if (last !== undefined) {
      value.textContent = last.values[output].toFixed(2);
      below.textContent = `quality ${last.quality.toFixed(2)}`;
      if (onChart)
        addTo(
          estimates,
          label,
          own.map((estimate) => [estimate.tSec, estimate.values[output]]),
        );
    } else if (value.textContent === '–') {
      const left = Math.ceil(model.windowSec - frame.tSec);
      below.textContent = left > 0 ? `needs ${left} s more` : 'waiting for its inputs';
    }
  }
};

const addTo = (target: Series, curve: string, points: readonly (readonly [number, number])[]): void => {
  if (points.length > 0) target.add(curve, points);
};

const showSkin = ({ skin, skinSignals }: Page, frame: Frame): void => {
  // The first sensor's curves have plain names, those of a second one say whose they are.
  const named = (curve: string, signal: string): string => {
    if (!skinSignals.includes(signal)) skinSignals.push(signal);
    return signal === skinSignals[0] ? curve : `${curve} · ${signal}`;
  };
  for (const trace of frame.traces) {
    if (trace.kind !== 'eda') continue;
    addTo(
      skin,
      named('measured', trace.signal),
      trace.rows[0].map((value, i) => [trace.fromSec + i * trace.stepSec, value]),
    );
  }
  for (const { name, signal, points } of frame.curves) addTo(skin, named(name, signal), points);
};

const showFlow = (frame: Frame): void => {
  const { losses } = frame;
  const lost = Object.entries(losses.lostSamples).filter(([, count]) => count > 0);
  const total = lost.reduce((sum, [, count]) => sum + count, 0) + losses.badFrames + losses.damaged + losses.dropped;
  const pill = element('losses');
  pill.textContent = total === 0 ? 'no losses' : `${total} lost`;
  pill.classList.toggle('lossy', total > 0);
  const rows: readonly (readonly [string, string])[] = [
    ['samples lost', lost.map(([signal, count]) => `${signal} ${count}`).join(', ') || '0'],
    ['bad frames', `${losses.badFrames}${losses.badBytes > 0 ? ` (${losses.badBytes} bytes)` : ''}`],
    ['work dropped', `${losses.dropped}`],
    ['reconnects', `${losses.reconnects}`],
    ...Object.entries(losses.down).map(([uri, detail]) => [uri, detail] as const),
    ['outputs', frame.sinks.join(' · ') || 'none'],
  ];
  element('flow').replaceChildren(...rows.flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]));
};

const showPhase = (script: readonly ScriptPhase[], tSec: number): void => {
  const [phase] = phasesBetween(script, tSec, tSec + 1e-6);
  element('phase').hidden = phase === undefined;
  element('phase').textContent = phase === undefined ? '' : `the wearer's script: ${phase.name}`;
};

const eeg = eegStrip();
const bands = bandMap();

const showFrame = (page: Page, frame: Frame): void => {
  element('clock').textContent = clock(frame.tSec);
  showPhase(page.hello.script, frame.tSec);
  for (const trace of frame.traces) eeg.add(trace);
  for (const feature of frame.features) if (feature.signal === eeg.shown()) bands.show(feature);
  showSkin(page, frame);
  showEstimates(page, frame);
  showFlow(frame);
};

/** Listens for ever: a page left open finds the next session by itself. A new session starts with a fresh page. */
const listen = (opened: string | undefined): void => {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`);
  let page: Page | undefined;
  const lamp = (on: boolean): void => {
    element('link').classList.toggle('off', !on);
    element('link').title = on ? 'live' : 'not connected: trying every second';
  };
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as PageMessage;
    if (message.type === 'hello') {
      if (opened !== undefined) return location.reload();
      page = open(message);
      opened = message.session;
      showFrame(page, message.past);
      lamp(true);
    } else if (page !== undefined) showFrame(page, message);
  };
  socket.onclose = () => {
    lamp(false);
    setTimeout(listen, 1000, opened);
  };
};
listen(undefined);
