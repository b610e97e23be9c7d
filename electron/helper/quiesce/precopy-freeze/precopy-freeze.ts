import { maxListedPaths } from '../../../../shared/domain/evidence.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type {
  AheadStore,
  Lease,
  QuiesceContext,
  QuiesceMethod,
  StillEvidence,
  StillOutcome,
  StillView,
} from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { holdRecord } from '../holding/hold-record.ts';
import { type Held, type HoldParts, holdStill, leaseOf } from '../holding/hold-still.ts';
import { requireAvailable } from '../holding/obstacles.ts';
import type { Journal, JournalLoan } from '../journal/contract.ts';
import { journalReasons } from '../journal/index.ts';
import { rootPlace } from '../view/ancestors.ts';
import type { AfterThaw } from './after-thaw.ts';
import { mayBeCountedFrom } from './counts-from.ts';
import { contentReadLater } from './doubted-content.ts';
import type { TakenDelta } from './frozen-delta.ts';
import { notesOf } from './kept-notes.ts';
import { longestStallOf, promiseOf, runsFrom } from './preflight.ts';
import { SourceHold } from './source-hold.ts';
import { MeasuredStalls } from './stall-model.ts';
import { type PrecopySteps, precopySteps } from './steps.ts';
import { trackingEvidence } from './tracking-evidence.ts';
import { nowhereToPut, Tries } from './tries.ts';

/**
 * Copies everything while programs go on writing, follows what they change, and holds them still only for what changed
 * last. The pause is that of the freeze call, whatever the size of the data.
 */
export function createPrecopyFreeze(
  environment: QuiesceEnvironment,
  steps: PrecopySteps = precopySteps,
): QuiesceMethod<FilesystemFacts> {
  const stalls = new MeasuredStalls();
  return {
    name: 'precopy-freeze',
    preflight: async (facts, lease) => promiseOf(facts, lease, environment, stalls),
    withStillView: async (facts, lease, context, use) => {
      throwIfAborted(context.signal);
      // Asked again: what must never be frozen is not left to a promise that may be old.
      requireAvailable(promiseOf(facts, lease, environment, stalls));
      const { journal } = environment;
      const { ahead } = context;
      if (journal === undefined || ahead === undefined) throw nowhereToPut();
      const tree = facts.openTree();
      try {
        const run = new PrecopyRun({ facts, lease, context, environment, steps, stalls, tree, ahead });
        return await run.run(journal, use);
      } finally {
        tree.close();
      }
    },
  };
}

interface RunParts {
  readonly facts: FilesystemFacts;
  readonly lease: Lease;
  readonly context: QuiesceContext;
  readonly environment: QuiesceEnvironment;
  readonly steps: PrecopySteps;
  readonly stalls: MeasuredStalls;
  readonly tree: OpenTree;
  readonly ahead: AheadStore;
}

interface TakenHold {
  readonly held: Held<TakenDelta>;
  readonly after: AfterThaw;
}

class PrecopyRun {
  readonly #parts: RunParts;
  readonly #longestStallMs: number;
  readonly #tries = new Tries();

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#longestStallMs = longestStallOf(parts.facts, parts.lease, parts.environment);
  }

  async run<T>(journal: Journal, use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const { facts, tree, context } = this.#parts;
    using loan = journal.lend(facts, tree.rootFd);
    // That a source is new to this helper is nothing to tell of.
    if (loan.startedAnew !== null && loan.startedAnew !== journalReasons.first)
      context.report.note('info', loan.startedAnew);
    try {
      const outcome = await this.#runWith(loan, use);
      // What was missed in it would be missed by every run that counts from it.
      if (mayBeCountedFrom(outcome.evidence)) loan.keep();
      return outcome;
    } catch (error) {
      // The picture is as true as before: whatever was marked and not looked at is still marked.
      if (error instanceof StillpointError && error.kind !== 'internal') loan.keep();
      throw error;
    } finally {
      loan.picture.endRun();
    }
  }

  async #runWith<T>(loan: JournalLoan, use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const { context, tree, facts } = this.#parts;
    const { signal } = context;
    const place = rootPlace(facts, tree);
    await using source = new SourceHold({ ...this.#parts, loan, longestStallMs: this.#longestStallMs });
    const { held, after } = await this.#hold(source);
    source.endWatching();
    for (const file of after.doubted)
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
    throwIfAborted(signal);
    const value = await use({ ancestors: place.ancestors, root, unreadable: () => tree.unreadable() });
    throwIfAborted(signal);
    return { value, evidence: this.#evidence(source, loan, held, after) };
  }

  /** Until a hold stands and leaves no doubt. */
  #hold(source: SourceHold): Promise<TakenHold> {
    const { context, steps } = this.#parts;
    return this.#tries.until({
      ...{ context, pause: steps.pause, sources: [source] },
      once: () => this.#holdOnce(source),
      doubtOf: ({ after }) => [...after.doubts, ...(after.gap === '' ? [] : [after.gap])][0],
    });
  }

  async #holdOnce(source: SourceHold): Promise<TakenHold> {
    const { report, signal } = this.#parts.context;
    await report.phase('precopy', () => source.prepare());
    throwIfAborted(signal);
    const held = await holdStill<TakenDelta>(this.#holdParts(source), (frozen) =>
      this.#tries.own(() => source.takeDelta(frozen)),
    );
    const { stall } = held.times;
    this.#parts.stalls.note(
      deviceNumber(this.#parts.facts.mount),
      Number(stall.to.monotonicNs - stall.from.monotonicNs) / 1e6,
    );
    return { held, after: await report.phase('rescan', () => source.lookAfter()) };
  }

  #holdParts(source: SourceHold): HoldParts {
    const { facts, tree, context, environment, steps } = this.#parts;
    // What the system runs from is never left without the last resort there is.
    const emergency = runsFrom(facts, environment) ? { emergencyThaw: true } : {};
    return {
      facts,
      rootFd: tree.rootFd,
      longestStallMs: this.#longestStallMs,
      context,
      environment: { ...environment, ...emergency },
      steps,
      flush: () => this.#tries.ownInTurns(() => source.flush()),
      ready: () => this.#tries.ownInTurns(() => source.getReady()),
    };
  }

  #evidence(source: SourceHold, loan: JournalLoan, held: Held<TakenDelta>, after: AfterThaw): StillEvidence {
    const { facts, tree } = this.#parts;
    const { taken } = source;
    const hold = holdRecord(held.times, held.cause, leaseOf(this.#longestStallMs), null, taken);
    const notes = notesOf(loan.picture);
    notes.met(tree);
    const leftOut = notes.all();
    const { filesystem, mountPoint, device } = facts;
    const judged = {
      hold,
      observation: null,
      agreement: null,
      atomic: null,
      tracking: trackingEvidence(source, loan.tracker, after, this.#tries.reasons),
    };
    const isCountedFrom = mayBeCountedFrom(judged);
    return {
      ...judged,
      // The freeze flushes everything itself, and begins with it. Nothing is reused of what may be older than it.
      flushedAt: isCountedFrom ? nsToInstant(held.times.stall.from.wallNs - doubtNs()) : null,
      stillPoint: hold.frozenAt,
      leftOut: leftOut.slice(0, maxListedPaths),
      leftOutTotal: leftOut.length,
      detail: {
        ...(isCountedFrom ? { checkpoint: taken.version.id } : {}),
        ...(source.trusted.length === 0 ? {} : { trustedPrograms: source.trusted.join(' ') }),
      },
      machine: { filesystem, mountPoint, device },
      rereadTotal: source.contents.rereads,
    };
  }
}
