import { createDevices, type Device } from '@affect-edge/acquire';
import { optionTexts, type SensorSettings } from './check-sensor.ts';

/** The devices of settings that were checked. */
export const configuredDevices = (sensors: readonly Pick<SensorSettings, 'device' | 'options'>[]): Device[] =>
  createDevices(sensors.map(({ device, options }) => ({ device, options: optionTexts(options) })));
