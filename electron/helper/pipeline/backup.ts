import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import { encodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import type { SourceSpec } from '../../../shared/domain/source.ts';
import { instantToNs } from '../../../shared/domain/time.ts';
import { throwIfAborted } from '../../../shared/errors/index.ts';
import { blobStoreFor, capture, createAhead } from '../capture/index.ts';
import type { QuiesceMethod } from '../quiesce/contract.ts';
import type { Hooks } from '../quiesce/index.ts';
import type { HeldLock, Repository, Snapshot } from '../repository/index.ts';
import type { SourceFacts } from '../sources/contract.ts';
import { addEvidence } from './add-evidence.ts';
import { firstThatHolds } from './attempts.ts';
import { composeEvidence } from './compose-evidence.ts';
import { countMeanwhile } from './count-meanwhile.ts';
import type { HoldConditions } from './hold-rules.ts';
import type { BackupJob } from './job.ts';
import { findParent } from './parent.ts';
import { patienceOf } from './patience.ts';
import { pickFor } from './preflight.ts';
import type { PublishedTrees } from './published-trees.ts';
import type { RunReporter } from './run-reporter.ts';
import { backupResult } from './run-results.ts';
import { surroundingsOf, whyNotHeld } from './surroundings.ts';
import { takeLock } from './take-lock.ts';
import { verifySnapshot } from './verify-snapshot.ts';

export interface BackupStages {
  /** Without `counting`: now. */
  readonly examine: (spec: SourceSpec, signal: AbortSignal, counting?: 'now' | 'when-asked') => Promise<SourceFacts>;
  /** What can hold a source of the kind of these facts; strongest first. */
  readonly methodsFor: (facts: SourceFacts) => readonly QuiesceMethod[];
  readonly kernel: string;
  readonly version: string;
  readonly author: Author;
  /** What runs of this helper published; without it no run counts from an earlier one. */
  readonly publishedTrees?: PublishedTrees;
  /** What a policy's rules of holding are judged by; without it none of them keeps writers from being held. */
  readonly holdConditions?: HoldConditions;
  /** Programs that are told of a still point; without it none can be. */
  readonly hooks?: Omit<Hooks, 'list'>;
  /** Whether a run that a schedule began may hold writers. Without it, none may. */
  readonly mayScheduledHold?: () => boolean;
  /** Keeps the machine from falling asleep for want of use, until what it gives is disposed of. Holds up nobody. */
  readonly keepAwake?: () => AsyncDisposable;
}

/** Who makes snapshots, as restic records it. */
export interface Author {
  readonly hostname: string;
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * One backup, from top to bottom: preflight, quiesce and capture (the method's own phases: flush, freeze, delta, thaw or
 * scan, rescan), store, verify-packs, publish, verify-snapshot. Nothing is published before everything it needs is
 * durable and its level is final. Rejects when it fails; what was stored by then is found again by the next run.
 */
export async function backup(
  job: BackupJob,
  repository: Repository,
  stages: BackupStages,
  report: RunReporter,
  signal: AbortSignal,
): Promise<RunResult> {
  await using _awake = stages.keepAwake?.();
  await stages.hooks?.thawLeftovers();
  for (const line of stages.hooks?.takeUntold() ?? []) report.note('warning', line);
  const { facts, picked, withheld } = await report.phase('preflight', async () => {
    const notHeldBecause = await whyNotHeld(job, stages);
    return pickFor(job.spec, { ...job.policy, notHeldBecause }, stages, signal, 'when-asked');
  });
  if (withheld !== null) report.note('info', withheld);
  if (facts.counted) report.expect(facts.files, facts.bytes);
  const lock = await report.phase('open', () => takeLock(repository, report, signal, patienceOf(job.policy)));
  try {
    const running = AbortSignal.any([signal, lock.lost]);
    await repository.loadIndex({ signal: running });
    const { before, ...parent } = await findParent(repository, pathsOf(facts), stages, running);
    // Who has not counted expects about as much as last time.
    if (!facts.counted && before !== undefined) report.expect(before.files, before.bytes);
    const stored = await repository.withWriter(lock, { signal: running }, async (writer) => {
      const store = blobStoreFor(repository, writer);
      const unlisted: { path: string; reason: string }[] = [];
      const surroundings = surroundingsOf(job, stages, facts, report, running);
      const still = await firstThatHolds(
        picked.methods,
        facts,
        { longestStallMs: job.policy.longestStallMs },
        {
          ...{ signal: running, report, parentBase: parent.parentBase },
          // One for all methods: what an attempt stored ahead stays, and the next one's reading finds it by content.
          ahead: createAhead(store, parent, report),
          liveBytesPerSecond: liveBytesPerSecond(job.policy),
          ...surroundings.context,
        },
        (view) =>
          report.phase('store', async () => {
            using _counting = before === undefined && !facts.counted ? countMeanwhile(facts, report) : undefined;
            const captured = await capture(view, store, { signal: running, report, ...parent });
            unlisted.splice(0, unlisted.length, ...view.unreadable());
            // While the method makes sure of what it saw, most of what was written can be read back.
            writer.verifyWritten();
            return captured;
          }),
      );
      const { totals, rootTree } = still.value;
      const evidence = composeEvidence(
        {
          runId: job.runId,
          sourceId: job.sourceId,
          sourceName: job.sourceName,
          sourceKind: job.spec.kind,
          sourceLocation: facts.location,
          method: still.method,
          askedAt: job.askedAt,
          whyNotStronger: [...picked.whyNotStronger, ...still.refused],
          attempts: still.attempts,
          hooks: surroundings.calls(),
          hostname: stages.author.hostname,
          kernel: stages.kernel,
          unlisted,
        },
        { ...still.evidence, detail: { ...facts.detail, ...still.evidence.detail } },
        totals,
      );
      const tree = await addEvidence(store, rootTree, evidence);
      await report.phase('verify-packs', () => writer.verifyPacks());
      return { tree, evidence, newBytes: writer.progress.bytesStored };
    });
    throwIfAborted(running);
    const snapshot = await report.phase('publish', () => publish(job, facts, repository, lock, stages, stored));
    await report.phase('verify-snapshot', () => verifySnapshot(repository, snapshot.id, job.runId, running));
    const { checkpoint } = stored.evidence.detail;
    if (typeof checkpoint === 'string') stages.publishedTrees?.remember(checkpoint, stored.tree);
    return backupResult(job, snapshot.id, stored.evidence, stored.newBytes);
  } finally {
    await lock.release();
    // What was stored may need more of it than there was to keep back before.
    await repository.backend.keepReserve?.();
  }
}

function pathsOf({ paths, location }: SourceFacts): readonly string[] {
  return paths ?? [location];
}

function liveBytesPerSecond({ liveReadMiBps }: Policy): number | undefined {
  return liveReadMiBps === null ? undefined : liveReadMiBps * 1024 * 1024;
}

function publish(
  job: BackupJob,
  facts: SourceFacts,
  repository: Repository,
  lock: HeldLock,
  { version, author }: BackupStages,
  stored: { readonly tree: Snapshot['tree']; readonly evidence: Evidence },
): Promise<Snapshot> {
  const { runId, sourceId } = job;
  const { level, stillPoint } = stored.evidence;
  return repository.snapshots.publish(lock, {
    timeNs: instantToNs(stillPoint),
    tree: stored.tree,
    paths: [...pathsOf(facts)],
    ...author,
    excludes: [...(facts.excludes ?? [])],
    tags: encodeSnapshotTags({ runId, sourceId, level, safety: false, pinned: false }),
    programVersion: `stillpoint ${version}`,
  });
}
