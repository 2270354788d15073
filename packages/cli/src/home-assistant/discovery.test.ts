import { describe, expect, test } from 'vitest';
import { card, session } from '../../test/fakes.ts';
import { discoveryFaults } from '../../test/home-assistant-schema.ts';
import { sessionMessage, topics } from '../message.ts';
import { type Discovery, type DiscoveryParts, discovery, removalOf } from './discovery.ts';

const eda = {
  ...card,
  name: 'eda-model',
  inputs: [{ ...card.inputs[0]!, name: 'tonic-phasic' }],
  outputs: [{ name: 'p_stress', unit: '1', range: [0, 1] as const, meaning: 'How stressed.' }],
};
const eeg = {
  ...card,
  name: 'eeg-model',
  inputs: [{ ...card.inputs[0]!, name: 'band-de' }],
  outputs: [{ name: 'p_high_arousal', unit: '1', range: [0, 1] as const, meaning: 'How aroused.' }],
};
const parts = (more: Partial<DiscoveryParts> & { station?: string; cards?: (typeof card)[] } = {}): DiscoveryParts => {
  const { station = 'kitchen', cards = [eeg, eda] } = more;
  return {
    session: sessionMessage({ ...session, station }, cards),
    topics: topics(station),
    nodeId: '6f1c',
    sensors: ['openbci-cyton', 'gsr-lines'],
    batteries: ['muse-2'],
    everySec: 5,
    healthEverySec: 60,
    version: '1.2.3',
    ...more,
  };
};
const ids = ({ payload }: Discovery): string[] => Object.values(payload.components).map(({ unique_id: id }) => id!);

describe('discovery', () => {
  test('is the documented JSON', async () => {
    const { topic, payload } = discovery(parts());
    await expect(`${JSON.stringify({ topic, payload }, null, 2)}\n`).toMatchFileSnapshot(
      '../../test/golden/home-assistant-two-sensors.json',
    );
    await expect(
      `${JSON.stringify(discovery(parts({ cards: [card], sensors: ['muse-2'], batteries: [] })).payload, null, 2)}\n`,
    ).toMatchFileSnapshot('../../test/golden/home-assistant-one-sensor.json');
  });

  test('is what Home Assistant accepts, whatever names and units there are', () => {
    const odd = {
      ...card,
      name: 'größe & co',
      outputs: [...card.outputs, { name: 'Übelkeit', unit: '%', range: [0, 100] as const, meaning: '' }],
    };
    for (const given of [
      parts(),
      parts({ cards: [odd, odd], station: 'Küche 2', nodeId: 'Ä b', sensors: ['a b', 'a/b'] }),
      parts({ cards: [] }),
    ]) {
      const { topic, payload } = discovery(given);
      expect(discoveryFaults(topic, payload)).toEqual([]);
    }
  });

  test('ids are the same after a restart, under another station name and with another model that gives the same outputs', () => {
    const before = discovery(parts());
    const again = discovery(parts());
    const renamed = discovery(parts({ station: 'bedroom' }));
    const retrained = discovery(parts({ cards: [{ ...eeg, name: 'eeg-model-2', version: '2.0.0', sha256: 'cd'.repeat(32) }, eda] }));
    for (const after of [again, renamed, retrained]) {
      expect(ids(after)).toEqual(ids(before));
      expect(after.topic).toBe(before.topic);
      expect(after.payload.device).toHaveProperty('identifiers', ['affect_6f1c']);
    }
    const other = discovery(parts({ nodeId: 'another' }));
    expect(ids(other).filter((id) => ids(before).includes(id))).toEqual([]);
  });

  test('an estimate that stops coming becomes unavailable, and one sensor takes its estimates with it', () => {
    const { components } = discovery(parts({ sensors: ['muse-2'] })).payload;
    expect(components.eeg_p_high_arousal).toMatchObject({ expire_after: 30 });
    expect(components.eeg_p_high_arousal!.availability).toHaveLength(2);
    expect(discovery(parts()).payload.components.eeg_p_high_arousal!.availability).toBeUndefined();
  });

  test('no entity carries a unit or class that says more than is known: a probability is a number', () => {
    const { eeg_p_high_arousal: entity } = discovery(parts()).payload.components;
    expect(entity).not.toHaveProperty('device_class');
    expect(entity).not.toHaveProperty('unit_of_measurement');
    expect(entity!.name).toMatch(/estimate \(simulated\)$/);
  });
});

describe('removalOf', () => {
  const now = discovery(parts({ cards: [eda] }));
  test('names entities that have gone with nothing but their platform', () => {
    const removal = removalOf(JSON.stringify(discovery(parts()).payload), now)!;
    expect(removal.components.eeg_p_high_arousal).toEqual({ platform: 'sensor' });
    expect(removal.components.eda_p_stress).toEqual(now.payload.components.eda_p_stress);
    expect(discoveryFaults(now.topic, removal)).toEqual([]);
  });

  test('is nothing where nothing has gone, or where the message was not ours', () => {
    expect(removalOf(JSON.stringify(now.payload), now)).toBeUndefined();
    for (const foreign of ['', 'null', '[]', '7', '{"origin":{"name":"other"},"components":{"x":{"platform":"sensor"}}}'])
      expect(removalOf(foreign, now), foreign).toBeUndefined();
  });

  test.each(['null', '7', '[1, null]', '{"x":null}', '{"x":{}}', '{"x":{"platform":7}}'])(
    'is nothing for components of %s',
    (components) => {
      expect(removalOf(`{"origin":{"name":"affect-edge"},"components":${components}}`, now)).toBeUndefined();
    },
  );
});

describe('the validator', () => {
  test.each([
    ['a missing origin', ({ origin: _, ...rest }: Record<string, unknown>) => rest],
    ['a key nobody documents', (payload: Record<string, unknown>) => ({ ...payload, colour: 'red' })],
    ['a class that does not exist', (payload: Record<string, unknown>) => withEntity(payload, { device_class: 'arousal' })],
    [
      'a unit that the class does not have',
      (payload: Record<string, unknown>) => withEntity(payload, { device_class: 'battery', unit_of_measurement: 'V' }),
    ],
    ['an enum with a state class', (payload: Record<string, unknown>) => withEntity(payload, { device_class: 'enum', options: ['a'] })],
    ['an entity without an id', (payload: Record<string, unknown>) => withEntity(payload, { unique_id: undefined })],
    [
      'a key that a template cannot reach',
      (payload: Record<string, unknown>) => withEntity(payload, { value_template: '{{ value_json.values.x }}' }),
    ],
    ['a wildcard in a topic', (payload: Record<string, unknown>) => withEntity(payload, { state_topic: 'affect/#' })],
  ])('finds %s', (_, spoil) => {
    const { topic, payload } = discovery(parts());
    expect(discoveryFaults(topic, JSON.parse(JSON.stringify(spoil({ ...payload }))))).not.toEqual([]);
  });
});

const withEntity = (payload: Record<string, unknown>, more: object) => {
  // what 'discovery' made, spoilt by nobody yet
  const components = payload.components as Record<string, object>;
  return { ...payload, components: { ...components, eeg_p_high_arousal: { ...components.eeg_p_high_arousal, ...more } } };
};
