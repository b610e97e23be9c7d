import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { OrderedWriter } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import type { DriverMessage } from '../../harness/helper-driver.ts';
import { childrenOf, lookAt, signal } from '../../harness/processes.ts';
import type { CaseResult } from '../../harness/soak.ts';
import { freezeSeen, isExpedited, type Strike, strike } from './strike.ts';

export const victims = ['helper', 'guard', 'main', 'helper and guard'] as const;
export type Victim = (typeof victims)[number];

export interface KillCase {
  readonly victim: Victim;
  readonly how: Strike;
  /** Milliseconds after the start of the backup; null: between the freeze call and the thaw. */
  readonly afterMs: number | null;
}

export interface KillPlace {
  readonly sourceId: string;
  readonly repositoryId: string;
  readonly passwordFile: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly writer: OrderedWriter;
  readonly leaseMs: number;
}

/** The safety deadline: after the lease, writers may wait this much longer at most, in milliseconds. */
export const graceMs = 2_000;
/** A writer that takes this many further steps runs again. */
const proofSteps = 20;
/** How long a backup that was struck without being ended may take to come to an end by itself. */
const endsByItselfMs = 15_000;

/**
 * Starts a backup through a stand-in for main, strikes the victim at the chosen moment, and sees whether the writer goes on
 * in time. Whatever is left of the processes is ended afterwards.
 */
export async function runKillCase(kill: KillCase, place: KillPlace): Promise<CaseResult> {
  const program = fileURLToPath(new URL('../../harness/helper-driver.ts', import.meta.url));
  const driver = fork(program, [place.sourceId, place.repositoryId, place.passwordFile], {
    execArgv: ['--no-warnings'],
    env: { ...process.env, ...place.environment },
  });
  const seen = { helper: -1, storing: false, answered: false };
  driver.on('message', (message: DriverMessage) => {
    if (message.type === 'helper') seen.helper = message.pid;
    if (message.type === 'phase' && message.phase === 'open') seen.storing = true;
    if (message.type === 'answer') seen.answered = true;
  });
  const exited = new Promise((resolve) => driver.once('exit', resolve));
  try {
    await until(() => seen.storing || seen.answered, 30_000);
    const moment = await waitForMoment(kill, place.writer, seen.helper, () => seen.answered);
    const targets = pidsOf(kill.victim, seen.helper, driver.pid ?? -1);
    const stepsBefore = place.writer.stepsSoFar();
    const startedAt = performance.now();
    for (const pid of targets) strike(pid, kill.how);
    const wasFreezing = moment && (isExpedited() || lookAt(place.writer.pid)?.state === 'D');
    const wentOn = await until(() => place.writer.stepsSoFar() >= stepsBefore + proofSteps, place.leaseMs + graceMs);
    const heldMs = Math.round(performance.now() - startedAt);
    const isLimited = kill.how === 'memory' || kill.how === 'descriptors';
    if (isLimited) await until(() => seen.answered || lookAt(seen.helper) === undefined, endsByItselfMs);
    const facts = { wasAimed: moment, wasFreezing, heldMs, targets: targets.length, answered: seen.answered };
    return { ok: wentOn && targets.length > 0, facts };
  } finally {
    const left = [driver.pid ?? -1, seen.helper, ...childrenOf(seen.helper).map(({ pid }) => pid)];
    for (const pid of left) if (pid > 0 && lookAt(pid)) signal(pid, 'SIGKILL');
    await exited;
    await until(() => left.every((pid) => pid <= 0 || (lookAt(pid)?.state ?? 'Z') === 'Z'), 5_000);
  }
}

/** True when a freeze was seen on its way; false when the moment was chosen by the clock, or none came. */
async function waitForMoment(
  kill: KillCase,
  writer: OrderedWriter,
  helper: number,
  isOver: () => boolean,
): Promise<boolean> {
  if (kill.afterMs !== null) {
    await sleep(kill.afterMs);
    return false;
  }
  while (await freezeSeen(writer.pid, isOver, 30_000)) {
    // Without a guard of ours it was somebody else's freeze.
    if (guardsOf(helper).length > 0) return true;
    await sleep(1);
  }
  return false;
}

/** Asked of the kernel in one go: what is aimed at lasts milliseconds. Source: proc_pid_task(5), `children`. */
function guardsOf(helper: number): number[] {
  try {
    const children = readFileSync(`/proc/${helper}/task/${helper}/children`, 'latin1');
    return children
      .split(' ')
      .filter(Boolean)
      .map(Number)
      .filter((pid) => lookAt(pid)?.name === 'sp-guard');
  } catch {
    return [];
  }
}

function pidsOf(victim: Victim, helper: number, main: number): number[] {
  const guards = guardsOf(helper);
  switch (victim) {
    case 'main':
      return [main];
    case 'helper':
      return [helper];
    case 'guard':
      // Before and after the freeze there is none; then there is nothing to end.
      return guards.length > 0 ? guards : [helper];
    case 'helper and guard':
      return [helper, ...guards];
  }
}

async function until(condition: () => boolean, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await sleep(2);
  }
  return true;
}
