import { ModelError } from '@affect-edge/models';
import { ConfigError } from '../errors.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';
import type { LineFacts } from './try-line.ts';

/** What computes, how long it takes to load, and how many channels this machine can carry. */
export const line: Check = async ({ probes, loaded }) => {
  const { models, engine } = loaded?.settings.line ?? {};
  try {
    return judgeLine(
      await probes.line({
        sensors: loaded?.settings.sensors ?? [],
        ...(models !== undefined && { models }),
        ...(engine !== undefined && { engine }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ModelError)) throw error;
    return [fail('models', error.message, { command: 'affect models' })];
  }
};

const slowLoadSec = 20;
/** The share of one core the line may take: the rest is for bursts, the page and the system. */
const fairShare = 0.5;
/** A board that people use: sixteen channels at 250 Hz. */
const wantedChannels = 16;

/** The findings of a load and a short run. */
export const judgeLine = ({ engine, loadMs, models, realTimeFactor, nChannels, sfreq }: LineFacts): Finding[] => {
  const loadSec = loadMs / 1000;
  const names = models.map(({ name, estimateMs }) => `${name} ${estimateMs.toFixed(1)} ms`).join(', ');
  const maxChannels = Math.floor(nChannels * realTimeFactor * fairShare);
  const says = `about ${maxChannels} channels at ${sfreq} Hz on half a core (${realTimeFactor.toFixed(0)} times real time with ${nChannels})`;
  const lighter = { command: "affect config print # and set 'line.hop' to 1s or name fewer models" };
  return [
    /^tfjs-(wasm|cpu)/.test(engine)
      ? warn('engine', engine, { command: 'npm rebuild onnxruntime-node # or install the 64-bit system, where it needs no building' })
      : ok('engine', engine),
    loadSec > slowLoadSec
      ? warn('models', `loaded in ${loadSec.toFixed(1)} s: ${names}`, { action: 'A faster card (A2) or a USB disk starts quicker.' })
      : ok('models', `loaded in ${loadSec.toFixed(1)} s: ${names}`),
    maxChannels < nChannels
      ? fail('speed', says, lighter)
      : maxChannels < wantedChannels
        ? warn('speed', says, lighter)
        : ok('speed', says),
  ];
};
