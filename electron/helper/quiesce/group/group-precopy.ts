import { nsToInstant } from '../../../../shared/domain/time.ts';
import { isStillpointError, StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { GroupFacts } from '../../sources/group/facts.ts';
import { statxCached } from '../../system/statx.ts';
import type { Lease, QuiesceMethod, StillOutcome, StillView } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import type { FreezeGuard, FrozenMoment } from '../guard/index.ts';
import { holdRecord } from '../holding/hold-record.ts';
import { leaseOf } from '../holding/hold-still.ts';
import { requireAvailable } from '../holding/obstacles.ts';
import { canExpediteRcu } from '../holding/rcu.ts';
import type { Journal } from '../journal/contract.ts';
import type { AfterThaw } from '../precopy-freeze/after-thaw.ts';
import { mayBeCountedFrom } from '../precopy-freeze/counts-from.ts';
import { contentReadLater } from '../precopy-freeze/doubted-content.ts';
import { longestStallOf, runsFrom } from '../precopy-freeze/preflight.ts';
import { SourceHold } from '../precopy-freeze/source-hold.ts';
import { MeasuredStalls } from '../precopy-freeze/stall-model.ts';
import { type PrecopySteps, precopySteps } from '../precopy-freeze/steps.ts';
import { rootPlace } from '../view/ancestors.ts';
import { entryMeta } from '../view/entry-meta.ts';
import { type EndedFreeze, freezeAll } from './freeze-all.ts';
import { freezeOrder, type GroupFilesystem } from './freeze-order.ts';
import { groupEvidence } from './group-evidence.ts';
import { groupPromise } from './group-promise.ts';
import {
  type GroupRunParts,
  type HeldFilesystem,
  type Member,
  type OpenMember,
  sumOf,
  type TakenGroup,
} from './members.ts';
import { mergedView } from './merged-view.ts';
import { aheadOfGroup, entryOfGroup, memberVersions } from './versions.ts';

const mostTries = 4;
const firstRestMs = 1000;

/**
 * Several folders held at one barrier: everything of all of them is copied while programs go on writing, then all their
 * filesystems are frozen, what changed last is taken of all, and all are thawed. What one program writes to several of them
 * in order is in the copy in that order.
 */
export function createGroupPrecopy(
  environment: QuiesceEnvironment,
  steps: PrecopySteps = precopySteps,
): QuiesceMethod<GroupFacts> {
  const stalls = new MeasuredStalls();
  const promise = (facts: GroupFacts, lease: Lease) => groupPromise(facts, lease, environment, stalls);
  return {
    name: 'precopy-freeze',
    preflight: async (facts, lease) => promise(facts, lease),
    withStillView: async (facts, lease, context, use) => {
      throwIfAborted(context.signal);
      requireAvailable(promise(facts, lease));
      const { journal } = environment;
      if (journal === undefined || context.ahead === undefined) throw nowhereToPut();
      using stack = new DisposableStack();
      const longestStallMs = Math.min(...facts.members.map((member) => longestStallOf(member, lease, environment)));
      const members = openMembers(facts, journal, stack);
      const run = new GroupRun({ facts, members, longestStallMs, context, environment, steps, stalls });
      return await run.run(use);
    },
  };
}

function openMembers(facts: GroupFacts, journal: Journal, stack: DisposableStack): OpenMember[] {
  return facts.members.map((member) => {
    const tree = member.openTree();
    stack.defer(() => tree.close());
    const loan = stack.use(journal.lend(member, tree.rootFd));
    stack.defer(() => loan.picture.endRun());
    return { facts: member, tree, loan, place: rootPlace(member, tree) };
  });
}

class GroupRun {
  readonly #parts: GroupRunParts;
  readonly #retries: string[] = [];
  /** What our own part of a hold threw: that may be tried again, what others refused is theirs to say. */
  #ownFailure: unknown;

  constructor(parts: GroupRunParts) {
    this.#parts = parts;
  }

  async run<T>(use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const { members } = this.#parts;
    try {
      const outcome = await this.#runWith(use);
      // What was missed in it would be missed by every run that counts from it.
      if (mayBeCountedFrom(outcome.evidence)) for (const { loan } of members) loan.keep();
      return outcome;
    } catch (error) {
      // The pictures are as true as before: whatever was marked and not looked at is still marked.
      if (error instanceof StillpointError && error.kind !== 'internal') for (const { loan } of members) loan.keep();
      throw error;
    }
  }

  async #runWith<T>(use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const { signal, parentBase } = this.#parts.context;
    await using sources = new AsyncDisposableStack();
    const bases = memberVersions(parentBase, this.#parts.members.length);
    const members = this.#parts.members.map((open, index) => {
      const source = sources.use(this.#sourceOf(open, bases[index] ?? null));
      return { ...open, source, base: source.base?.id ?? null };
    });
    const taken = await this.#hold(members);
    for (const { source } of members) source.endWatching();
    const view = mergedView(
      members.map((member) => this.#viewOf(member, taken)),
      entryMeta(statxCached(Buffer.from('/')), { linkTarget: null, xattrs: [] }),
    );
    throwIfAborted(signal);
    const value = await use(view);
    throwIfAborted(signal);
    return { value, evidence: groupEvidence(this.#parts, members, taken, this.#retries) };
  }

  #sourceOf(open: OpenMember, base: string | null): SourceHold {
    const { context, environment, steps, longestStallMs } = this.#parts;
    const { ahead, parentBase } = context;
    if (ahead === undefined) throw nowhereToPut();
    return new SourceHold({
      ...open,
      ahead: aheadOfGroup(ahead, base, parentBase),
      context: { ...context, parentBase: base ?? undefined },
      ...{ environment, steps, longestStallMs },
    });
  }

  #viewOf(member: Member, { after }: TakenGroup) {
    const { facts, tree, place, source, base } = member;
    const { signal, parentBase } = this.#parts.context;
    for (const file of after.get(member)?.doubted ?? [])
      source.picture.setContent(file.key, {
        state: 'inside',
        read: contentReadLater(facts, tree, file, signal),
        meta: file.meta,
      });
    const { root } = source.picture.view({
      ancestors: place.ancestors,
      rootName: place.name,
      fsType: facts.filesystem,
    });
    return {
      ancestors: place.ancestors,
      root: entryOfGroup(root, base, parentBase),
      unreadable: () => tree.unreadable(),
    };
  }

  /** Tries until a hold of all stands and leaves no doubt, or it is time to say so. */
  async #hold(members: readonly Member[]): Promise<TakenGroup> {
    const { context, steps } = this.#parts;
    const { report, signal } = context;
    const filesystems = freezeOrder(members);
    for (let tries = 1; ; tries += 1) {
      await report.phase('precopy', async () => {
        for (const { source } of members) await source.prepare();
      });
      throwIfAborted(signal);
      const result = await this.#tryOnce(members, filesystems, tries === mostTries);
      if (typeof result !== 'string') return result;
      this.#retries.push(result);
      report.note('info', `${result} It is tried again.`);
      for (const { source } of members) await source.forget();
      await steps.pause(firstRestMs * 2 ** (tries - 1), signal);
    }
  }

  async #tryOnce(
    members: readonly Member[],
    filesystems: readonly GroupFilesystem<Member>[],
    isLast: boolean,
  ): Promise<TakenGroup | string> {
    const { report } = this.#parts.context;
    let held: readonly HeldFilesystem[];
    try {
      held = await this.#holdOnce(members, filesystems);
    } catch (error) {
      if (isLast || error !== this.#ownFailure || !isRetried(error)) {
        for (const { source } of members) await source.forget();
        throw error;
      }
      return error.message;
    }
    const after = new Map<Member, AfterThaw>();
    await report.phase('rescan', async () => {
      for (const member of members) after.set(member, await member.source.lookAfter());
    });
    const [doubt] = [...after.values()].flatMap(({ doubts, gap }) => [...doubts, ...(gap === '' ? [] : [gap])]);
    return doubt === undefined || isLast ? { held, after } : doubt;
  }

  /** From everybody's turn to the last thaw. Nothing is held any more when it settles. */
  async #holdOnce(
    members: readonly Member[],
    filesystems: readonly GroupFilesystem<Member>[],
  ): Promise<readonly HeldFilesystem[]> {
    const { context, environment, steps, longestStallMs } = this.#parts;
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
    const ready: FreezeGuard[] = [];
    for (const filesystem of filesystems)
      ready.push(guards.use(await this.#startGuard(filesystem, leaseMs, ready.length === 0)));
    await report.phase('flush', async () => {
      for (const { source } of members) await this.#own(() => source.flush());
      // The flush of the last took its time; little may be dirty anywhere.
      for (const { members: on } of filesystems) await steps.flush(on[0].tree.rootFd);
    });
    await sleep?.requireAwake();
    throwIfAborted(signal);
    for (const { source } of members) this.#ownNow(() => source.ready());
    const { outcomes } = freezeAll(
      ready,
      steps.withFrozen,
      (moments) => this.#ownNow(() => takeDeltas(members, moments)),
      (ended) => this.#tell(filesystems, ended),
    );
    return filesystems.map((filesystem, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) throw new Error('a freeze of a group has no outcome');
      const inside = sumOf(filesystem.members.map(({ source }) => source.taken));
      return { filesystem, hold: holdRecord(outcome.times, outcome.cause, leaseMs, null, inside) };
    });
  }

  #startGuard({ members }: GroupFilesystem<Member>, leaseMs: number, isFirst: boolean): Promise<FreezeGuard> {
    const { environment, steps } = this.#parts;
    const [{ facts, tree }] = members;
    const emergency =
      members.some((member) => runsFrom(member.facts, environment)) || environment.emergencyThaw === true;
    return steps.startGuard({
      mountPath: facts.mountPoint,
      mountFd: tree.rootFd,
      guardBinary: environment.guardBinary,
      leaseMs,
      // By one alone: a second one would take what the first has set for what it was, and leave it so.
      expediteRcu: isFirst && canExpediteRcu(),
      ...(emergency ? { emergencyThaw: true } : {}),
      ...(environment.cgroupProcs === undefined ? {} : { cgroupProcs: environment.cgroupProcs }),
    });
  }

  /** What happened while nothing could be told. */
  #tell(filesystems: readonly GroupFilesystem<Member>[], ended: readonly (EndedFreeze | undefined)[]): void {
    const { context, environment, longestStallMs, stalls } = this.#parts;
    const { report } = context;
    const leaseMs = leaseOf(longestStallMs);
    const times = ended.map((outcome) => outcome?.times ?? null);
    for (const [index, { device }] of filesystems.entries()) {
      const span = times[index]?.stall;
      if (ended[index] === undefined) continue;
      const stallMs = span === undefined ? leaseMs : ms(span.from.monotonicNs, span.to.monotonicNs);
      environment.pace?.note(device, { stallMs, isOverrun: stallMs > leaseMs });
      if (span !== undefined) stalls.note(device, stallMs);
    }
    const first = times[0];
    const last = times.at(-1);
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

  async #own(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#ownFailure = error;
      throw error;
    }
  }

  #ownNow(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#ownFailure = error;
      throw error;
    }
  }
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

function ms(from: bigint, to: bigint): number {
  return Number(to - from) / 1e6;
}

function wallMs(ns: bigint): number {
  return Number(ns) / 1e6;
}

function isRetried(error: unknown): error is StillpointError {
  return (
    error instanceof StillpointError &&
    error.retryable &&
    ['freeze-refused', 'freeze-ended-early', 'scratch-full'].some((kind) => error.kind === kind) &&
    !isStillpointError(error, 'cancelled')
  );
}

function nowhereToPut(): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: 'There is nowhere to put what is read before the pause.',
    guidance: 'It is taken by another method.',
  });
}
