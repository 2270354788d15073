import { type Check, type Finding, fail, ok, unknown, warn } from './finding.ts';

/** Processor and memory have room for what comes. */
export const load: Check = async ({ machine: { text, cores } }) => {
  const average = Number((await text('/proc/loadavg')).split(' ')[1] || Number.NaN);
  const memory = new Map(
    (await text('/proc/meminfo')).split('\n').flatMap((line) => {
      const match = /^(\w+):\s+(\d+) kB/.exec(line);
      return match === null ? [] : [[match[1]!, Number(match[2]) / 1024] as const];
    }),
  );
  return [judgeLoad(average, cores), judgeMemory(memory.get('MemAvailable'), memory.get('MemTotal'))];
};

/** Five minutes' load against the number of cores. */
export const judgeLoad = (average: number, cores: number): Finding => {
  if (!Number.isFinite(average)) return unknown('load', 'the load is not known here');
  const says = `load ${average.toFixed(2)} on ${cores} core${cores === 1 ? '' : 's'} over five minutes`;
  const fix = { command: 'ps -eo pid,pcpu,comm --sort=-pcpu | head # and stop what should not run' };
  if (average > 3 * cores) return fail('load', `${says}: samples will be late`, fix);
  return average > cores ? warn('load', `${says}: every core is busy`, fix) : ok('load', says);
};

/** The daemon with its models takes about 150 MB. */
const neededMegabytes = 200;

/** Memory that programs may still have, MB. */
export const judgeMemory = (available: number | undefined, total: number | undefined): Finding => {
  if (available === undefined || total === undefined) return unknown('memory', 'the memory is not known here');
  const says = `${Math.round(available)} of ${Math.round(total)} MB to be had`;
  const fix = { command: 'ps -eo pid,rss,comm --sort=-rss | head # and stop what should not run' };
  if (available < neededMegabytes / 2) return fail('memory', `${says}: expected ${neededMegabytes}`, fix);
  return available < neededMegabytes ? warn('memory', `${says}: expected ${neededMegabytes}`, fix) : ok('memory', says);
};
