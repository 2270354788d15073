/** The state of the service, from `systemctl show`. */
export interface ServiceStatus {
  readonly installed: boolean;
  /** systemd's word: active, activating, inactive, failed. */
  readonly state: string;
  /** The line the daemon gave of itself: `3 streams, 0 drops, outbox 0`. */
  readonly says: string;
  /** How often it was started again after a failure since it was last started by hand. */
  readonly restarts: number;
  /** Why it ended last: success, exit-code, watchdog, start-limit-hit, … */
  readonly result: string;
  readonly exitCode: number;
  /** Since when it is in this state, as systemd writes it; empty where never. */
  readonly since: string;
  readonly pid: number;
}

/** The properties `readStatus` reads. */
export const statusProperties = 'LoadState,ActiveState,StatusText,NRestarts,Result,ExecMainStatus,StateChangeTimestamp,MainPID';

/** Reads what `systemctl show --property=…` printed. */
export const readStatus = (text: string): ServiceStatus => {
  const properties = new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
  const number = (name: string): number => Number(properties.get(name) ?? 0) || 0;
  return {
    installed: properties.get('LoadState') === 'loaded',
    state: properties.get('ActiveState') ?? 'unknown',
    says: properties.get('StatusText') ?? '',
    restarts: number('NRestarts'),
    result: properties.get('Result') ?? '',
    exitCode: number('ExecMainStatus'),
    since: properties.get('StateChangeTimestamp') ?? '',
    pid: number('MainPID'),
  };
};

/** The status as lines for a person, with what to do where something is wrong. */
export const describeStatus = (status: ServiceStatus): string[] => {
  if (!status.installed) return ["The service is not installed. 'affect service install --dry-run' shows what that would do."];
  const since = status.since === '' ? '' : ` since ${status.since}`;
  const restarts = status.restarts === 0 ? '' : `, started again ${status.restarts} times`;
  return [
    `${status.state}${since}${status.pid > 0 ? `, process ${status.pid}` : ''}${restarts}`,
    ...(status.says === '' ? [] : [status.says]),
    ...trouble(status),
  ];
};

const trouble = ({ state, result, exitCode }: ServiceStatus): string[] => {
  if (exitCode === 2 && state !== 'active')
    return ["It stopped because of its configuration and will not start again by itself: 'affect config check'."];
  switch (result) {
    case 'watchdog':
      return ["It was ended because it did not advance any more. Send the log with a bug report: 'affect doctor --bundle affect.zip'."];
    case 'start-limit-hit':
      return ["It failed ten times in half an hour and was given up on: 'affect service logs', then 'sudo systemctl reset-failed affect'."];
    case 'success':
    case '':
      return [];
    default:
      return [`It ended with ${result}${exitCode > 0 ? ` (exit code ${exitCode})` : ''}: 'affect service logs' says why.`];
  }
};
