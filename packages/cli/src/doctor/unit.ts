import { describeStatus, readStatus, statusProperties } from '../service/status.ts';
import { type Check, fail, ok, unknown, warn } from './finding.ts';

const manyRestarts = 3;

/** The service, where it is installed: running, and not again and again. */
export const unit: Check = async ({ machine: { platform, run } }) => {
  if (platform !== 'linux') return [];
  const shown = await run('systemctl', 'show', 'affect.service', `--property=${statusProperties}`);
  if (shown === undefined || shown.code !== 0) return [unknown('service', 'there is no systemd that answers')];
  const status = readStatus(shown.out);
  if (!status.installed) return [ok('service', 'not installed (affect service install)')];
  const says = describeStatus(status).join('; ');
  if (status.state !== 'active') return [fail('service', says, { command: 'affect service logs' })];
  return [status.restarts > manyRestarts ? warn('service', says, { command: 'affect service logs' }) : ok('service', says)];
};
