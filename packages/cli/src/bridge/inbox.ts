import { notMedical, type SessionMessage, type Topics } from '../message.ts';
import type { BrokerLink } from './broker-link.ts';
import { markIn, parseMark } from './marks.ts';
import type { Publish } from './rate.ts';
import { type Answerer, answer } from './requests.ts';

export interface InboxOptions {
  readonly topics: Topics;
  readonly session: SessionMessage;
  readonly version: string;
  readonly publishes: { readonly estimates: Publish; readonly features: Publish; readonly raw: Publish; readonly marks: boolean };
  readonly health: () => object;
  readonly link: Pick<BrokerLink, 'publish' | 'connected'>;
  readonly onMark?: (text: string) => void;
  readonly homeAssistant?: { readonly announce: () => void; readonly remove: () => void };
}

/** What others may say to the daemon over MQTT: requests, marks, self-reports. */
export interface Inbox {
  /** To be subscribed to. */
  readonly topics: readonly string[];
  readonly take: (topic: string, payload: Buffer) => void;
  /** What can be asked and what is published, retained as `bridge/info`. */
  readonly info: () => object;
}

/** Requests and marks taken in one second; the rest are left unanswered. */
const mostPerSec = 20;

export const bridgeInbox = (options: InboxOptions): Inbox => {
  const { topics, session, version, publishes, health, link, onMark, homeAssistant } = options;
  const requests = topics.request('');
  const mark: Answerer = (given) => {
    const parsed = markIn(given);
    if ('error' in parsed) throw new Error(parsed.error);
    onMark?.(parsed.text);
    return { text: parsed.text };
  };
  const answerers: Readonly<Record<string, Answerer>> = {
    health,
    info: () => info(),
    session: () => session,
    ...(onMark && { mark, 'self-report': mark }),
    ...(homeAssistant && {
      'restart-discovery': () => {
        homeAssistant.announce();
        return undefined;
      },
      'remove-discovery': () => {
        homeAssistant.remove();
        return undefined;
      },
    }),
  };
  const info = () => ({
    schema: 'affect.info/1',
    version,
    station: session.station,
    session: session.session,
    publishes,
    requests: Object.keys(answerers),
    marks: onMark !== undefined,
    home_assistant: homeAssistant !== undefined,
    notice: notMedical,
  });
  let second = 0;
  let taken = 0;
  return {
    topics: [topics.request('+'), ...(onMark ? [topics.markSet] : [])],
    info,
    take: (topic, payload) => {
      const now = Math.floor(performance.now() / 1000);
      taken = now === second ? taken + 1 : 1;
      second = now;
      if (taken > mostPerSec) return;
      if (topic === topics.markSet) {
        const parsed = parseMark(payload);
        if ('text' in parsed) onMark?.(parsed.text);
      } else if (topic.startsWith(requests)) {
        const name = topic.slice(requests.length);
        void answer(answerers, name, payload).then((said) => {
          if (link.connected()) link.publish(topics.response(name), JSON.stringify(said), { qos: 1, retain: false });
        });
      }
    },
  };
};
