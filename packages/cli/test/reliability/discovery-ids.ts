import { type Discovery, discovery, removalOf } from '../../src/home-assistant/discovery.ts';
import { sessionMessage, topics } from '../../src/message.ts';
import { card, session } from '../fakes.ts';
import { discoveryFaults } from '../home-assistant-schema.ts';
import { draws, type Figure } from './figure.ts';

const letters = ['a', 'Ä', 'ß', '7', '-', '_', ' ', '/', '+', '#', '.', 'é', '界', '"'] as const;

/** Discovery messages for seeded stations, models and sensors with odd names: valid, with ids that stay, and removable. */
export const discoveryIds = async (count: number): Promise<Figure> => {
  const draw = draws(9);
  const name = (): string =>
    Array.from({ length: 1 + Math.floor(8 * draw()) }, () => letters[Math.floor(letters.length * draw())]).join('');
  const names = (most: number): string[] => Array.from({ length: Math.floor((most + 1) * draw()) }, name);
  const ids = ({ payload }: Discovery): string =>
    Object.values(payload.components)
      .map(({ unique_id: id }) => id)
      .join();
  let faults = 0;
  let moved = 0;
  let left = 0;
  for (let n = 0; n < count; n++) {
    const cards = names(3).map((model) => ({
      ...card,
      name: model,
      inputs: [{ ...card.inputs[0]!, name: draw() < 0.5 ? 'band-de' : 'tonic-phasic' }],
      outputs: ['arousal', ...names(2)].map((output) => ({
        name: output,
        unit: draw() < 0.5 ? '1' : 'µS',
        range: [0, 1] as const,
        meaning: '',
      })),
    }));
    const make = (station: string, of: typeof cards): Discovery =>
      discovery({
        session: sessionMessage({ ...session, station }, of),
        topics: topics(station),
        nodeId: 'node',
        sensors,
        batteries,
        everySec: 5,
        healthEverySec: 60,
        version: '1',
      });
    const sensors = [...new Set(names(3).map((sensor) => sensor.replace(/[^a-z0-9]/gi, '-')))].filter(
      (sensor, i, all) => all.findIndex((other) => other.toLowerCase() === sensor.toLowerCase()) === i,
    );
    const batteries: string[] = [];
    const now = make(name(), cards);
    const later = make(
      name(),
      cards.map((one) => ({ ...one, name: `${one.name}2`, version: '2.0.0', sha256: 'cd'.repeat(32) })),
    );
    const fewer = make(name(), cards.slice(1));
    faults += [now, later, fewer].flatMap(({ topic, payload }) => discoveryFaults(topic, payload)).length;
    moved += Number(ids(now) !== ids(later) || now.topic !== later.topic);
    const removal = removalOf(JSON.stringify(now.payload), fewer);
    const gone = Object.keys(now.payload.components).filter((key) => !(key in fewer.payload.components));
    left += gone.filter((key) => Object.keys(removal?.components[key] ?? {}).join() !== 'platform').length;
    faults += removal === undefined ? 0 : discoveryFaults(fewer.topic, removal).length;
  }
  return {
    test: 'Home Assistant discovery',
    asked: `${count} seeded devices with odd names: accepted by a validator built from the documented schema; ids stay over restart, another station name and another version of a model; what has gone is removed`,
    found: `${faults} faults, ${moved} devices whose ids moved, ${left} entities left behind`,
    ok: faults === 0 && moved === 0 && left === 0,
  };
};
