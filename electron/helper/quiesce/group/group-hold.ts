import { nsToInstant } from '../../../../shared/domain/time.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FreezeGuard, FrozenMoment } from '../guard/index.ts';
import { holdRecord } from '../holding/hold-record.ts';
import { leaseOf } from '../holding/hold-still.ts';
import { canExpediteRcu } from '../holding/rcu.ts';
import { runsFrom } from '../precopy-freeze/preflight.ts';
import type { Tries } from '../precopy-freeze/tries.ts';
import { type EndedFreeze, freezeAll, type HeldTogether } from './freeze-all.ts';
import type { GroupFilesystem } from './freeze-order.ts';
import { type GroupRunParts, type HeldFilesystem, type Member, sumOf } from './members.ts';

interface GroupHoldParts extends Omit<GroupRunParts, 'members'> {
  readonly members: readonly Member[];
  /** In the order of their freezes. */
  readonly filesystems: readonly GroupFilesystem<Member>[];
  readonly tries: Tries;
}

/**
 * One hold of all, from everybody's turn to the last thaw: as `holdStill` does it for one. Resolves only for a hold of which
 * every part stood until we ended it. Nothing is held any more when it settles.
 */
export async function holdAll(parts: GroupHoldParts): Promise<readonly HeldFilesystem[]> {
  const { context, environment, members, filesystems, longestStallMs, tries } = parts;
  const { report, signal } = context;
  const leaseMs = leaseOf(longestStallMs);
  for (const { device, members: on } of filesystems)
    await environment.pace?.turn(device, on[0].facts.mountPoint, signal, (ms) =>
      report.note('info', `${on[0].facts.mountPoint} was held still just now; waiting ${(ms / 1000).toFixed(1)} s.`),
    );
  await context.mayHold?.();
  // Given back last, after the guards: when every thaw is certain.
  await using sleep = await environment.sleep?.hold(leaseMs, report);
  await using _told = await context.aroundHold?.();
  await using guards = new AsyncDisposableStack();
  const ready = await startBeside(parts, leaseMs, guards);
  await sleep?.requireAwake();
  throwIfAborted(signal);
  await tries.ownInTurns(() => getReady(members));
  throwIfAborted(signal);
  const outcomes = frozenWork(parts, ready);
  return filesystems.map((filesystem, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error('a freeze of a group has no outcome');
    const inside = sumOf(filesystem.members.map(({ source }) => source.taken));
    return { filesystem, hold: holdRecord(outcome.times, outcome.cause, leaseMs, null, inside) };
  });
}

function frozenWork(parts: GroupHoldParts, guards: readonly FreezeGuard[]): HeldTogether['outcomes'] {
  const { members, steps, tries, context } = parts;
  const askedAt = performance.now();
  const heldMs = (): number => performance.now() - askedAt;
  let begun = 0;
  try {
    return freezeAll(
      guards,
      (guard, work) =>
        steps.withFrozen(guard, (moment) => {
          begun += 1;
          return work(moment);
        }),
      (moments) => tries.own(() => takeDeltas(members, moments)),
      (ended) => tell(parts, ended, { begun, heldMs: heldMs() }),
    ).outcomes;
  } catch (error) {
    if (begun > 0)
      context.report.note('warning', `Writers waited ${heldMs().toFixed(0)} ms for a copy that was given up.`);
    throw error;
  }
}

/** What the others need is done while one gets ready, and what is dirtied meanwhile costs a freeze: so each again, briefly. */
async function getReady(members: readonly Member[]): Promise<void> {
  for (const { source } of members) await source.getReady();
  if (members.length > 1) for (const { source } of members) await source.getReady();
  for (const { source } of members) source.ready();
}

/** Guards and witnesses of all, started while the last flush goes on: nobody waits for another. */
async function startBeside(
  parts: GroupHoldParts,
  leaseMs: number,
  guards: AsyncDisposableStack,
): Promise<readonly FreezeGuard[]> {
  const { context, filesystems, members, tries } = parts;
  const starting = filesystems.map((filesystem, index) => startGuard(parts, filesystem, leaseMs, index === 0));
  const flushing = context.report.phase('flush', async () => {
    for (const { source } of members) await tries.ownInTurns(() => source.flush());
  });
  const [flushed, ...started] = await Promise.allSettled([flushing, ...starting] as const);
  const ready = started.flatMap((each) => (each.status === 'fulfilled' ? [guards.use(each.value)] : []));
  for (const each of [...started, flushed]) if (each.status === 'rejected') throw each.reason;
  return ready;
}

function startGuard(
  { environment, filesystems, steps }: GroupHoldParts,
  { members }: GroupFilesystem<Member>,
  leaseMs: number,
  isFirst: boolean,
): Promise<FreezeGuard> {
  const [{ facts, tree }] = members;
  // Whoever ends one of them must be able to while the system itself waits for another.
  const isSystem = filesystems.some((each) => each.members.some((member) => runsFrom(member.facts, environment)));
  return steps.startGuard({
    mountPath: facts.mountPoint,
    mountFd: tree.rootFd,
    guardBinary: environment.guardBinary,
    leaseMs,
    // By one alone: a second one would take what the first has set for what it was, and leave it so.
    expediteRcu: isFirst && canExpediteRcu(),
    ...(isSystem || environment.emergencyThaw === true ? { emergencyThaw: true } : {}),
    ...(environment.cgroupProcs === undefined ? {} : { cgroupProcs: environment.cgroupProcs }),
  });
}

/** While all are frozen. What the ones before took of the time is not there for the next. */
function takeDeltas(members: readonly Member[], moments: readonly FrozenMoment[]): void {
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined) throw new Error('nothing of a group is frozen');
  for (const { source } of members) {
    const nowNs = process.hrtime.bigint();
    const passedNs = nowNs > last.after.monotonicNs ? nowNs - last.after.monotonicNs : 0n;
    const after = { monotonicNs: last.after.monotonicNs + passedNs, wallNs: last.after.wallNs + passedNs };
    source.takeDelta({ before: first.before, after, leaseEndsNs: first.leaseEndsNs });
  }
}

/** What happened while nothing could be told. `begun`: so many were frozen, for at most `heldMs`. */
function tell(
  { filesystems, context, environment, longestStallMs, stalls }: GroupHoldParts,
  ended: readonly (EndedFreeze | undefined)[],
  { begun, heldMs }: { readonly begun: number; readonly heldMs: number },
): void {
  const { report } = context;
  const leaseMs = leaseOf(longestStallMs);
  for (const [index, { device }] of filesystems.entries()) {
    const outcome = ended[index];
    if (outcome === undefined) {
      if (index < begun) environment.pace?.note(device, { stallMs: heldMs, isOverrun: heldMs > leaseMs });
      continue;
    }
    const stoppedUs = !outcome.held && (outcome.cause === 'deadline' || outcome.cause === 'witness');
    const span = outcome.times?.stall;
    const stallMs = span === undefined ? leaseMs : ms(span.from.monotonicNs, span.to.monotonicNs);
    environment.pace?.note(device, { stallMs, isOverrun: stoppedUs || stallMs > leaseMs });
    if (span !== undefined) stalls.note(device, stallMs);
  }
  const first = ended[0]?.times;
  const last = ended.at(-1)?.times;
  if (!first || !last || ended.some((outcome) => outcome?.held !== true)) return;
  const stallMs = ms(first.stall.from.monotonicNs, first.stall.to.monotonicNs);
  report.past(
    'freeze',
    wallMs(first.stall.from.wallNs),
    ms(first.stall.from.monotonicNs, last.frozen.from.monotonicNs),
  );
  report.past('delta', wallMs(last.frozen.from.wallNs), ms(last.frozen.from.monotonicNs, last.frozen.to.monotonicNs));
  report.past('thaw', wallMs(last.frozen.to.wallNs), ms(last.frozen.to.monotonicNs, first.stall.to.monotonicNs));
  report.held(nsToInstant(last.frozen.from.wallNs), nsToInstant(first.stall.to.wallNs), stallMs);
  if (stallMs > longestStallMs)
    report.note('warning', `Writers waited ${stallMs.toFixed(0)} ms; ${longestStallMs} ms were allowed.`);
}

function ms(from: bigint, to: bigint): number {
  return Number(to - from) / 1e6;
}

function wallMs(ns: bigint): number {
  return Number(ns) / 1e6;
}
