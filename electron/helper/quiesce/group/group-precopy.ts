import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { GroupFacts } from '../../sources/group/facts.ts';
import { statxCached } from '../../system/statx.ts';
import type { Lease, QuiesceMethod, StillOutcome, StillView } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { requireAvailable } from '../holding/obstacles.ts';
import { spareMemoryBytes } from '../holding/spare-memory.ts';
import type { Journal } from '../journal/contract.ts';
import { journalReasons } from '../journal/index.ts';
import type { AfterThaw } from '../precopy-freeze/after-thaw.ts';
import { mayBeCountedFrom } from '../precopy-freeze/counts-from.ts';
import { contentReadLater } from '../precopy-freeze/doubted-content.ts';
import { longestStallOf } from '../precopy-freeze/preflight.ts';
import { SourceHold } from '../precopy-freeze/source-hold.ts';
import { MeasuredStalls } from '../precopy-freeze/stall-model.ts';
import { type PrecopySteps, precopySteps } from '../precopy-freeze/steps.ts';
import { nowhereToPut, Tries } from '../precopy-freeze/tries.ts';
import { rootPlace } from '../view/ancestors.ts';
import { entryMeta } from '../view/entry-meta.ts';
import { freezeOrder } from './freeze-order.ts';
import { groupEvidence } from './group-evidence.ts';
import { holdAll } from './group-hold.ts';
import { groupPromise } from './group-promise.ts';
import type { GroupRunParts, Member, OpenMember, TakenGroup } from './members.ts';
import { mergedView } from './merged-view.ts';
import { aheadOfGroup, entryOfGroup, memberVersions } from './versions.ts';

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
      for (const { facts: member, loan } of members)
        if (loan.startedAnew !== null && loan.startedAnew !== journalReasons.first)
          context.report.note('info', `${member.location}: ${loan.startedAnew}`);
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
  readonly #tries = new Tries();

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
    return { value, evidence: groupEvidence(this.#parts, members, taken, this.#tries.reasons) };
  }

  #sourceOf(open: OpenMember, base: string | null): SourceHold {
    const { context, environment, steps, longestStallMs } = this.#parts;
    const { ahead, parentBase } = context;
    if (ahead === undefined) throw nowhereToPut();
    const { deltaMemoryBytes = spareMemoryBytes() } = environment;
    // What may be read into memory while writers wait is there for all of them together.
    const share = Math.floor(deltaMemoryBytes / this.#parts.members.length);
    return new SourceHold({
      ...open,
      ahead: aheadOfGroup(ahead, base, parentBase),
      context: { ...context, parentBase: base ?? undefined },
      ...{ environment: { ...environment, deltaMemoryBytes: share }, steps, longestStallMs },
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

  /** Until a hold of all stands and leaves no doubt. */
  #hold(members: readonly Member[]): Promise<TakenGroup> {
    const { context, steps } = this.#parts;
    const { report, signal } = context;
    const filesystems = freezeOrder(members);
    return this.#tries.until<TakenGroup>({
      ...{ context, pause: steps.pause, sources: members.map(({ source }) => source) },
      once: async () => {
        await report.phase('precopy', async () => {
          for (const { source } of members) await source.prepare();
        });
        throwIfAborted(signal);
        const held = await holdAll({ ...this.#parts, members, filesystems, tries: this.#tries });
        const after = new Map<Member, AfterThaw>();
        await report.phase('rescan', async () => {
          for (const member of members) after.set(member, await member.source.lookAfter());
        });
        return { held, after };
      },
      doubtOf: ({ after }) =>
        [...after.values()].flatMap(({ doubts, gap }) => [...doubts, ...(gap === '' ? [] : [gap])])[0],
    });
  }
}
