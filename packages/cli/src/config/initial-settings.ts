import { fileURLToPath } from 'node:url';
import type { Discovery, Sighting } from '@affect-edge/acquire';
import type { FoundBroker } from './look-for-brokers.ts';
import { settingsVersion } from './settings.ts';

/** What was found when it was looked round. */
export interface Surroundings {
  readonly found: Discovery;
  readonly brokers: readonly FoundBroker[];
  readonly lookedForBluetooth: boolean;
}

/** The schema beside the program, so that editors complete the file while it is written. */
const schemaFile = fileURLToPath(new URL('../../schema/affect.schema.json', import.meta.url));

/** A first file with what was found filled in and the reason beside each choice. It passes the check as it is, except for `intended_use`, which only a person knows. */
export const initialSettings = ({ found, brokers, lookedForBluetooth }: Surroundings): string => {
  const usable = found.sightings.filter(({ devices, problem }) => devices.length > 0 && problem === undefined);
  const [broker] = brokers;
  const lines = [
    "# Settings of 'affect run'. Check with 'affect config check'; every key is described in docs/configuration.md.",
    `# yaml-language-server: $schema=${schemaFile}`,
    `version: ${settingsVersion}`,
    '',
    "# This machine's name in the topic tree: affect/<station>/…",
    'station: run',
    '',
    '# What the estimates are for: research, personal, medical-supervised or safety. Must be set where people wear the sensors.',
    '# In the EU emotion recognition at work and in education is forbidden (AI Act, Art. 5(1)(f)).',
    ...(usable.length > 0 ? ['# intended_use: research'] : ['intended_use: research']),
    '',
    '# Who wears the sensors, by a pseudonym; names stay out of this file.',
    '# subject: { id: p01, consent: "form 3, signed 2026-11-02" }',
    '',
    'sensors:',
    ...(usable.length > 0 ? usable.flatMap(sensorLines) : simulated),
    ...found.sightings.filter((sighting) => !usable.includes(sighting)).flatMap(unusableLines),
    ...found.check.map((advice) => `  # ${advice}`),
    ...(lookedForBluetooth ? [] : ["  # Bluetooth was not looked for: 'affect config init --ble 10s' does."]),
    '',
    'line:',
    '  hop: 500ms # time between estimates',
    '',
    ...brokerLines(broker),
    ...brokers.slice(1).map(({ url, why }) => `# Another broker: ${url} (${why}).`),
    '',
    '# The live page, for this machine only. From another: ssh -L 8080:127.0.0.1:8080',
    'page:',
    '  port: 8080',
    '',
    '# Recordings of everything, split and deleted by age. Nothing is recorded without this.',
    '# record: { folder: recordings, split: 30m, keep: 30d }',
    '',
    '# Figures for Prometheus on loopback.',
    '# metrics: { enabled: true, port: 9464 }',
  ];
  return `${lines.join('\n')}\n`;
};

/** A text as YAML that cannot be read otherwise. */
const quoted = (text: string): string =>
  /^[A-Za-z][\w./:=-]*$/.test(text) && !text.endsWith(':') ? text : `'${text.replaceAll("'", "''")}'`;

/** Nothing of what a device says of itself may end a comment. */
const comment = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '').slice(0, 120);

const sensorLines = ({ link, devices, says }: Sighting): string[] => [
  `  # Found: ${comment(says === '' ? 'says nothing of itself' : says)}${devices.length > 1 ? `; it may also be ${devices.slice(1).join(', ')}` : ''}.`,
  `  - device: ${devices[0]}`,
  `    link: ${quoted(link)}`,
];

const unusableLines = ({ link, devices, says, problem }: Sighting): string[] => [
  `  # Left out: ${comment(`${link} (${[says, ...devices].filter(Boolean).join(', ') || 'unknown'})`)}${problem === undefined ? ': nothing is known of it' : `: ${comment(problem.message)}`}`,
];

const simulated = [
  '  # No sensor was found, so this one is made up: replace it.',
  '  - device: openbci-cyton',
  '    link: simulated:cyton',
];

const brokerLines = (broker: FoundBroker | undefined): string[] =>
  broker === undefined
    ? [
        '# No broker was found: one is started on loopback. To use another:',
        '# mqtt:',
        '#   url: mqtts://broker.example:8883',
        '#   username: affect',
        '#   password: { file: /etc/affect/mqtt-password } # chmod 600',
      ]
    : [
        `# ${broker.why[0].toUpperCase()}${broker.why.slice(1)}.`,
        'mqtt:',
        `  url: ${broker.url}`,
        '  # username: affect',
        '  # password: { file: /etc/affect/mqtt-password } # chmod 600; or { env: … }, { credential: … }',
        '',
        '# Entities in Home Assistant, at most every interval.',
        'home_assistant:',
        '  enabled: true',
        '  interval: 5s',
      ];
