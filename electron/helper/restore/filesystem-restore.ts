import { randomBytes } from 'node:crypto';
import type { RepositoryId, RunId } from '../../../shared/domain/ids.ts';
import type { RestorePlan, RestoreRequest, UndoableRestore } from '../../../shared/domain/restore.ts';
import { type Instant, instantToMs } from '../../../shared/domain/time.ts';
import type { FileOps } from '../system/file-ops.ts';
import { keepMemorySmall } from '../system/trim-memory.ts';
import type { PreparedRestore, RestoreContext, RestoreDriver } from './contract.ts';
import { displayPath } from './display-path.ts';
import { badInput, nothingToUndo, planningFailure } from './errors.ts';
import type { StartHands } from './hands/contract.ts';
import { recoverRestores } from './journal/recover.ts';
import { changesIn, isUndoable, type RestoreRecord, RestoreRecords, undoableOf } from './journal/undo-record.ts';
import { type BuiltPlan, buildPlan } from './plan/build-plan.ts';
import { countActions } from './plan/plan-page.ts';
import { type Actor, noteRights } from './plan/rights.ts';
import { bytesToWrite, collectedWarnings, freeBytes, noteOpenFiles, noteSpace } from './plan/target-warnings.ts';
import { PreparedFilesystemRestore } from './prepared-restore.ts';
import type { SnapshotSource } from './snapshot-source.ts';
import { TargetTree } from './target/target-tree.ts';
import { buildUndo } from './undo.ts';

export interface FilesystemRestoreParts {
  /** An open repository by id, index loaded. Whoever runs a restore holds a shared lock on it meanwhile. */
  readonly repository: (id: RepositoryId) => Promise<SnapshotSource>;
  /** File access in the name of whoever asks. */
  readonly ops: FileOps;
  readonly actor: Actor;
  /** Repositories, catalog, logs and scratch on this machine; asked for each plan. */
  readonly ownPaths: () => readonly string[];
  /** Journals of running restores and records of finished ones; belongs to the helper alone. */
  readonly stateDirectory: string;
  readonly now: () => Instant;
  /** Threads that write in the same name as `ops`; without them everything is done where it is asked for. */
  readonly startHands?: StartHands | undefined;
}

export interface FilesystemRestore extends RestoreDriver {
  readonly kind: 'filesystem';
  prepare(request: RestoreRequest, context: RestoreContext, planId?: string): Promise<PreparedRestore>;
  /**
   * Hands over a restore that takes an earlier one back, keeping what changed since. Nobody else can begin the same until
   * `use` has settled: `busy`. `nothing-to-undo` says why when it cannot be.
   */
  undo<T>(runId: RunId, context: RestoreContext, use: (prepared: PreparedRestore) => Promise<T>): Promise<T>;
  /** Finished restores that can be taken back, newest first, those taken back already among them. */
  undoable(): readonly UndoableRestore[];
  /** `unknown-run` as `nothing-to-undo` when there is no record, or not one of this caller. */
  record(runId: RunId): RestoreRecord;
}

/** Puts folders and filesystems back. One per identity: what a caller may not do, it may not do through this. */
export function createFilesystemRestore(parts: FilesystemRestoreParts): FilesystemRestore {
  const { ops, actor, stateDirectory, now } = parts;
  const records = new RestoreRecords(stateDirectory);
  const abilities = { isPrivileged: actor.uid === 0 };

  const preparedOf = (
    built: BuiltPlan,
    request: RestoreRequest,
    source: SnapshotSource,
    planId: string,
    undone: RestoreRecord | null,
  ): PreparedRestore =>
    new PreparedFilesystemRestore({
      plan: planOf(built, request, planId, parts),
      items: built.items,
      roots: built.roots,
      places: built.places,
      tree: built.tree,
      restoredSnapshotId: request.point.snapshotId,
      undoes: undone?.head.runId ?? null,
      uid: actor.uid,
      source,
      ops,
      abilities,
      stateDirectory,
      records,
      now,
      startHands: parts.startHands,
    });

  const record = (runId: RunId): RestoreRecord => {
    const found = records.load(runId);
    if (!found || !isFor(found, actor)) throw nothingToUndo('There is no record of this restore any more.');
    return found;
  };

  const prepareUndo = async (undone: RestoreRecord, signal: AbortSignal): Promise<PreparedRestore> => {
    if (undone.undoneBy) throw nothingToUndo('This restore was taken back already.');
    if (changesIn(undone) === 0) throw nothingToUndo('This restore changed nothing.');
    if (!isUndoable(undone))
      throw nothingToUndo('No safety snapshot was taken before this restore, so it cannot be taken back.');
    const source = await parts.repository(undone.head.repositoryId);
    const { built, request } = await looking(() =>
      buildUndo({ record: undone, source, ops, abilities, ownPaths: parts.ownPaths(), signal }),
    );
    return preparedOf(built, request, source, newPlanId(), undone);
  };

  return {
    kind: 'filesystem',
    prepare: async (request, { signal }, planId = newPlanId()) => {
      if (request.point.instant !== null) throw noLog();
      keepMemorySmall(garbagePercent);
      const source = await parts.repository(request.point.repositoryId);
      const built = await looking(() =>
        buildPlan({ request, source, ops, abilities, ownPaths: parts.ownPaths(), signal }),
      );
      return preparedOf(built, request, source, planId, null);
    },
    undo: async (runId, context, use) => {
      // Whether it is this caller's at all comes before whether somebody has it.
      record(runId);
      return records.whileLocked(runId, async () =>
        use(await context.report.phase('plan', () => prepareUndo(record(runId), context.signal))),
      );
    },
    undoable: () =>
      records
        .list(instantToMs(now()))
        .filter((found) => isUndoable(found) && isFor(found, actor))
        .map(undoableOf),
    record,
    recover: async () => recoverRestores({ ops, stateDirectory, records, now }),
  };
}

async function looking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw planningFailure(error);
  }
}

function isFor({ head }: RestoreRecord, actor: Actor): boolean {
  return actor.uid === 0 || head.uid === actor.uid;
}

function planOf(built: BuiltPlan, request: RestoreRequest, planId: string, parts: FilesystemRestoreParts): RestorePlan {
  const { items, roots, notes, targetPath, places, keptNewer } = built;
  const { ops, actor } = parts;
  const needed = bytesToWrite(items);
  const free = freeBytes(ops, roots);
  const targets = targetsOf(places);
  const target = new TargetTree(ops);
  try {
    noteSpace(notes, needed, free, targets);
    noteRights(notes, items, roots, actor, (directory) => target.look({ in: directory, name: Buffer.alloc(0) }));
    noteOpenFiles(notes, items);
  } finally {
    target.close();
  }
  return {
    planId,
    request,
    targetPath,
    targets,
    counts: countActions(items),
    keptNewer,
    bytesToWrite: needed,
    freeBytes: free,
    warnings: [...collectedWarnings(built)],
  };
}

function targetsOf(places: readonly Buffer[]): string[] {
  return [...new Set(places.map(displayPath))];
}

/** A plan lives for long, and what a batch leaves is collected at once: with more, a restore holds its listings many times over. */
const garbagePercent = 40;

function newPlanId(): string {
  return randomBytes(16).toString('hex');
}

function noLog(): Error {
  return badInput(
    'point.instant',
    'A folder keeps no log, so it can only be put back as it was in a snapshot.',
    'Choose a snapshot on the timeline.',
  );
}
