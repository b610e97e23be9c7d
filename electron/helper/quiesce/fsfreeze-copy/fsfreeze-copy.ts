import { maxListedPaths } from '../../../../shared/domain/evidence.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { deviceNumber } from '../../system/mounts.ts';
import { scanOpenWritersInTurns } from '../../system/open-writers.ts';
import type { Lease, QuiesceContext, QuiesceMethod, StillEvidence, StillOutcome, StillView } from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { answeredOpens } from '../holding/answered-opens.ts';
import { flushUntilQuick } from '../holding/flush-until-quick.ts';
import { holdRecord, type ReadingTimes } from '../holding/hold-record.ts';
import {
  awaitTurn,
  type Held,
  type HoldParts,
  type HoldSteps,
  holdSteps,
  holdStill,
  leaseOf,
  usableMs,
} from '../holding/hold-still.ts';
import { requireAvailable } from '../holding/obstacles.ts';
import { Spool } from '../holding/spool.ts';
import { TimeBudget } from '../holding/time-budget.ts';
import { rootPlace } from '../view/ancestors.ts';
import { TreeCopier, type TreeCopy } from './copy-tree.ts';
import { planSpool, promiseOf } from './preflight.ts';
import { spoolView } from './spool-view.ts';
import { type WarmTree, warmUp } from './warm-up.ts';

/** What the method is made of. Tests take single steps away, to see that nothing else makes up for them. */
export type FreezeSteps = HoldSteps;

export const freezeSteps: FreezeSteps = holdSteps;

interface Copied {
  readonly copy: TreeCopy;
  readonly reading: ReadingTimes;
}

/** Freeze, copy everything, thaw; only then is anything hashed, encrypted or stored. The stall grows with the tree. */
export function createFsfreezeCopy(
  environment: QuiesceEnvironment,
  steps: FreezeSteps = freezeSteps,
): QuiesceMethod<FilesystemFacts> {
  return {
    name: 'fsfreeze-copy',
    preflight: async (facts: FilesystemFacts, lease: Lease) => (await promiseOf(facts, lease, environment)).promise,
    withStillView: async (facts, lease, context, use) => {
      throwIfAborted(context.signal);
      const tree = facts.openTree();
      try {
        // Asked again: what must never be frozen is not left to a promise that may be old.
        const { promise, counted } = await promiseOf(facts, lease, environment);
        requireAvailable(promise);
        return await new FreezeRun(counted, tree, lease, context, environment, steps).run(use);
      } finally {
        tree.close();
      }
    },
  };
}

class FreezeRun {
  readonly #facts: FilesystemFacts;
  readonly #tree: OpenTree;
  readonly #longestStallMs: number;
  readonly #context: QuiesceContext;
  readonly #environment: QuiesceEnvironment;
  readonly #steps: FreezeSteps;

  constructor(
    facts: FilesystemFacts,
    tree: OpenTree,
    lease: Lease,
    context: QuiesceContext,
    environment: QuiesceEnvironment,
    steps: FreezeSteps,
  ) {
    this.#facts = facts;
    this.#tree = tree;
    this.#longestStallMs = lease.longestStallMs;
    this.#context = context;
    this.#environment = environment;
    this.#steps = steps;
  }

  async run<T>(use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const { signal, report } = this.#context;
    const place = rootPlace(this.#facts, this.#tree);
    await awaitTurn(this.#parts);
    const warm = await report.phase('scan', () => this.#warmUp());
    using spool = new Spool({
      ...planSpool(warm.bytes, this.#environment),
      scratchDirectory: this.#environment.scratchDirectory,
    });
    this.#rehearse(spool, warm);
    throwIfAborted(signal);
    const outcome = await this.#hold(spool, warm);
    const { copy, reading } = outcome.value;
    const hold = holdRecord(outcome.times, outcome.cause, leaseOf(this.#longestStallMs), reading, copy);
    const view = spoolView(place, copy, spool, this.#facts.filesystem, () => this.#tree.unreadable());
    throwIfAborted(signal);
    const value = await use(view);
    throwIfAborted(signal);
    return { value, evidence: this.#evidence(hold, outcome.times.stall.from.wallNs) };
  }

  #warmUp(): Promise<WarmTree> {
    const { signal, report } = this.#context;
    report.totals(this.#facts.files, this.#facts.storedBytes);
    return warmUp(this.#tree, report, signal);
  }

  /** The very same work, with nobody held: it shows how long it takes, and leaves everything it needs in the caches. */
  #rehearse(spool: Spool, warm: WarmTree): void {
    const copier = new TreeCopier(this.#tree, spool, new TimeBudget(usableMs(this.#longestStallMs), warm));
    try {
      copier.copy();
    } catch (error) {
      throw error instanceof StillpointError && error.kind === 'freeze-ended-early' ? notBegun(error) : error;
    } finally {
      copier.closeFiles();
      spool.reset();
    }
  }

  get #parts(): HoldParts {
    const { signal } = this.#context;
    const flush = (): Promise<void> => this.#steps.flush(this.#tree.rootFd);
    return {
      facts: this.#facts,
      rootFd: this.#tree.rootFd,
      longestStallMs: this.#longestStallMs,
      context: this.#context,
      environment: this.#environment,
      steps: this.#steps,
      flush: async () => {
        await this.#requireUnanswered();
        await flushUntilQuick(flush, this.#longestStallMs, signal);
      },
    };
  }

  async #requireUnanswered(): Promise<void> {
    // In turns without a signal: a cancel shows right after it, as one.
    const { isAnswered } = await scanOpenWritersInTurns(deviceNumber(this.#facts.mount));
    throwIfAborted(this.#context.signal);
    if (isAnswered === true) throw answeredOpens('everything would have to be opened meanwhile.');
  }

  async #hold(spool: Spool, warm: WarmTree): Promise<Held<Copied>> {
    const files: { copier?: TreeCopier } = {};
    try {
      return await holdStill<Copied>(this.#parts, () => {
        const startedNs = process.hrtime.bigint();
        const copier = new TreeCopier(this.#tree, spool, new TimeBudget(usableMs(this.#longestStallMs), warm));
        files.copier = copier;
        const copy = copier.copy();
        return { copy, reading: { startedNs, finishedNs: process.hrtime.bigint() } };
      });
    } finally {
      files.copier?.closeFiles();
    }
  }

  #evidence(hold: NonNullable<StillEvidence['hold']>, freezeAskedNs: bigint): StillEvidence {
    const leftOut = this.#tree.leftOut();
    const { filesystem, mountPoint, device } = this.#facts;
    return {
      hold,
      observation: null,
      agreement: null,
      atomic: null,
      // The freeze flushes everything itself, and begins with it.
      flushedAt: nsToInstant(freezeAskedNs - doubtNs()),
      stillPoint: hold.frozenAt,
      leftOut: leftOut.slice(0, maxListedPaths),
      leftOutTotal: leftOut.length,
      detail: {},
      machine: { filesystem, mountPoint, device },
      rereadTotal: 0,
    };
  }
}

function notBegun(cause: StillpointError): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: 'A rehearsal of the copy took longer than writers may be held, so they were not held.',
    guidance: cause.guidance,
    retryable: true,
    cause,
  });
}
