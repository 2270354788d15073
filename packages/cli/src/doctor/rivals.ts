import { type Check, ok, warn } from './finding.ts';
import { processes } from './machine.ts';

/** Programs that open every serial port they see, to find out whether it is theirs. */
const rivals = [
  { name: 'ModemManager', check: 'modem-manager', command: 'sudo systemctl disable --now ModemManager' },
  { name: 'brltty', check: 'brltty', command: 'sudo apt-get remove -y brltty' },
] as const;

/** The rules of `affect service install` keep ModemManager away from known adapters. */
const ourRules = '/etc/udev/rules.d/70-affect.rules';

/** ModemManager sends bytes to boards that do not expect them; brltty takes CH340 adapters for Braille displays. */
export const portRivals: Check = async ({ machine }) => {
  if (machine.platform !== 'linux') return [];
  const running = await processes(machine);
  const isRuled = (await machine.text(ourRules)).includes('ID_MM_DEVICE_IGNORE');
  return rivals.map(({ name, check, command }) => {
    if (!running.some((program) => program.name === name)) return ok(check, `${name} is not running`);
    if (name === 'ModemManager' && isRuled) return ok(check, 'ModemManager is told to leave known adapters alone');
    return warn(check, `${name} is running and may take serial ports for its own`, { command });
  });
};
