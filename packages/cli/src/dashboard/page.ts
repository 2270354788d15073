import type { Phase } from '@affect-edge/acquire';
import type { EvaluationFigure, ModelCard } from '@affect-edge/models';
import { madeFrom, warmUpSec } from '../inputs-of.ts';
import { notMedical } from '../message.ts';
import type { Facts } from '../run-line.ts';
import type { Session } from '../session.ts';
import type { OpenSink } from '../sinks/sink.ts';
import { feed } from './feed.ts';
import type { Frame, Hello, PageModel } from './protocol.ts';
import { type PageServerOptions, pageServer } from './server.ts';

export interface PageOptions {
  readonly session: Session;
  readonly cards: readonly ModelCard[];
  readonly facts: Facts;
  readonly script?: readonly Phase[];
  readonly server?: PageServerOptions;
  /** Hears where the page is once it is there, and the link that lets one browser in (the same where everybody may look). */
  readonly onOpen: (url: string, link: string) => void;
}

/** Frames a page is sent, a second. */
const frameRate = 10;

/** The live page as a sink. What is not yet sent is bounded in time; a page that reads slowly is dropped, a page that opens late gets the past. */
export const page =
  ({ session, cards, facts, script = [], server: place = {}, onOpen }: PageOptions): OpenSink =>
  async () => {
    const { block, vector, estimate, take, past } = feed();
    const withFacts = (drawn: ReturnType<typeof take>): Frame => ({ ...drawn, losses: facts.losses(), sinks: facts.states() });
    const greet = (): string => {
      const hello: Hello = {
        type: 'hello',
        session: session.id,
        simulated: session.simulated,
        pairing: session.pairing,
        sources: session.sources.map(({ device, simulated }) => (simulated ? `simulated ${device}` : device)),
        notice: notMedical,
        models: cards.map(pageModel),
        script,
        past: withFacts(past()),
      };
      return JSON.stringify(hello);
    };
    const server = await pageServer(greet, place);
    onOpen(server.url, server.link());
    const timer = setInterval(() => {
      const frame = take();
      if (server.pages() > 0) server.broadcast(JSON.stringify(withFacts(frame)));
    }, 1000 / frameRate);
    return {
      name: 'page',
      block,
      vector,
      estimate,
      close: async () => {
        clearInterval(timer);
        await server.close();
      },
    };
  };

const pageModel = (card: ModelCard): PageModel => ({
  name: card.name,
  version: card.version,
  from: madeFrom(card),
  sha256: card.sha256,
  simulated: card.trainedOn.simulated,
  trainedOn: `${card.trainedOn.description} (${card.trainedOn.people} people, ${card.trainedOn.licence})`,
  intendedUse: card.intendedUse,
  limits: card.limits,
  windowSec: warmUpSec(card),
  outputs: card.outputs,
  evaluation: card.evaluation.map(describeFigure),
});

/** A figure with its protocol and what trivial predictors reach under it. */
export const describeFigure = ({ metric, value, interval95, protocol, baselines }: EvaluationFigure): string => {
  const interval = interval95 === undefined ? '' : ` (95 %: ${interval95[0].toFixed(3)} to ${interval95[1].toFixed(3)})`;
  const others = Object.entries(baselines).map(([name, figure]) => `${name} ${figure.toFixed(3)}`);
  return `${metric} ${value.toFixed(3)}${interval}; ${protocol}${others.length > 0 ? `; trivial: ${others.join(', ')}` : ''}`;
};
