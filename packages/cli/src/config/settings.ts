import { z } from 'zod';
import { servingEngines } from '../config.ts';
import { checkSensor } from './check-sensor.ts';
import { checkTogether, intendedUses } from './check-together.ts';
import { isPseudonym, pseudonymExpected } from './pseudonym.ts';
import { mqtt } from './settings-mqtt.ts';
import { on, path, topicLevel } from './settings-parts.ts';
import { marks, metrics, page } from './settings-servers.ts';
import { duration, size } from './units.ts';

/** The version of the file's layout; a higher number comes with a migration from the one before it (see `migrate.ts`). */
export const settingsVersion = 1;

/** A subject's id as it may stand in a file; what was written instead is not repeated in the message, as it may be a name. */
const subjectId = z
  .string()
  .refine(isPseudonym)
  .meta({ expected: pseudonymExpected, example: 'p01', secret: true, aliases: ['name', 'code', 'person'] });

const subject = z
  .strictObject({
    id: subjectId,
    consent: z
      .string()
      .min(3)
      .meta({ expected: 'where the consent is written down, such as a form and its version', example: '"form 3, signed 2026-11-02"' })
      .optional(),
  })
  .meta({
    description: 'Who wears the sensors, by a pseudonym. Names stay out of this file and of everything made with it.',
    aliases: ['participant', 'patient', 'person', 'user', 'wearer'],
  });

const sensor = z
  .strictObject({
    device: z
      .string()
      .min(1)
      .meta({
        expected: "a device's name ('affect devices' lists what is plugged in)",
        example: 'openbci-cyton',
        aliases: ['type', 'kind', 'model'],
      }),
    link: z
      .string()
      .min(1)
      .meta({
        expected: "a link such as 'serial:/dev/ttyUSB0' or 'ble:AA:BB:CC:DD:EE:FF'",
        example: 'serial:/dev/serial/by-id/usb-…',
        aliases: ['uri', 'url', 'port', 'address', 'path'],
      }),
    options: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).meta({ expected: 'a text, a number, true or false' }))
      .meta({ expected: "the device's options, one a line", aliases: ['settings', 'option', 'config'] })
      .default({}),
  })
  .superRefine(checkSensor);

const line = z
  .strictObject({
    hop: duration('50ms', '10s', '500ms')
      .meta({ aliases: ['interval', 'step', 'every', 'period'] })
      .default(0.5),
    models: z
      .array(z.string().min(1))
      .min(1)
      .meta({ description: "Names from 'affect models', or folders; all that can run when absent.", example: '[ eeg-arousal-simulated ]' })
      .optional(),
    engine: z
      .enum(servingEngines)
      .meta({ description: 'The fastest there is when absent.', aliases: ['backend', 'runtime'] })
      .optional(),
  })
  .meta({ aliases: ['pipeline'] });

const homeAssistant = z
  .strictObject({
    enabled: on(true),
    prefix: topicLevel('homeassistant')
      .meta({ aliases: ['discovery_prefix'] })
      .default('homeassistant'),
    interval: duration('1s', '1h', '5s')
      .meta({ aliases: ['rate', 'every', 'throttle'] })
      .default(5),
  })
  .meta({ aliases: ['homeassistant', 'hass', 'ha', 'discovery'] });

const outbox = z
  .strictObject({
    folder: path('/var/lib/affect/outbox')
      .meta({ aliases: ['path', 'dir', 'directory'] })
      .optional(),
    max_bytes: size('1MB', '1000GB', '500MB')
      .meta({ aliases: ['max_size', 'size', 'limit'] })
      .default(500e6),
    max_age: duration('1m', '3650d', '14d')
      .meta({ aliases: ['age', 'keep', 'retention'] })
      .default(14 * 86_400),
    sync: duration('10ms', '60s', '500ms')
      .meta({ description: 'What a power cut may cost at most.', aliases: ['fsync', 'flush'] })
      .default(0.5),
    in_flight: z
      .int()
      .min(1)
      .max(65_535)
      .meta({ example: 64, aliases: ['max_inflight', 'window'] })
      .default(64),
  })
  .meta({ aliases: ['queue', 'buffer', 'spool'] });

const record = z
  .strictObject({
    folder: path('/var/lib/affect/recordings').meta({ aliases: ['path', 'dir', 'directory', 'out'] }),
    split: duration('1m', '24h', '30m')
      .meta({ description: 'A new file begins after this time.', aliases: ['rotate', 'split_every', 'length'] })
      .default(1800),
    keep: duration('1h', '3650d', '30d')
      .meta({ description: 'Older recordings of this program are deleted.', aliases: ['retention', 'max_age', 'days'] })
      .optional(),
  })
  .meta({ aliases: ['recording', 'recorder'] });

const log = z
  .strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    format: z.enum(['auto', 'json', 'pretty']).meta({ description: 'auto: pretty on a terminal, JSON elsewhere.' }).default('auto'),
  })
  .meta({ aliases: ['logging', 'logs'] });

/** The whole file. Unknown keys are errors; every value says what is expected of it. */
export const settingsSchema = z
  .strictObject({
    version: z.literal(settingsVersion).meta({ expected: `the layout's version, ${settingsVersion}`, example: settingsVersion }),
    station: topicLevel('living-lab')
      .meta({ description: "This daemon's level of the topic tree.", aliases: ['name', 'client_id', 'device_name'] })
      .default('run'),
    intended_use: z
      .enum(intendedUses)
      .meta({
        description: 'What the estimates are for. Must be set where people wear the sensors.',
        example: 'research',
        aliases: ['use', 'purpose', 'context'],
      })
      .optional(),
    exception: z
      .string()
      .min(20)
      .meta({
        expected: 'the medical or safety reason in a sentence (at least 20 letters), and who decided',
        example: '"…"',
        description: 'Art. 5(1)(f) of the EU AI Act: why this use is allowed at a workplace or in education.',
      })
      .optional(),
    subject: subject.optional(),
    sensors: z
      .array(sensor)
      .min(1)
      .meta({ expected: 'a list of at least one sensor', aliases: ['sources', 'devices', 'source', 'sensor', 'inputs'] }),
    line: line.prefault({}),
    mqtt: mqtt.meta({ description: 'Without it a broker is started on loopback.', aliases: ['broker'] }).optional(),
    home_assistant: homeAssistant.optional(),
    outbox: outbox.prefault({}),
    page: page.prefault({}),
    metrics: metrics.prefault({}),
    marks: marks.prefault({}),
    record: record.optional(),
    state: z
      .strictObject({ folder: path('/var/lib/affect') })
      .meta({ description: 'Where the program keeps what must outlive it.' })
      .optional(),
    log: log.prefault({}),
  })
  .superRefine(checkTogether)
  .meta({ title: 'Affect Edge', description: "Settings of the daemon, 'affect run'. Checked by 'affect config check'." });

/** The settings as the program uses them: durations in seconds, sizes in bytes, rates in times a second. */
export type Settings = z.output<typeof settingsSchema>;
