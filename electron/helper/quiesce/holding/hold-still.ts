import { nsToInstant } from '../../../../shared/domain/time.ts';
import { isStillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { deviceNumber } from '../../system/mounts.ts';
import { syncFilesystem } from '../../system/sync.ts';
import type { QuiesceContext } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { type FreezeGuard, type FrozenMoment, type FrozenOutcome, startGuard, withFrozen } from '../guard/index.ts';
import { goFirst } from './go-first.ts';
import { canExpediteRcu } from './rcu.ts';

/** What a hold is made of. Tests take single steps away, to see that nothing else makes up for them. */
export interface HoldSteps {
  readonly flush: (fd: number) => Promise<void>;
  readonly startGuard: typeof startGuard;
  readonly withFrozen: typeof withFrozen;
}

export const holdSteps: HoldSteps = { flush: syncFilesystem, startGuard, withFrozen };

/** Shorter leases would end before the guard's own answer is through on a busy machine. */
const shortestLeaseMs = 100;

/** What the guard enforces where writers may be held this long, ms. */
export function leaseOf(longestStallMs: number): number {
  return Math.max(shortestLeaseMs, longestStallMs);
}

/** Part of the time kept for the way to the thaw. */
const reserve = 0.1;

/** How much of the time writers may be held is there to be used, ms. */
export function usableMs(longestStallMs: number): number {
  return longestStallMs * (1 - reserve);
}

export interface HoldParts {
  readonly facts: FilesystemFacts;
  readonly rootFd: number;
  /** What writers may be asked to bear: everything is planned and judged by it. The guard enforces `leaseOf` it. */
  readonly longestStallMs: number;
  readonly context: Pick<QuiesceContext, 'signal' | 'report' | 'mayHold' | 'aroundHold'>;
  readonly environment: QuiesceEnvironment;
  readonly steps: HoldSteps;
  /** Last use of time before the freeze, as phase `flush`: afterwards little may be dirty. */
  readonly flush: () => Promise<void>;
  /** Right before the freeze. Ends with a short synchronous piece of work; may refuse by throwing. */
  readonly ready?: () => void | Promise<void>;
}

export type Held<T> = FrozenOutcome<T> & { readonly held: true };

/** Names the filesystem that is held, however it is reached. */
function filesystemOf(facts: FilesystemFacts): string {
  return deviceNumber(facts.mount);
}

/** Waits until the filesystem has had its rest from the freeze before. Rejects as `FreezePace.turn` does. */
export async function awaitTurn({ facts, context, environment }: HoldParts): Promise<void> {
  const { signal, report } = context;
  await environment.pace?.turn(filesystemOf(facts), facts.mountPoint, signal, (ms) =>
    report.note('info', `${facts.mountPoint} was held still just now; waiting ${(ms / 1000).toFixed(1)} s.`),
  );
}

/**
 * One freeze from its turn to its thaw: rest, sleep, guard and witness, flush, freeze, `work`, thaw. `work` runs between
 * freeze and thaw, on this thread, in this turn of the event loop; see `withFrozen` for what it may do. Resolves only for
 * a hold that stood until we ended it. Nothing is held any more when it settles.
 */
export async function holdStill<T>(
  parts: HoldParts,
  work: (frozen: FrozenMoment) => T extends PromiseLike<unknown> ? never : T,
): Promise<Held<T>> {
  const { facts, longestStallMs, context, environment } = parts;
  const { signal, report } = context;
  const leaseMs = leaseOf(longestStallMs);
  // What else was held meanwhile counts too.
  await awaitTurn(parts);
  await context.mayHold?.();
  // Given back last, after the guard: when the thaw is certain.
  await using sleep = await environment.sleep?.hold(leaseMs, report);
  // Whoever was told to get ready goes on when the thaw is certain, and before the machine may sleep.
  await using _told = await context.aroundHold?.();
  await using guard = await startBeside(parts, {
    mountPath: facts.mountPoint,
    mountFd: parts.rootFd,
    guardBinary: environment.guardBinary,
    leaseMs,
    expediteRcu: canExpediteRcu(),
    ...(environment.emergencyThaw === true ? { emergencyThaw: true } : {}),
    ...(environment.cgroupProcs === undefined ? {} : { cgroupProcs: environment.cgroupProcs }),
  });
  await sleep?.requireAwake();
  throwIfAborted(signal);
  await parts.ready?.();
  throwIfAborted(signal);
  const outcome = frozenWork(parts, guard, work);
  tell(parts, outcome);
  if (!outcome.held) throw outcome.error;
  return outcome;
}

/** Guard and witness, started while the last flush goes on: neither waits for the other. */
async function startBeside(
  { context, steps, flush }: HoldParts,
  options: Parameters<HoldSteps['startGuard']>[0],
): Promise<FreezeGuard> {
  const [started, flushed] = await Promise.allSettled([
    steps.startGuard(options),
    context.report.phase('flush', flush),
  ]);
  if (started.status === 'rejected') throw started.reason;
  if (flushed.status === 'fulfilled') return started.value;
  await started.value.close();
  throw flushed.reason;
}

function frozenWork<T>(
  { facts, longestStallMs, context, environment, steps }: HoldParts,
  guard: FreezeGuard,
  work: (frozen: FrozenMoment) => T extends PromiseLike<unknown> ? never : T,
): FrozenOutcome<T> {
  let isBegun = false;
  const askedAt = performance.now();
  using _first = goFirst();
  try {
    return steps.withFrozen<T>(guard, (frozen) => {
      isBegun = true;
      return work(frozen);
    });
  } catch (error) {
    const heldMs = performance.now() - askedAt;
    // A freeze that was refused held nobody.
    if (isBegun || isStillpointError(error, 'freeze-ended-early'))
      environment.pace?.note(filesystemOf(facts), { stallMs: heldMs, isOverrun: heldMs > leaseOf(longestStallMs) });
    if (isBegun) context.report.note('warning', `Writers waited ${heldMs.toFixed(0)} ms for a copy that was given up.`);
    throw error;
  }
}

/** What happened while nothing could be told. */
function tell<T>({ facts, longestStallMs, context, environment }: HoldParts, outcome: FrozenOutcome<T>): void {
  const { report } = context;
  const leaseMs = leaseOf(longestStallMs);
  const stoppedUs = !outcome.held && (outcome.cause === 'deadline' || outcome.cause === 'witness');
  if (outcome.times === null) {
    environment.pace?.note(filesystemOf(facts), { stallMs: leaseMs, isOverrun: stoppedUs });
    return;
  }
  const { stall, frozen } = outcome.times;
  const ms = (from: bigint, to: bigint): number => Number(to - from) / 1e6;
  const wallMs = (ns: bigint): number => Number(ns) / 1e6;
  const stallMs = ms(stall.from.monotonicNs, stall.to.monotonicNs);
  environment.pace?.note(filesystemOf(facts), { stallMs, isOverrun: stoppedUs || stallMs > leaseMs });
  report.past('freeze', wallMs(stall.from.wallNs), ms(stall.from.monotonicNs, frozen.from.monotonicNs));
  report.past('delta', wallMs(frozen.from.wallNs), ms(frozen.from.monotonicNs, frozen.to.monotonicNs));
  report.past('thaw', wallMs(frozen.to.wallNs), ms(frozen.to.monotonicNs, stall.to.monotonicNs));
  report.held(nsToInstant(frozen.from.wallNs), nsToInstant(stall.to.wallNs), stallMs);
  if (stallMs > longestStallMs)
    report.note('warning', `Writers waited ${stallMs.toFixed(0)} ms; ${longestStallMs} ms were allowed.`);
}
