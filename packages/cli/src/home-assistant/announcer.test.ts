import { describe, expect, test } from 'vitest';
import { card, session } from '../../test/fakes.ts';
import { sessionMessage, topics } from '../message.ts';
import { announcer } from './announcer.ts';
import { discovery } from './discovery.ts';

const twoMuses = ['aa', 'bb'].map((origin) => ({ device: 'muse-2', origin: `ble:#${origin}`, simulated: false }));
const tree = topics('test');
const common = { topics: tree, version: '1.2.3', healthEverySec: 60, everySec: 5, nodeId: '6f1c' };

/** What is published when the broker holds this configuration of an earlier run and no sensor has said anything yet. */
const publishedAfter = (sensors: readonly string[], batteries: readonly string[]): { topic: string; payload: string }[] => {
  const published: { topic: string; payload: string }[] = [];
  const now = sessionMessage({ ...session, sources: twoMuses }, [card]);
  const own = announcer({
    ...common,
    session: now,
    sensors: () => [],
    batteries: () => [],
    link: {
      publish: (topic, payload) => void published.push({ topic, payload: String(payload) }),
      connected: () => true,
      subscribe: () => {},
    },
    mention: () => {},
  });
  own.onUp();
  const { topic, payload } = discovery({ ...common, session: now, sensors, batteries });
  own.onMessage(topic, Buffer.from(JSON.stringify(payload)), true);
  own.close();
  return published;
};

describe('what an earlier run announced', () => {
  test('stays while its sensors have not said anything yet: nothing is taken out of Home Assistant at every start', () => {
    expect(publishedAfter(['muse-2', 'muse-2-2'], ['muse-2', 'muse-2-2'])).toEqual([]);
  });

  test('is removed where this run has no such sensor', () => {
    const [removal, ...more] = publishedAfter(['muse-2', 'openbci-cyton'], ['shimmer3-gsr']);
    expect(more).toEqual([]);
    const { components } = JSON.parse(removal.payload) as { components: Record<string, object> };
    expect(Object.keys(components).filter((key) => Object.keys(components[key]).join() === 'platform')).toEqual([
      'openbci_cyton_connected',
      'shimmer3_gsr_battery',
    ]);
  });
});
