import { sensorLevels } from '../bridge/availability.ts';
import type { BrokerLink } from '../bridge/broker-link.ts';
import { rateGate } from '../bridge/rate.ts';
import type { EstimateMessage, SessionMessage } from '../message.ts';
import type { Topics } from '../topics.ts';
import { type Discovery, discovery, removalOf } from './discovery.ts';

export interface HomeAssistantOptions {
  /** First level of the discovery topics; `homeassistant` when absent. */
  readonly prefix?: string;
  /** Time between two states of an estimate, s; 5 when absent. Home Assistant keeps every one it gets. */
  readonly everySec?: number;
  /** Names this installation for ever, so that entities survive another station name; the station when absent. */
  readonly nodeId?: string;
}

export interface AnnouncerParts extends HomeAssistantOptions {
  readonly topics: Topics;
  readonly session: SessionMessage;
  readonly version: string;
  readonly healthEverySec: number;
  readonly sensors: () => readonly string[];
  readonly batteries: () => readonly string[];
  readonly link: Pick<BrokerLink, 'publish' | 'connected' | 'subscribe'>;
  /** Publishes what nobody waits for. */
  readonly mention: (topic: string, payload: string) => void;
}

/** Keeps Home Assistant informed of one device. */
export interface Announcer {
  readonly onUp: () => void;
  /** Gives whether the message was for it. */
  readonly onMessage: (topic: string, payload: Buffer, retained: boolean) => boolean;
  readonly estimate: (model: string, message: EstimateMessage) => void;
  /** The configuration may have changed: a sensor or a battery is new. */
  readonly refresh: () => void;
  readonly announce: () => void;
  /** Takes the device and all its entities out of Home Assistant. */
  readonly remove: () => void;
  readonly close: () => void;
}

const retained = { qos: 1, retain: true } as const;
/** Home Assistant says `online` before it listens to everything, ms. */
const afterBirthMs = 1000;
const refreshMs = 500;

export const announcer = (parts: AnnouncerParts): Announcer => {
  const { topics, session, version, healthEverySec, link, mention, prefix = 'homeassistant', everySec = 5 } = parts;
  const birth = `${prefix}/status`;
  const mayPass = rateGate({ maxPerSec: 1 / everySec });
  const latest = new Map<string, string>();
  let removed = false;
  let earlier = false; // what an earlier run announced has been looked at
  let timer: NodeJS.Timeout | undefined;

  const withSensors = (sensors: readonly string[], batteries: readonly string[]): Discovery =>
    discovery({
      ...{ session, topics, version, everySec, healthEverySec, prefix },
      nodeId: parts.nodeId ?? session.station,
      sensors,
      batteries,
    });
  const now = (): Discovery => withSensors(parts.sensors(), parts.batteries());
  /** With all that sensors of this session may still tell of themselves. */
  const expected = (): Discovery => {
    const sensors = [...sensorLevels(session.sources).values()];
    return withSensors(sensors, sensors);
  };
  const topic = now().topic;
  const announce = (): void => {
    removed = false;
    if (!link.connected()) return;
    link.publish(topic, JSON.stringify(now().payload), retained);
    for (const [model, payload] of latest) mention(topics.state(model), payload);
  };
  const soon = (ms: number): void => {
    if (removed) return;
    clearTimeout(timer);
    timer = setTimeout(() => link.connected() && announce(), ms);
    timer.unref();
  };
  return {
    onUp: () => {
      earlier = false;
      // What is retained must be seen before it is replaced: it tells which entities have gone.
      link.subscribe([birth, topic], () => soon(refreshMs));
    },
    onMessage: (name, payload, isRetained) => {
      if (name === birth) {
        if (payload.toString() === 'online' && !isRetained) soon(afterBirthMs);
        return true;
      }
      if (name !== topic) return false;
      if (isRetained && !earlier && !removed) {
        earlier = true;
        const removal = removalOf(payload.toString(), now(), expected());
        if (removal !== undefined) link.publish(topic, JSON.stringify(removal), retained);
      }
      return true;
    },
    estimate: (model, message) => {
      if (!mayPass(model, message.t_sec)) return;
      const payload = JSON.stringify(message);
      latest.set(model, payload);
      mention(topics.state(model), payload);
    },
    refresh: () => soon(refreshMs),
    announce,
    remove: () => {
      removed = true;
      clearTimeout(timer);
      if (link.connected()) link.publish(topic, '', retained);
    },
    close: () => clearTimeout(timer),
  };
};
