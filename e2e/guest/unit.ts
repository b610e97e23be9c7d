import type { Guest } from './guest.ts';

/** How a unit stands. `killedBy`: the number of the signal that ended its main process, where one did. */
export interface UnitState {
  readonly hasEnded: boolean;
  readonly mainPid: number;
  readonly killedBy?: number;
}

/** Starts a program as a unit of its own, as services are: in a control group that only root can write. */
export async function startUnit(
  guest: Guest,
  unit: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const settings = Object.entries(environment).map(([key, value]) => `--setenv=${key}=${value}`);
  await guest.must(['systemd-run', '--quiet', `--unit=${unit}`, ...settings, ...argv], { timeoutMs: 30_000 });
}

export async function unitState(guest: Guest, unit: string): Promise<UnitState> {
  const names = ['ActiveState', 'MainPID', 'ExecMainCode', 'ExecMainStatus'];
  const shown = await guest.must(['systemctl', 'show', `${unit}.service`, `--property=${names.join(',')}`], {
    timeoutMs: 60_000,
  });
  const facts = new Map(shown.split('\n').map((line) => line.split('=', 2) as [string, string | undefined]));
  // CLD_KILLED and CLD_DUMPED of waitid(2).
  const isKilled = /^[23]$/.test(facts.get('ExecMainCode') ?? '');
  return {
    hasEnded: /^(inactive|failed)$/.test(facts.get('ActiveState') ?? ''),
    mainPid: Number(facts.get('MainPID') ?? 0),
    ...(isKilled ? { killedBy: Number(facts.get('ExecMainStatus')) } : {}),
  };
}

/** Processes that the kernel ended for what they did to memory, in its own words and with the code they were at, oldest first. */
export async function faultsToldByKernel(guest: Guest): Promise<string[]> {
  const told = (await guest.must(['dmesg'], { timeoutMs: 60_000 })).split('\n');
  const isFault = (line: string): boolean => /\w\[\d+\]:? .*(segfault at|general protection)/.test(line);
  return told.flatMap((line, at) => {
    if (!isFault(line)) return [];
    const code = told.slice(at + 1, at + 3).find((next) => /\] Code: /.test(next));
    return [code === undefined ? line : `${line}\n${code}`];
  });
}
