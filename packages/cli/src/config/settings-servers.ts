import { z } from 'zod';
import { bindProblem } from './bind.ts';
import { on, path, port } from './settings-parts.ts';

const host = z
  .string()
  .regex(/^[A-Za-z0-9.:-]{1,255}$/)
  .meta({ expected: "an address to listen on, such as '127.0.0.1'", example: '127.0.0.1', aliases: ['address', 'bind', 'listen'] })
  .default('127.0.0.1');
const insecure = z
  .boolean()
  .meta({ description: 'Written out by somebody who knows that others on the network can read everything.' })
  .default(false);

/** The live page. */
export const page = z
  .strictObject({
    enabled: on(true),
    host,
    port: port(8080),
    names: z
      .array(
        z
          .string()
          .regex(/^[a-z0-9.-]{1,253}$/i)
          .meta({ expected: "a host name such as 'affect.local'", example: 'affect.local' }),
      )
      .meta({
        description: 'Host names this page answers to, beside localhost and IP addresses.',
        example: '[ affect.local ]',
        aliases: ['allowed_hosts', 'hosts', 'hostnames'],
      })
      .default([]),
    tls: z
      .strictObject({ cert: path('/etc/affect/page.pem'), key: path('/etc/affect/page.key') })
      .meta({ aliases: ['ssl', 'https'] })
      .optional(),
    insecure,
  })
  .meta({ aliases: ['frontend', 'dashboard', 'web', 'http', 'ui'] })
  .superRefine(bindProblem);

/** Marks and self-reports from programs of this machine, on loopback, with a token of the state folder. */
export const marks = z
  .strictObject({
    http: z.strictObject({ enabled: on(false), port: port(8765) }).prefault({}),
  })
  .meta({ description: 'How marks come in beside MQTT and a terminal.', aliases: ['markers', 'self_reports'] });

/** Figures for Prometheus, on loopback: nobody is asked who they are. */
export const metrics = z.strictObject({ enabled: on(false), port: port(9464) }).meta({ aliases: ['prometheus'] });
