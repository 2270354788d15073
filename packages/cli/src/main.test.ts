import { describe, expect, test } from 'vitest';
import { paper } from '../test/fakes.ts';
import { runCommand } from './main.ts';

/** Runs one command line in this process and gives what it says. */
const affect = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
  const [out, err] = [paper(), paper()];
  const code = await runCommand(argv, { out, err, stop: new AbortController().signal });
  return { code, out: out.text, err: err.text };
};

// Whoever runs these tests may have a configuration of their own.
process.env.XDG_CONFIG_HOME = '/nowhere';
delete process.env.AFFECT_CONFIG;

describe('what is asked wrongly', () => {
  test.each([
    [['dmeo'], "Unknown command 'dmeo'. Expected one of demo, run, devices, record"],
    [['dmeo'], "Did you mean 'demo'? See 'affect --help'."],
    [['replay', 'x', '--sped', '2'], "Unknown option '--sped'. 'affect replay' takes --"],
    [['replay', 'x', '--sped', '2'], "Did you mean '--speed'?"],
    [['replay'], "'affect replay' needs at least one file. See 'affect replay --help'."],
    [['replay', 'nowhere.txt'], 'nowhere.txt'],
    [['replay', 'package.json'], 'in no known format'],
    [['replay', 'x', '--speed', 'fast'], "Option --speed: expected 'max', 'real' or a number above 0, got 'fast'."],
    [['replay', 'x', '--format', 'xml'], "Option --format: expected 'jsonl', got 'xml'."],
    [['replay', 'x', '--mqtt', 'localhost'], "Option --mqtt: expected a broker's URL such as 'mqtt://localhost:1883', got 'localhost'."],
    [['replay', 'x', '--speed'], "needs a value. See 'affect replay --help'."],
    [['demo', '--for', 'ever'], "Option --for: expected a duration above 0 such as '30s', '2m' or '1h', got 'ever'."],
    [['demo', 'now'], "'affect demo' takes 0 arguments, got now."],
    [['demo', '--model', 'nobody'], "Unknown model 'nobody'. Expected "],
    [['run'], '--source openbci-cyton@serial:/dev/ttyUSB0'],
    [['run', '--source', 'openbci-cytn@simulated:cyton'], "Did you mean 'openbci-cyton'?"],
    [['run', '--source', 'openbci-cyton?gian=1@simulated:cyton'], "Did you mean 'gain'?"],
    [['run', '--source', 'openbci-cyton@simulatd:cyton'], "Did you mean 'simulated'?"],
    [['run', '--source', 'openbci-cyton'], "expected '<device>@<link>'"],
    [['run', '--source', 'openbci-cyton@serial:/dev/ttyUSB0'], 'say what the estimates are for: --use research'],
    [['run', '--use', 'workplace', '--source', 'openbci-cyton@simulated:cyton'], 'Option --use: expected one of research, personal'],
    [['record', '-o', 'x.xdf', '--subject', 'Canary'], "Option --subject: expected a pseudonym of the form 'p01'"],
    [['forget', 'Canary'], "'affect forget' takes the subject's id: expected a pseudonym"],
    [['config', 'chek'], "Did you mean 'check'? See 'affect config --help'."],
    [['config'], 'Expected a command: one of init, check, print, schema, migrate'],
    [['run', '--config', '/nowhere/affect.yaml'], 'Cannot read /nowhere/affect.yaml: there is no such file.'],
    [[], 'Expected a command: one of demo, run, devices, record'],
  ])('affect %j says %s', async (argv, expected) => {
    const { code, out, err } = await affect(...argv);
    expect(err).toContain(expected);
    expect(err.match(/\n/g)).toHaveLength(1);
    expect(err.startsWith('affect: ')).toBe(true);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('what is asked rightly', () => {
  test('--version says what the numbers are not', async () => {
    const { code, out } = await affect('--version');
    expect(out).toMatch(/^affect \d+\.\d+\.\d+\n.*[Nn]ot medical advice/);
    expect(code).toBe(0);
  });

  test.each([[['--help']], [['demo', '--help']], [['run', '--help']], [['replay', '--help']], [['models', '--help']]])(
    '%j fits a terminal of 80 columns',
    async (argv) => {
      const { code, out } = await affect(...argv);
      expect(code).toBe(0);
      expect(out).toContain('Usage: affect');
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  test('models lists every card with its warning, and as JSON', async () => {
    const { out } = await affect('models');
    expect(out).toContain('Simulated data: shows the wiring, says nothing about people.');
    const cards = JSON.parse((await affect('models', '--json')).out);
    expect(cards.length).toBeGreaterThanOrEqual(2);
    expect(cards[0]).toHaveProperty('limits');
  });
});
