import { z } from 'zod';
import { secretSource } from './secret.ts';
import { path, topicLevel } from './settings-parts.ts';
import { duration, rate } from './units.ts';

const tls = z.strictObject({
  ca: path('/etc/affect/ca.pem')
    .meta({ aliases: ['ca_file', 'cafile'] })
    .optional(),
  cert: path('/etc/affect/client.pem')
    .meta({ aliases: ['certificate', 'certfile', 'crt'] })
    .optional(),
  key: path('/etc/affect/client.key')
    .meta({ aliases: ['keyfile', 'private_key'] })
    .optional(),
  servername: z
    .string()
    .min(1)
    .meta({ aliases: ['sni', 'hostname'] })
    .optional(),
  verify: z
    .boolean()
    .meta({ aliases: ['reject_unauthorized', 'check'] })
    .default(true),
});

/** Nothing of a kind, all of it, or so many a second. */
const published = (usual: boolean, description: string) =>
  z
    .union([z.boolean(), z.strictObject({ max_rate: rate('2/s').meta({ aliases: ['rate', 'limit'] }) })])
    .meta({ description, expected: 'true, false or a limit such as { max_rate: 2/s }', example: usual })
    .default(usual);

const publish = z.strictObject({
  estimates: published(true, 'The estimates of the models.'),
  features: published(false, 'Feature vectors too: much more data.').meta({ aliases: ['vectors'] }),
  raw: published(false, 'Raw samples too. They stay on this machine unless this is asked for.').meta({ aliases: ['samples', 'signals'] }),
  marks: z
    .boolean()
    .meta({
      description: 'Marks and self-reports, with what they say.',
      expected: 'true or false',
      example: true,
      aliases: ['markers', 'self_reports'],
    })
    .default(true),
});

/** The broker, how it is reached, and what it is told. */
export const mqtt = z
  .strictObject({
    url: z
      .string()
      .regex(/^(mqtts?|wss?|tcp|ssl):\/\/[^/?#@\s]+(\/\S*)?$/)
      .meta({
        expected: "a broker's URL without name and password",
        example: 'mqtts://broker.example:8883',
        aliases: ['host', 'server', 'broker', 'uri', 'address'],
        secret: true,
      }),
    username: z
      .string()
      .min(1)
      .meta({ aliases: ['user', 'login'] })
      .optional(),
    password: secretSource.meta({ aliases: ['pass', 'pw', 'passwd', 'passphrase'] }).optional(),
    protocol: z
      .union([z.literal(5), z.literal('3.1.1')])
      .meta({ expected: '5 or 3.1.1', aliases: ['version', 'protocol_version'] })
      .default('3.1.1'),
    keep_alive: duration('5s', '10m', '15s')
      .meta({ aliases: ['keepalive'] })
      .default(15),
    base: topicLevel('affect')
      .meta({ aliases: ['base_topic', 'topic', 'prefix'] })
      .default('affect'),
    tls: tls.meta({ aliases: ['ssl'] }).optional(),
    publish: publish.prefault({}),
  })
  .superRefine(({ url, tls: asked, password, username }, context) => {
    const isEncrypted = /^(mqtts|wss|ssl):/.test(url);
    const complain = (at: string[], message: string): void => context.addIssue({ code: 'custom', path: at, message });
    if (asked !== undefined && !isEncrypted)
      complain(['url'], "tls: needs an encrypted link. Write 'mqtts://' (usually port 8883) instead of this scheme.");
    if (asked?.cert !== undefined && asked.key === undefined) complain(['tls'], "'cert' needs its 'key'. Add 'key: /path/of/the/key.pem'.");
    if (asked?.key !== undefined && asked.cert === undefined)
      complain(['tls'], "'key' needs its 'cert'. Add 'cert: /path/of/the/certificate.pem'.");
    if (password !== undefined && username === undefined) complain(['password'], "a password needs a name beside it. Add 'username: …'.");
  });
