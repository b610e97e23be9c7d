import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../../system/errno.ts';
import { thaw } from '../../../system/ioctl.ts';
import { isSameProcessAlive, processInfo } from '../../../system/process-info.ts';
import { startChild, type TalkingChild } from './child-process.ts';
import { type FreezableGroup, makeFreezableGroup } from './control-group.ts';
import { guardBinary } from './guard-binary.ts';
import { settledRcu } from './rcu.ts';

export type Victim = 'helper' | 'guard' | 'witness';
export type Moment = 'before-freeze' | 'in-freeze-call' | 'frozen' | 'after-thaw';

export interface Scenario {
  readonly mountPoint: string;
  readonly victims: readonly Victim[];
  /** `kill`: SIGKILL. `stop`: SIGSTOP. `group`: their control group is frozen, where SIGKILL has no effect either. */
  readonly how: 'kill' | 'stop' | 'group';
  readonly when: Moment;
  /** From that moment to the strike. Within a FIFREEZE that takes some 30 ms, choose 0 to 40. */
  readonly delayMs?: number;
  readonly leaseMs?: number;
  readonly marginMs?: number;
  /** How long the helper works between freeze and thaw. */
  readonly holdMs?: number;
  readonly expediteRcu?: boolean;
}

interface Identity {
  readonly pid: number;
  readonly startTime: bigint;
}

export interface ScenarioResult {
  /** The writer's longest operation; Infinity when it never came back. */
  readonly longestBlockedMs: number;
  readonly limitMs: number;
  /** What the helper came to know, if it lived: over, refused, or nothing. */
  readonly told: 'over' | 'refused' | 'nothing';
  readonly held: boolean | undefined;
  readonly cause: string | undefined;
  /** Writes that were begun and finished inside a span the helper vouched for. */
  readonly writesInsideHeldSpan: number;
  readonly writes: number;
  readonly isStillFrozen: boolean;
  readonly leftProcesses: readonly number[];
  readonly rcuBefore: string;
  readonly rcuAfter: string;
}

/**
 * One freeze with one accident, and a writer beside it. Whatever happens, the writer must go on within lease + 2 s; no
 * process and no freeze may be left; and what the helper vouches for must be true.
 */
export async function runScenario(scenario: Scenario): Promise<ScenarioResult> {
  const { leaseMs = 400, marginMs = 200, holdMs = 150 } = scenario;
  const limitMs = leaseMs + 2000;
  const rcuBefore = await settledRcu();
  const writer = startChild('writer-process.ts', [scenario.mountPoint]);
  const helper = startChild('helper-stand-in.ts', [
    JSON.stringify({
      mountPath: scenario.mountPoint,
      guardBinary: guardBinary(),
      leaseMs,
      marginMs,
      holdMs,
      expediteRcu: scenario.expediteRcu ?? false,
    }),
  ]);
  let group: FreezableGroup | undefined;
  const identities: Identity[] = [];
  try {
    await writer.hear(['writing'], 10_000);
    const ready = await helper.hear(['ready', 'not-started'], 10_000);
    if (ready?.event !== 'ready') throw new Error(`the guard did not start: ${JSON.stringify(ready)}`);
    const pids: Record<Victim, number> = {
      helper: helper.pid,
      guard: Number(ready.guard),
      witness: Number(ready.witness),
    };
    for (const pid of Object.values(pids)) identities.push({ pid, startTime: processInfo(pid)?.startTime ?? 0n });
    if (scenario.how === 'group') {
      group = makeFreezableGroup();
      for (const victim of scenario.victims) group.add(pids[victim]);
    }
    const strike = (): void => {
      if (scenario.how === 'group') group?.freeze();
      else for (const victim of scenario.victims) signal(pids[victim], scenario.how === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    };

    const end = await play(helper, scenario, strike);
    // Everything that may still be going to happen by itself has happened then.
    await sleep(leaseMs + marginMs + 200);
    writer.tell('end');
    const written = await writer.hear(['written'], limitMs);
    const isStillFrozen = isFrozen(scenario.mountPoint);

    helper.tell('end');
    group?.thaw();
    if (scenario.victims.includes('helper')) signal(pids.helper, 'SIGKILL');
    // A stopped witness is ended by the helper's close, if the helper lives; by nobody otherwise.
    if (scenario.victims.includes('helper') && scenario.victims.includes('witness')) signal(pids.witness, 'SIGKILL');
    const leftProcesses = await leftOf(identities, marginMs + 6000);

    const writes = ((written?.writes ?? []) as [string, string][]).map(([a, b]) => [BigInt(a), BigInt(b)] as const);
    const span = end?.held === true ? heldSpan(end.times) : undefined;
    return {
      longestBlockedMs: written === undefined ? Number.POSITIVE_INFINITY : Number(written.longestMs),
      limitMs,
      told: end?.event === 'over' || end?.event === 'refused' ? end.event : 'nothing',
      held: typeof end?.held === 'boolean' ? end.held : undefined,
      cause: typeof end?.cause === 'string' ? end.cause : undefined,
      writesInsideHeldSpan: writes.filter(([a, b]) => span !== undefined && a > span.from && b < span.to).length,
      writes: writes.length,
      isStillFrozen,
      leftProcesses,
      rcuBefore,
      rcuAfter: await settledRcu(rcuBefore),
    };
  } finally {
    if (isFrozen(scenario.mountPoint)) thawAll(scenario.mountPoint);
    for (const child of [helper, writer]) if (!child.hasEnded()) child.process.kill('SIGKILL');
    group?.thaw();
    // Only a scenario that went wrong has left any.
    for (const { pid, startTime } of identities) if (isSameProcessAlive(pid, startTime)) signal(pid, 'SIGKILL');
    await Promise.all([helper.ended(5000), writer.ended(5000)]);
    group?.remove();
  }
}

/** What must hold after every scenario; empty when it does. The soak and the tests judge by the same. */
export function faultsOf(result: ScenarioResult): string[] {
  const faults: string[] = [];
  if (result.longestBlockedMs > result.limitMs)
    faults.push(`a writer was blocked for ${result.longestBlockedMs} ms, more than ${result.limitMs} ms`);
  if (result.isStillFrozen) faults.push('the filesystem was still frozen');
  if (result.leftProcesses.length > 0) faults.push(`processes were left: ${result.leftProcesses.join(', ')}`);
  if (result.writesInsideHeldSpan > 0)
    faults.push(`${result.writesInsideHeldSpan} writes happened while the helper vouched that none could`);
  if (result.rcuAfter !== result.rcuBefore)
    faults.push(`rcu_expedited was ${result.rcuBefore} and is ${result.rcuAfter}`);
  return faults;
}

async function play(helper: TalkingChild, scenario: Scenario, strike: () => void) {
  const strikeLater = async (): Promise<void> => {
    if (scenario.delayMs !== undefined) await sleep(scenario.delayMs);
    strike();
  };
  if (scenario.when === 'before-freeze') await strikeLater();
  helper.tell('go');
  if (scenario.when === 'in-freeze-call') {
    await helper.hear(['freezing'], 5000);
    await strikeLater();
  }
  if (scenario.when === 'frozen') {
    await helper.hear(['frozen', 'refused'], 5000);
    await strikeLater();
  }
  const isSilenced = scenario.victims.includes('helper') && scenario.when !== 'after-thaw';
  const end = isSilenced ? undefined : await helper.hear(['over', 'refused'], 10_000);
  if (scenario.when === 'after-thaw') await strikeLater();
  return end;
}

function heldSpan(times: unknown): { from: bigint; to: bigint } {
  const { frozen } = times as { frozen: { from: { monotonicNs: string }; to: { monotonicNs: string } } };
  return { from: BigInt(frozen.from.monotonicNs), to: BigInt(frozen.to.monotonicNs) };
}

/** Thaws it, if it was frozen: that is the only way to know. */
function isFrozen(mountPoint: string): boolean {
  const fd = openSync(mountPoint, 'r');
  try {
    thaw(fd);
    return true;
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return false;
    throw error;
  } finally {
    closeSync(fd);
  }
}

function thawAll(mountPoint: string): void {
  while (isFrozen(mountPoint));
}

function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

async function leftOf(processes: readonly Identity[], patienceMs: number): Promise<number[]> {
  const alive = (): number[] =>
    processes.filter(({ pid, startTime }) => isSameProcessAlive(pid, startTime)).map(({ pid }) => pid);
  const deadline = performance.now() + patienceMs;
  while (alive().length > 0 && performance.now() < deadline) await sleep(20);
  return alive();
}
