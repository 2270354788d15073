import { discover, type Sighting } from '@affect-edge/acquire';
import { type Check, type Finding, type Fix, fail, ok, type Surroundings, unknown, warn } from './finding.ts';
import type { Machine } from './machine.ts';

/** Serial ports: there, by a name that stays, open to us, and nobody else's. */
export const ports: Check = async ({ machine, loaded }) => {
  if (machine.platform !== 'linux') return [];
  const asked = (loaded?.settings.sensors ?? []).flatMap(({ link }) =>
    link.startsWith('serial:') ? [link.slice(7).split('?', 1)[0]!] : [],
  );
  if (loaded !== undefined && asked.length === 0) return [];
  const { sightings } = await discover({ serial: machine, ports: asked });
  if (loaded === undefined) {
    if (sightings.length === 0)
      return [unknown('serial-port', 'no serial port with a sensor is plugged in', { command: 'affect devices --ble 10s' })];
    return (await Promise.all(sightings.map((sighting) => judge(sighting, 'warn', machine)))).flat();
  }
  const listed = sightings.filter(({ says }) => says !== 'named port');
  const findings = asked.map(async (path) => {
    const port = sightings.find(({ link, says }) => says === 'named port' && link === `serial:${path}`)!;
    const alike = listed.find(({ details }) => details.port === port.details.port);
    return [
      ...(await judge(alike === undefined ? port : { ...alike, link: port.link }, 'fail', machine, listed, loaded)),
      ...nameOf(path, alike, loaded),
    ];
  });
  return (await Promise.all(findings)).flat();
};

/** How it stands with one port; what is wrong is as bad as `worst`. */
const judge = async (
  { link, problem }: Sighting,
  worst: 'warn' | 'fail',
  machine: Machine,
  others: readonly Sighting[] = [],
  loaded?: Surroundings['loaded'],
): Promise<Finding[]> => {
  const path = link.slice(7);
  const bad = worst === 'fail' ? fail : warn;
  switch (problem?.code) {
    case undefined:
      return [ok('serial-port', `${path} is there, open to you${machine.user.uid === 0 ? '' : ', and free as far as you may see'}`)];
    case 'no-permission': {
      const group = /usermod -aG (\S+)/.exec(problem.message)?.[1] ?? 'dialout';
      return [bad('serial-permission', `${path} is closed to you`, { command: `sudo usermod -aG ${group} ${machine.user.name}` })];
    }
    case 'busy':
      return [await judgeBusy(path, problem.message, bad, machine)];
    default: {
      const [other] = others;
      const fix: Fix =
        other !== undefined && loaded !== undefined
          ? { command: replaceIn(loaded.file, path, other.link.slice(7)) }
          : { action: 'Plug the sensor or its adapter in; the cable must carry data (many only charge).' };
      return [bad('serial-port', `there is no port ${path}`, fix)];
    }
  }
};

const judgeBusy = async (path: string, message: string, bad: typeof fail, { text }: Machine): Promise<Finding> => {
  const [, name = 'another program', pid = ''] = /In use by (.+?) \(process (\d+)\)/.exec(message) ?? [];
  if ((await text(`/proc/${pid}/cgroup`)).includes('affect.service')) return ok('serial-busy', `${path} is in use by the affect service`);
  const fix: Fix =
    name === 'ModemManager'
      ? { command: 'sudo systemctl disable --now ModemManager' }
      : { command: pid === '' ? `fuser -k ${path}` : `sudo kill ${pid}` };
  return bad('serial-busy', `${path} is in use by ${name} (process ${pid})`, fix);
};

/** A kernel name changes with the order of plugging in. */
const nameOf = (path: string, sighting: Sighting | undefined, loaded: NonNullable<Surroundings['loaded']>): Finding[] => {
  const lasting = sighting?.link.slice(7);
  if (!/^\/dev\/tty(USB|ACM)\d+$/.test(path) || lasting === undefined || lasting === path) return [];
  return [
    warn('serial-name', `${path} is given out in the order of plugging in; another adapter may get it tomorrow`, {
      command: replaceIn(loaded.file, path, lasting),
    }),
  ];
};

const replaceIn = (file: string, before: string, after: string): string => `sed -i 's|serial:${before}|serial:${after}|' ${file}`;
