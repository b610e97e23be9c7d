import { maxListedPaths } from '../../../../shared/domain/evidence.ts';
import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { isStillpointError, StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { deviceNumber } from '../../system/mounts.ts';
import { syncFilesystem } from '../../system/sync.ts';
import type { Lease, QuiesceContext, QuiesceMethod, StillEvidence, StillOutcome, StillView } from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { type FreezeGuard, type FrozenOutcome, startGuard, withFrozen } from '../guard/index.ts';
import { rootPlace } from '../view/ancestors.ts';
import { TreeCopier, type TreeCopy } from './copy-tree.ts';
import { flushUntilQuick } from './flush-until-quick.ts';
import { holdRecord, type ReadingTimes } from './hold-record.ts';
import { canExpediteRcu, planSpool, promiseOf } from './preflight.ts';
import { Spool } from './spool.ts';
import { spoolView } from './spool-view.ts';
import { TimeBudget } from './time-budget.ts';
import { type WarmTree, warmUp } from './warm-up.ts';

/** What the method is made of. Tests take single steps away, to see that nothing else makes up for them. */
export interface FreezeSteps {
  readonly flush: (fd: number) => Promise<void>;
  readonly startGuard: typeof startGuard;
  readonly withFrozen: typeof withFrozen;
}

export const freezeSteps: FreezeSteps = { flush: syncFilesystem, startGuard, withFrozen };

/** Shorter leases would end before the guard's own answer is through on a busy machine. */
const shortestLeaseMs = 100;
/** Part of the time kept for the way to the thaw. */
const reserve = 0.1;

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
    preflight: async (facts: FilesystemFacts, lease: Lease) => promiseOf(facts, lease, environment),
    withStillView: async (facts, lease, context, use) => {
      throwIfAborted(context.signal);
      const tree = facts.openTree();
      try {
        // Asked again: what must never be frozen is not left to a promise that may be old.
        requireAvailable(promiseOf(facts, lease, environment));
        return await new FreezeRun(facts, tree, lease, context, environment, steps).run(use);
      } finally {
        tree.close();
      }
    },
  };
}

class FreezeRun {
  readonly #facts: FilesystemFacts;
  readonly #tree: OpenTree;
  /** What writers may be asked to bear: everything is planned and judged by it. */
  readonly #longestStallMs: number;
  /** What the guard enforces. */
  readonly #leaseMs: number;
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
    this.#leaseMs = Math.max(shortestLeaseMs, lease.longestStallMs);
    this.#context = context;
    this.#environment = environment;
    this.#steps = steps;
  }

  async run<T>(use: (view: StillView) => Promise<T>): Promise<StillOutcome<T>> {
    const { signal, report } = this.#context;
    const place = rootPlace(this.#facts, this.#tree);
    await this.#turn();
    const warm = await report.phase('scan', () => this.#warmUp());
    using spool = new Spool({
      ...planSpool(warm.bytes, this.#environment),
      scratchDirectory: this.#environment.scratchDirectory,
    });
    this.#rehearse(spool, warm);
    throwIfAborted(signal);
    const outcome = await this.#hold(spool, warm);
    const { copy, reading } = outcome.value;
    const hold = holdRecord(outcome.times, outcome.cause, this.#leaseMs, reading, copy);
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
    const copier = new TreeCopier(this.#tree, spool, new TimeBudget(this.#copyBudgetMs, warm));
    try {
      copier.copy();
    } catch (error) {
      throw error instanceof StillpointError && error.kind === 'freeze-ended-early' ? notBegun(error) : error;
    } finally {
      copier.closeFiles();
      spool.reset();
    }
  }

  get #copyBudgetMs(): number {
    return this.#longestStallMs * (1 - reserve);
  }

  async #hold(spool: Spool, warm: WarmTree): Promise<FrozenOutcome<Copied> & { held: true }> {
    const { signal, report } = this.#context;
    // What else was held meanwhile counts too.
    await this.#turn();
    // Given back last, after the guard: when the thaw is certain.
    await using sleep = await this.#environment.sleep?.hold(this.#leaseMs, report);
    await using guard = await this.#steps.startGuard({
      mountPath: this.#facts.mountPoint,
      mountFd: this.#tree.rootFd,
      guardBinary: this.#environment.guardBinary,
      leaseMs: this.#leaseMs,
      expediteRcu: canExpediteRcu(),
      ...(this.#environment.emergencyThaw === true ? { emergencyThaw: true } : {}),
      ...(this.#environment.cgroupProcs === undefined ? {} : { cgroupProcs: this.#environment.cgroupProcs }),
    });
    const flush = (): Promise<void> => this.#steps.flush(this.#tree.rootFd);
    await report.phase('flush', () => flushUntilQuick(flush, this.#longestStallMs, signal));
    await sleep?.requireAwake();
    throwIfAborted(signal);
    const outcome = this.#copyFrozen(guard, spool, warm);
    this.#tell(outcome);
    if (!outcome.held) throw outcome.error;
    return outcome;
  }

  async #turn(): Promise<void> {
    const { signal, report } = this.#context;
    await this.#environment.pace?.turn(this.#filesystem, this.#facts.mountPoint, signal, (ms) =>
      report.note('info', `${this.#facts.mountPoint} was held still just now; waiting ${(ms / 1000).toFixed(1)} s.`),
    );
  }

  /** Names the filesystem that is held, however it is reached. */
  get #filesystem(): string {
    return deviceNumber(this.#facts.mount);
  }

  /** Everything between freeze and thaw happens in here, on this thread, in this turn of the event loop. */
  #copyFrozen(guard: FreezeGuard, spool: Spool, warm: WarmTree): FrozenOutcome<Copied> {
    const files: { copier?: TreeCopier } = {};
    const askedAt = performance.now();
    try {
      return this.#steps.withFrozen(guard, () => {
        const startedNs = process.hrtime.bigint();
        const copier = new TreeCopier(this.#tree, spool, new TimeBudget(this.#copyBudgetMs, warm));
        files.copier = copier;
        const copy = copier.copy();
        return { copy, reading: { startedNs, finishedNs: process.hrtime.bigint() } };
      });
    } catch (error) {
      const heldMs = performance.now() - askedAt;
      // A freeze that was refused held nobody.
      if (files.copier !== undefined || isStillpointError(error, 'freeze-ended-early'))
        this.#environment.pace?.note(this.#filesystem, { stallMs: heldMs, isOverrun: heldMs > this.#leaseMs });
      if (files.copier !== undefined)
        this.#context.report.note('warning', `Writers waited ${heldMs.toFixed(0)} ms for a copy that was given up.`);
      throw error;
    } finally {
      files.copier?.closeFiles();
    }
  }

  /** What happened while nothing could be told. */
  #tell(outcome: FrozenOutcome<Copied>): void {
    const { report } = this.#context;
    const stoppedUs = !outcome.held && (outcome.cause === 'deadline' || outcome.cause === 'witness');
    if (outcome.times === null) {
      this.#environment.pace?.note(this.#filesystem, { stallMs: this.#leaseMs, isOverrun: stoppedUs });
      return;
    }
    const { stall, frozen } = outcome.times;
    const ms = (from: bigint, to: bigint): number => Number(to - from) / 1e6;
    const wallMs = (ns: bigint): number => Number(ns) / 1e6;
    const stallMs = ms(stall.from.monotonicNs, stall.to.monotonicNs);
    this.#environment.pace?.note(this.#filesystem, { stallMs, isOverrun: stoppedUs || stallMs > this.#leaseMs });
    report.past('freeze', wallMs(stall.from.wallNs), ms(stall.from.monotonicNs, frozen.from.monotonicNs));
    report.past('delta', wallMs(frozen.from.wallNs), ms(frozen.from.monotonicNs, frozen.to.monotonicNs));
    report.past('thaw', wallMs(frozen.to.wallNs), ms(frozen.to.monotonicNs, stall.to.monotonicNs));
    report.held(nsToInstant(frozen.from.wallNs), nsToInstant(stall.to.wallNs), stallMs);
    if (stallMs > this.#longestStallMs)
      report.note('warning', `Writers waited ${stallMs.toFixed(0)} ms; ${this.#longestStallMs} ms were allowed.`);
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

function requireAvailable(promise: MethodPromise): void {
  if (promise.available) return;
  throw new StillpointError({
    kind: 'freeze-refused',
    message: promise.reasons.join(' '),
    guidance: 'Nothing was held still. Back up live, or remove what stands in the way.',
  });
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
