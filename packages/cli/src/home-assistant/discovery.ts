import type { SessionMessage } from '../message.ts';
import { level, type Topics } from '../topics.ts';

/** What Home Assistant is told about one station: https://www.home-assistant.io/integrations/mqtt (device discovery). */
export interface DiscoveryParts {
  readonly session: SessionMessage;
  readonly topics: Topics;
  /** Names this installation for ever: ids of devices and entities hang on it, so a renamed station keeps its history. */
  readonly nodeId: string;
  /** Sensors by their level of the topic tree. */
  readonly sensors: readonly string[];
  /** Devices that have told how full their battery is. */
  readonly batteries: readonly string[];
  /** Time between two states of an estimate, s. */
  readonly everySec: number;
  /** Time between two health messages, s. */
  readonly healthEverySec: number;
  readonly version: string;
  /** First level of the discovery topics; `homeassistant` when absent. */
  readonly prefix?: string;
}

/** One entity, as its platform is documented. */
export interface Component {
  readonly platform: 'sensor' | 'binary_sensor';
  readonly unique_id?: string;
  readonly [key: string]: unknown;
}

export interface Discovery {
  readonly topic: string;
  readonly payload: {
    readonly device: object;
    readonly origin: object;
    readonly availability: readonly object[];
    readonly availability_mode: 'all';
    readonly qos: 1;
    readonly components: Readonly<Record<string, Component>>;
  };
}

const isReady = "{{ 'online' if value_json.state == 'ready' else 'offline' }}";

/** Letters, digits and underscores only, as Home Assistant wants ids. */
export const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '') || 'x';

/** The topic of the device's configuration. */
export const discoveryTopic = (nodeId: string, prefix = 'homeassistant'): string => `${prefix}/device/affect_${slug(nodeId)}/config`;

/**
 * The configuration of the device. Ids are made of the installation, the kind of signal and the output's name: they survive a restart, another name of
 * the station and another model with the same output. An estimate that stops coming is unavailable after six intervals, not frozen.
 */
export const discovery = (parts: DiscoveryParts): Discovery => {
  const { session, topics, nodeId, prefix, version } = parts;
  const node = `affect_${slug(nodeId)}`;
  const components = Object.fromEntries(
    [...estimateEntities(parts), ...sensorEntities(parts), ...batteryEntities(parts), ...diagnosticEntities(parts)].map(([key, entity]) => [
      key,
      {
        ...entity,
        unique_id: `${node}_${key}`,
        default_entity_id: `${entity.platform}.affect_${slug(session.station)}_${key}`,
      },
    ]),
  );
  return {
    topic: discoveryTopic(nodeId, prefix),
    payload: {
      device: {
        identifiers: [node],
        name: `Affect ${session.station}`,
        manufacturer: 'Affect Edge',
        model: 'Affect estimates, not a medical device',
        sw_version: version,
      },
      origin: { name: 'affect-edge', sw_version: version, support_url: 'https://github.com/affect-edge/affect-edge' },
      availability: [{ topic: topics.availability, value_template: isReady }],
      availability_mode: 'all',
      qos: 1,
      components,
    },
  };
};

type Entity = Component & { readonly name: string };
type Named = readonly [string, Entity];

const estimateEntities = ({ session, topics, sensors, everySec }: DiscoveryParts): Named[] => {
  const used = new Map<string, number>();
  return session.models.flatMap((model) => {
    const from = slug(model.made_from);
    const own = (name: string): string => {
      const key = `${from === 'x' ? '' : `${from}_`}${slug(name)}`;
      const n = (used.get(key) ?? 0) + 1;
      used.set(key, n);
      return n === 1 ? key : `${key}_${n}`;
    };
    // With one sensor only, an estimate is there when the sensor is; with several nobody knows here which one it hangs on.
    const withSensor = sensors.length === 1 && {
      availability: [topics.availability, topics.sensorAvailability(sensors[0]!)].map((topic) => ({ topic, value_template: isReady })),
      availability_mode: 'all',
    };
    const shared = {
      platform: 'sensor' as const,
      state_topic: topics.state(model.name),
      expire_after: Math.max(30, Math.ceil(6 * everySec)),
      ...withSensor,
    };
    const about = model.simulated || session.simulated.input ? ' (simulated)' : '';
    const label = model.made_from === '' ? '' : `${model.made_from} `;
    return [
      ...model.outputs.map(({ key, unit }): Named => {
        const name = `${label}${words(key)} estimate${about}`;
        return [
          own(key),
          {
            ...shared,
            name,
            value_template: `{{ value_json['values'][${quoted(key)}] }}`,
            state_class: 'measurement',
            suggested_display_precision: 2,
            icon: 'mdi:head-heart-outline',
            ...(unit !== '1' && unit !== '' && { unit_of_measurement: unit }),
          },
        ];
      }),
      [
        own('quality'),
        {
          ...shared,
          name: `${label}quality`,
          value_template: '{{ (value_json.quality * 100) | round(0) }}',
          state_class: 'measurement',
          unit_of_measurement: '%',
          entity_category: 'diagnostic',
          icon: 'mdi:signal',
        },
      ],
    ];
  });
};

const sensorEntities = ({ sensors, topics }: DiscoveryParts): Named[] =>
  sensors.map(
    (sensor): Named => [
      `${slug(sensor)}_connected`,
      {
        platform: 'binary_sensor',
        name: `${sensor} connected`,
        device_class: 'connectivity',
        entity_category: 'diagnostic',
        state_topic: topics.sensorAvailability(sensor),
        value_template: "{{ 'ON' if value_json.state == 'ready' else 'OFF' }}",
      },
    ],
  );

const batteryEntities = ({ batteries, topics, healthEverySec }: DiscoveryParts): Named[] =>
  batteries.map(
    (device): Named => [
      `${slug(device)}_battery`,
      {
        platform: 'sensor',
        name: `${device} battery`,
        device_class: 'battery',
        state_class: 'measurement',
        unit_of_measurement: '%',
        entity_category: 'diagnostic',
        state_topic: topics.health,
        expire_after: Math.ceil(5 * healthEverySec),
        value_template: `{{ (value_json.battery[${quoted(level(device))}] * 100) | round(0) }}`,
      },
    ],
  );

const diagnosticEntities = ({ topics, healthEverySec }: DiscoveryParts): Named[] => {
  const counter = (key: string, name: string, path: string, more: object): Named => [
    key,
    {
      platform: 'sensor',
      name,
      entity_category: 'diagnostic',
      state_topic: topics.health,
      expire_after: Math.ceil(5 * healthEverySec),
      value_template: `{{ value_json.${path} }}`,
      ...more,
    },
  ];
  return [
    counter('lost_samples', 'Lost samples', 'line.lost_samples', { state_class: 'total_increasing', icon: 'mdi:access-point-remove' }),
    counter('reconnects', 'Sensor reconnects', 'line.reconnects', { state_class: 'total_increasing', icon: 'mdi:connection' }),
    counter('waiting', 'Messages waiting', 'outbox.depth', { state_class: 'measurement', icon: 'mdi:tray-full' }),
    counter('dropped', 'Messages dropped', 'outbox.dropped', { state_class: 'total_increasing', icon: 'mdi:tray-remove' }),
    counter('memory', 'Memory', 'process.rss_mebibytes', {
      state_class: 'measurement',
      unit_of_measurement: 'MiB',
      device_class: 'data_size',
    }),
    counter('uptime', 'Uptime', 'process.uptime_sec', { state_class: 'measurement', unit_of_measurement: 's', device_class: 'duration' }),
  ];
};

/** A key for a template. In brackets always: `value_json.values` would be Python's method of that name. */
const quoted = (key: string): string => `'${key.replace(/[\\']/g, '\\$&')}'`;

/** `p_high_arousal` as a person says it: `P high arousal`. */
const words = (key: string): string => {
  const text = key.replaceAll('_', ' ').trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/**
 * The configuration with which entities that are no longer there are removed: they are named once more with nothing but their platform. After it the
 * plain configuration is sent again. Nothing where the earlier one had no others, or was not ours. What is in `expected` and not yet in `now` (a
 * sensor that has said nothing so far) has not gone: Home Assistant would forget what its owner has set for it.
 */
export const removalOf = (earlier: string, now: Discovery, expected: Discovery = now): Discovery['payload'] | undefined => {
  let before: { readonly origin?: { readonly name?: unknown }; readonly components?: Readonly<Record<string, Component | null>> | null };
  try {
    before = JSON.parse(earlier);
  } catch {
    return undefined;
  }
  if (before?.origin?.name !== 'affect-edge' || typeof before.components !== 'object') return undefined;
  // Anybody may have left the message there: what has no platform is no entity.
  const isThere = (key: string): boolean => [now, expected].some(({ payload }) => Object.hasOwn(payload.components, key));
  const gone = Object.entries(before.components ?? {}).flatMap(([key, component]): [string, Component][] =>
    typeof component?.platform === 'string' && !isThere(key) ? [[key, { platform: component.platform }]] : [],
  );
  if (gone.length === 0) return undefined;
  return {
    ...now.payload,
    components: { ...now.payload.components, ...Object.fromEntries(gone) },
  };
};
