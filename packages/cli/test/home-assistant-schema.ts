/**
 * What Home Assistant accepts, written down from its documentation (home-assistant.io: integrations/mqtt, integrations/sensor.mqtt,
 * integrations/binary_sensor.mqtt, core/entity/sensor; read in November 2026). Stricter than Home Assistant where a wrong key would be ignored there:
 * here it is an error.
 */

const sensorClasses: Readonly<Record<string, readonly string[]>> = {
  battery: ['%'],
  data_size: ['B', 'kB', 'MB', 'GB', 'KiB', 'MiB', 'GiB'],
  duration: ['d', 'h', 'min', 's', 'ms'],
  enum: [],
  signal_strength: ['dB', 'dBm'],
  temperature: ['°C', '°F', 'K'],
};
const binaryClasses = ['battery', 'connectivity', 'problem', 'running'];
const stateClasses = ['measurement', 'total', 'total_increasing'];
const categories = ['diagnostic', 'config'];

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;
const isText = (value: unknown): boolean => typeof value === 'string' && value.length > 0;
const isTopic = (value: unknown): boolean => isText(value) && !/[#+\s]/.test(value as string);
/** Attributes that every Python dict has: in a template they hide a key of that name. */
const hidden = /\.(clear|copy|fromkeys|get|items|keys|pop|popitem|setdefault|update|values)\b/;
const isTemplate = (value: unknown): boolean => isText(value) && /^\{\{.*\}\}$/.test(value as string) && !hidden.test(value as string);
const isOneOf =
  (...known: readonly unknown[]) =>
  (value: unknown): boolean =>
    known.includes(value);
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

const availabilityShape: Shape = {
  topic: isTopic,
  value_template: isTemplate,
  payload_available: isText,
  payload_not_available: isText,
};
const entityShape: Shape = {
  platform: isOneOf('sensor', 'binary_sensor'),
  unique_id: isText,
  default_entity_id: (value) => /^(sensor|binary_sensor)\.[a-z0-9_]+$/.test(String(value)),
  name: isText,
  icon: (value) => /^mdi:[a-z-]+$/.test(String(value)),
  entity_category: isOneOf(...categories),
  state_topic: isTopic,
  value_template: isTemplate,
  expire_after: isCount,
  device_class: isText,
  state_class: isOneOf(...stateClasses),
  unit_of_measurement: isText,
  suggested_display_precision: isCount,
  options: Array.isArray,
  availability: Array.isArray,
  availability_mode: isOneOf('all', 'any', 'latest'),
  payload_on: isText,
  payload_off: isText,
};

const check = (at: string, value: object, shape: Shape, required: readonly string[]): string[] => [
  ...required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${at} lacks ${key}`),
  ...Object.entries(value).flatMap(([key, part]) => {
    if (!Object.hasOwn(shape, key)) return [`${at}.${key} is not documented`];
    return shape[key]!(part) ? [] : [`${at}.${key} may not be ${JSON.stringify(part)}`];
  }),
];

const checkAvailability = (at: string, list: unknown): string[] =>
  Array.isArray(list) ? list.flatMap((one, i) => check(`${at}[${i}]`, one, availabilityShape, ['topic'])) : [];

const checkEntity = (at: string, entity: Readonly<Record<string, unknown>>): string[] => {
  // An entity with nothing but its platform is removed.
  if (Object.keys(entity).length === 1 && (entity.platform ?? entity.p) !== undefined) return [];
  const { platform, device_class: deviceClass, state_class: stateClass, unit_of_measurement: unit, default_entity_id: entityId } = entity;
  const found = [
    ...check(at, entity, entityShape, ['platform', 'unique_id', 'state_topic']),
    ...checkAvailability(`${at}.availability`, entity.availability),
  ];
  if (!String(entityId).startsWith(`${platform}.`)) found.push(`${at}.default_entity_id is of another platform`);
  if (platform === 'binary_sensor') {
    if (deviceClass !== undefined && !binaryClasses.includes(String(deviceClass)))
      found.push(`${at}.device_class '${deviceClass}' does not exist`);
    if (stateClass !== undefined || unit !== undefined) found.push(`${at}: a binary sensor has no state class and no unit`);
    return found;
  }
  if (deviceClass !== undefined) {
    const units = sensorClasses[String(deviceClass)];
    if (units === undefined) found.push(`${at}.device_class '${deviceClass}' does not exist`);
    else if (deviceClass === 'enum') {
      if (unit !== undefined || stateClass !== undefined || entity.options === undefined)
        found.push(`${at}: enum wants options, no unit, no state class`);
    } else if (!units.includes(String(unit))) found.push(`${at}: '${unit}' is no unit of ${deviceClass}`);
  }
  return found;
};

/** What is wrong with a device discovery message; nothing where Home Assistant would make exactly these entities of it. */
export const discoveryFaults = (topic: string, payload: unknown): string[] => {
  const faults: string[] = [];
  if (!/^[^/]+\/device\/[a-zA-Z0-9_-]+\/config$/.test(topic)) faults.push(`the topic is ${topic}`);
  if (typeof payload !== 'object' || payload === null) return [...faults, 'the payload is no object'];
  const { components = {}, device = {}, origin = {}, availability } = payload as Record<string, Record<string, unknown>>;
  faults.push(
    ...check(
      'payload',
      payload,
      {
        device: (value) => typeof value === 'object',
        origin: (value) => typeof value === 'object',
        components: (value) => typeof value === 'object',
        availability: Array.isArray,
        availability_mode: isOneOf('all', 'any', 'latest'),
        state_topic: isTopic,
        qos: isOneOf(0, 1, 2),
        encoding: isText,
      },
      ['device', 'origin', 'components'],
    ),
    ...check('origin', origin, { name: isText, sw_version: isText, support_url: (value) => URL.canParse(String(value)) }, ['name']),
    ...check(
      'device',
      device,
      {
        identifiers: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
        name: isText,
        manufacturer: isText,
        model: isText,
        sw_version: isText,
        serial_number: isText,
        configuration_url: (value) => URL.canParse(String(value)),
      },
      ['identifiers'],
    ),
    ...checkAvailability('availability', availability),
    ...Object.entries(components).flatMap(([key, entity]) => [
      ...(/^[a-zA-Z0-9_-]+$/.test(key) ? [] : [`component '${key}' is no id`]),
      ...checkEntity(key, entity as Record<string, unknown>),
    ]),
  );
  const ids = Object.values(components).flatMap((entity) => (entity as { unique_id?: string }).unique_id ?? []);
  if (new Set(ids).size !== ids.length) faults.push('two entities have the same unique_id');
  return faults;
};
