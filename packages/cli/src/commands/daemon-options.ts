import { readFileSync } from 'node:fs';
import { createDevices } from '@affect-edge/acquire';
import { optionTexts } from '../config/check-sensor.ts';
import type { Settings } from '../config/settings.ts';
import { createAccess } from '../dashboard/access.ts';
import { openOutbox } from '../outbox/outbox.ts';
import { installationId, marksToken } from '../state/kept-random.ts';
import { noteSession } from '../state/subject-sessions.ts';
import type { Voice } from '../voice.ts';
import type { Plan } from './daemon.ts';
import { askUse, isOfNobody } from './intended-use.ts';
import type { LiveBroker, LiveOptions } from './live.ts';
import type { RunOptions } from './run.ts';

/** Settings and what was typed, as one session needs them; what was typed wins. */
export const daemonOptions = (plan: Plan, options: RunOptions, voice: Voice): LiveOptions => {
  const { settings, stateFolder } = plan.loaded;
  const { line, page, record, subject, metrics, marks } = settings;
  const sensors =
    options.source ?? settings.sensors.map(({ device, link, options: given }) => ({ device, options: optionTexts(given), uri: link }));
  const models = options.model ?? line.models;
  const engine = options.engine ?? line.engine;
  const intendedUse = options.use ?? settings.intended_use;
  askUse(sensors, intendedUse);
  const devices = createDevices(sensors);
  return {
    station: options.name ?? settings.station,
    sources: sensors.map(({ options: given, uri }, i) => ({ device: devices[i], options: given, uri })),
    ...(intendedUse !== undefined && { intendedUse }),
    broker: brokerOptions(plan, options, voice),
    hopSec: options.hop ?? line.hop,
    ...(models && { models }),
    ...(engine && { engine }),
    ...(options.for !== undefined && { forSec: options.for }),
    once: options.once === true,
    outputs: options.dryRun !== true,
    json: options.json === true,
    ...(metrics.enabled && { metricsPort: metrics.port }),
    ...(marks.http.enabled && options.dryRun !== true && { httpMarks: { port: marks.http.port, token: marksToken(stateFolder) } }),
    ...(options.page &&
      page.enabled &&
      options.dryRun !== true && {
        page: {
          host: page.host,
          port: page.port,
          attempts: 1,
          names: page.names,
          ...(page.tls && { tls: page.tls }),
          ...(isOfNobody(sensors) && page.host === '127.0.0.1' ? {} : { access: createAccess({ folder: stateFolder }) }),
        },
      }),
    ...(record && {
      record: {
        folder: record.folder,
        splitSec: record.split,
        ...(record.keep !== undefined && { keepSec: record.keep }),
        ...(subject && { subject: subject.id, ...(subject.consent !== undefined && { consent: subject.consent }) }),
      },
    }),
    secrets: secretsOf(plan),
    voice,
    ...(subject && { baselines: { folder: stateFolder, subject: subject.id } }),
    ...(subject && { onSession: ({ id }) => noteSession(stateFolder, id, subject.id) }),
  };
};

/** What must stand in no log and no report. */
export const secretsOf = ({ secrets, loaded }: Plan): string[] =>
  [secrets.mqttPassword, loaded.settings.mqtt?.username].filter((value) => value !== undefined);

const brokerOptions = ({ loaded, secrets }: Plan, options: RunOptions, voice: Voice): LiveBroker => {
  const { mqtt, home_assistant: homeAssistant, outbox } = loaded.settings;
  const url = options.mqtt ?? mqtt?.url;
  const published = (what: boolean | { readonly max_rate: number } | undefined) =>
    typeof what === 'object' ? { maxPerSec: what.max_rate } : what;
  const [estimates, features, raw] = [mqtt?.publish.estimates, options.features ?? mqtt?.publish.features, mqtt?.publish.raw].map(
    published,
  );
  return {
    ...(url !== undefined && { url }),
    ...(mqtt?.username !== undefined && { username: mqtt.username }),
    ...(secrets.mqttPassword !== undefined && { password: secrets.mqttPassword }),
    ...(mqtt && { protocolVersion: mqtt.protocol, keepAliveSec: mqtt.keep_alive, base: mqtt.base }),
    ...(mqtt?.tls && { tls: pemOf(mqtt.tls) }),
    ...(estimates !== undefined && { estimates }),
    ...(features !== undefined && { features }),
    ...(raw !== undefined && { raw }),
    ...(mqtt && { marks: mqtt.publish.marks }),
    inFlight: outbox.in_flight,
    ...(homeAssistant?.enabled &&
      options.dryRun !== true && {
        homeAssistant: { prefix: homeAssistant.prefix, everySec: homeAssistant.interval, nodeId: installationId(loaded.stateFolder) },
      }),
    // A broker of our own ends with us: what it does not take now nobody will ever ask for.
    ...(url !== undefined && {
      openOutbox: () =>
        openOutbox({
          folder: outbox.folder!,
          maxBytes: outbox.max_bytes,
          maxAgeSec: outbox.max_age,
          syncMs: outbox.sync * 1000,
          onDisk: (state) => voice.warn('Outbox', state),
        }),
    }),
  };
};

const pemOf = ({
  ca,
  cert,
  key,
  servername,
  verify,
}: NonNullable<NonNullable<Settings['mqtt']>['tls']>): NonNullable<LiveBroker['tls']> => ({
  ...(ca !== undefined && { ca: readFileSync(ca) }),
  ...(cert !== undefined && { cert: readFileSync(cert) }),
  ...(key !== undefined && { key: readFileSync(key) }),
  ...(servername !== undefined && { servername }),
  verify,
});
