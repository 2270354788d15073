/** A configuration a person might write, and what is wrong with it. */
export interface Broken {
  readonly name: string;
  readonly text: string;
  /** The word that was meant, where a word was mistyped or put in the wrong place: the message must propose it. */
  readonly meant?: string;
}

const sensors = 'sensors:\n  - device: openbci-cyton\n    link: simulated:cyton\n';
const whole = `version: 1\n${sensors}`;

/** Keys mistyped, called by another program's name, or in the wrong place. */
const keys: readonly Broken[] = [
  { name: 'a swapped letter at the top', text: `${whole}mtqt:\n  url: mqtt://localhost\n`, meant: 'mqtt' },
  { name: 'a missing letter', text: `${whole}recod:\n  folder: r\n`, meant: 'record' },
  { name: 'a doubled letter', text: `${whole}mettrics:\n  enabled: true\n`, meant: 'metrics' },
  { name: 'a hyphen for an underscore', text: `${whole}home-assistant:\n  enabled: true\n`, meant: 'home_assistant' },
  { name: 'one word for two', text: `${whole}homeassistant:\n  enabled: true\n`, meant: 'home_assistant' },
  { name: 'camel case', text: `${whole}intendedUse: research\n`, meant: 'intended_use' },
  { name: 'a capital letter', text: `Version: 1\n${sensors}`, meant: 'version' },
  { name: 'the plural for the singular', text: `${whole}outboxes:\n  in_flight: 3\n`, meant: 'outbox' },
  {
    name: 'the singular for the plural',
    text: 'version: 1\nsensor:\n  - device: openbci-cyton\n    link: simulated:cyton\n',
    meant: 'sensors',
  },
  {
    name: 'the word of the command line',
    text: 'version: 1\nsources:\n  - device: openbci-cyton\n    link: simulated:cyton\n',
    meant: 'sensors',
  },
  { name: 'a name for the station', text: `${whole}name: kitchen\n`, meant: 'station' },
  { name: 'another word for the page', text: `${whole}dashboard:\n  port: 8081\n`, meant: 'page' },
  { name: 'another word for the log', text: `${whole}logging:\n  level: debug\n`, meant: 'log' },
  { name: 'a host instead of a URL', text: `${whole}mqtt:\n  host: localhost\n`, meant: 'url' },
  { name: 'a user', text: `${whole}mqtt:\n  url: mqtt://localhost\n  user: affect\n`, meant: 'username' },
  { name: 'usrname', text: `${whole}mqtt:\n  url: mqtt://localhost\n  usrname: affect\n`, meant: 'username' },
  { name: 'passwort', text: `${whole}mqtt:\n  url: mqtt://localhost\n  username: a\n  passwort: { env: X }\n`, meant: 'password' },
  { name: 'ssl for tls', text: `${whole}mqtt:\n  url: mqtts://localhost\n  ssl: { ca: ca.pem }\n`, meant: 'tls' },
  {
    name: 'another program’s word for verify',
    text: `${whole}mqtt:\n  url: mqtts://localhost\n  tls: { reject_unauthorized: false }\n`,
    meant: 'verify',
  },
  { name: 'maxBytes', text: `${whole}outbox:\n  maxBytes: 1GB\n`, meant: 'max_bytes' },
  { name: 'max_inflight', text: `${whole}outbox:\n  max_inflight: 20\n`, meant: 'in_flight' },
  { name: 'a key one level too high', text: `${whole}hop: 500ms\n`, meant: 'line.hop' },
  { name: 'a key of a neighbour', text: `${whole}page:\n  split: 30m\n`, meant: 'record.split' },
  { name: 'retention', text: `${whole}record:\n  folder: r\n  retention: 30d\n`, meant: 'keep' },
  { name: 'modles', text: `${whole}line:\n  modles: [ eeg-arousal-simulated ]\n`, meant: 'models' },
  { name: 'a type for a device', text: 'version: 1\nsensors:\n  - type: openbci-cyton\n    link: simulated:cyton\n', meant: 'device' },
  { name: 'a port for a link', text: 'version: 1\nsensors:\n  - device: openbci-cyton\n    port: simulated:cyton\n', meant: 'link' },
  { name: 'a mistyped option of a device', text: `${whole}    options: { gian: 12 }\n`, meant: 'gain' },
  {
    name: 'a key only its first half of',
    text: `${whole}station: a\nmqtt:\n  url: mqtt://localhost\n  publish:\n    estim: true\n`,
    meant: 'estimates',
  },
  { name: 'a merge key', text: `${whole}page: &page\n  port: 8081\nmetrics:\n  <<: *page\n` },
];

/** Words and values that do not fit. */
const values: readonly Broken[] = [
  {
    name: 'a mistyped device',
    text: 'version: 1\nsensors:\n  - device: openbci-cytn\n    link: simulated:cyton\n',
    meant: 'openbci-cyton',
  },
  { name: 'a mistyped scheme', text: 'version: 1\nsensors:\n  - device: openbci-cyton\n    link: simulatd:cyton\n', meant: 'simulated' },
  { name: 'a path without a scheme', text: 'version: 1\nsensors:\n  - device: openbci-cyton\n    link: /dev/ttyUSB0\n' },
  { name: 'an option out of range', text: `${whole}    options: { gain: 13 }\n` },
  { name: 'a mistyped use', text: `${whole}intended_use: reserch\n`, meant: 'research' },
  { name: 'a mistyped level', text: `${whole}log: { level: wran }\n`, meant: 'warn' },
  { name: 'a mistyped engine', text: `${whole}line: { engine: onxx }\n`, meant: 'onnx' },
  { name: 'yes for true', text: `${whole}page:\n  enabled: yes\n`, meant: 'true' },
  { name: 'a port in words', text: `${whole}page:\n  port: eighty\n` },
  { name: 'a port in quotes', text: `${whole}page:\n  port: "8081"\n`, meant: '8081' },
  { name: 'a port too high', text: `${whole}metrics:\n  port: 94640\n` },
  { name: 'a duration without its unit', text: `${whole}line:\n  hop: 0.5\n` },
  { name: 'a duration in words', text: `${whole}outbox:\n  max_age: 14 days\n` },
  { name: 'a hop of an hour', text: `${whole}line:\n  hop: 1h\n` },
  { name: 'a size without its unit', text: `${whole}outbox:\n  max_bytes: 500000000\n` },
  { name: 'a size in the wrong case', text: `${whole}outbox:\n  max_bytes: 500mb\n` },
  { name: 'a rate without its unit', text: `${whole}mqtt:\n  url: mqtt://localhost\n  publish: { estimates: { max_rate: 2 } }\n` },
  { name: 'a password written out', text: `${whole}mqtt:\n  url: mqtt://localhost\n  username: a\n  password: hunter2-secret\n` },
  { name: 'a password in the URL', text: `${whole}mqtt:\n  url: mqtt://anna:hunter2-secret@localhost\n` },
  { name: 'the URL of a web server', text: `${whole}mqtt:\n  url: http://localhost\n` },
  { name: 'keys for a link that is not encrypted', text: `${whole}mqtt:\n  url: mqtt://localhost\n  tls: { ca: ca.pem }\n` },
  { name: 'a certificate without its key', text: `${whole}mqtt:\n  url: mqtts://localhost\n  tls: { cert: c.pem }\n` },
  { name: 'a subject by name', text: `${whole}subject: { id: Anna-Canary }\n` },
  { name: 'a page open to the network', text: `${whole}page:\n  host: 0.0.0.0\n` },
  { name: 'a list of ports', text: `${whole}metrics:\n  enabled: true\n  port: [ 9464, 9465 ]\n` },
  { name: 'no use where people are measured', text: 'version: 1\nsensors:\n  - device: openbci-cyton\n    link: serial:/dev/ttyUSB0\n' },
  { name: 'a workplace', text: `${whole}intended_use: workplace\n` },
  { name: 'a school, with an exception of one word', text: `${whole}intended_use: education\nexception: yes\n` },
  { name: 'one sensor, not in a list', text: 'version: 1\nsensors:\n  device: openbci-cyton\n  link: simulated:cyton\n' },
  { name: 'two sensors on one link', text: `${whole}  - device: openbci-cyton\n    link: simulated:cyton\n` },
  { name: 'no sensors', text: 'version: 1\nsensors: []\n' },
  { name: 'no version', text: sensors },
  { name: 'a version to come', text: `version: 2\n${sensors}` },
  { name: 'a group without content', text: `${whole}record:\n` },
  { name: 'a folder that is missing', text: `${whole}record: { split: 30m }\n` },
  { name: 'a station with a slash', text: `${whole}station: lab/one\n` },
];

/** Text that is no YAML. */
const syntax: readonly Broken[] = [
  { name: 'nothing', text: '' },
  { name: 'only a comment', text: '# later\n' },
  { name: 'a tab', text: `${whole}page:\n\tport: 8081\n` },
  { name: 'a key twice', text: `${whole}page: { port: 8081 }\npage: { port: 8082 }\n` },
  { name: 'one blank too few', text: `${whole}mqtt:\n   url: mqtt://localhost\n  username: a\n` },
  { name: 'a bracket left open', text: `${whole}page: { port: 8081\n` },
  { name: 'a quote left open', text: `${whole}station: "lab\n` },
  { name: 'no blank after the colon', text: `${whole}page:\n  port:8081\n` },
  { name: 'an unknown tag', text: `${whole}mqtt:\n  url: mqtt://localhost\n  username: a\n  password: !secret mqtt_password\n` },
  { name: 'an alias of nobody', text: `${whole}page: *usual\n` },
  { name: 'two documents', text: `${whole}---\n${whole}` },
  { name: 'a bomb', text: `version: 1\na: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n` },
  { name: 'a list where keys belong', text: '- version: 1\n' },
];

export const broken: readonly Broken[] = [...keys, ...values, ...syntax];
