import type { RunId, SnapshotId } from '../../../../shared/domain/ids.ts';
import type { RestoreMode } from '../../../../shared/domain/restore.ts';
import type { Instant } from '../../../../shared/domain/time.ts';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import type { FileOps } from '../../system/file-ops.ts';
import type { RestoreContext as Asked, RestoreOutcome } from '../contract.ts';
import { planningFailure } from '../errors.ts';
import { ProofCount } from '../fresh/proof-count.ts';
import type { StartHands } from '../hands/contract.ts';
import { Journal } from '../journal/journal.ts';
import { journalVersion, type RestoreHead } from '../journal/journal-records.ts';
import { newRecord, type RestoreRecords } from '../journal/undo-record.ts';
import type { Abilities } from '../plan/build-plan.ts';
import type { PlanDirectory, PlanItem, TargetRoot } from '../plan/plan-item.ts';
import type { StoredTree } from '../plan/stored-tree.ts';
import type { SnapshotSource } from '../snapshot-source.ts';
import { TargetTree } from '../target/target-tree.ts';
import { AsideEntries } from './aside-entries.ts';
import { deleteEntries, pathBefore } from './delete-entries.ts';
import { Durability } from './durability.ts';
import { EntryWarnings } from './entry-warnings.ts';
import { DirectoryFinisher } from './finish-directories.ts';
import { EntryPutter } from './put-entries.ts';
import { changeRecords } from './record-change.ts';
import { type Expected, newTally, type RestoreContext } from './restore-context.ts';
import { verifyFiles } from './verify-files.ts';
import { verifyOnThreads } from './verify-on-threads.ts';

export interface RestoreWork {
  readonly runId: RunId;
  readonly source: SnapshotSource;
  readonly tree: StoredTree;
  readonly ops: FileOps;
  readonly abilities: Abilities;
  readonly uid: number;
  readonly items: readonly PlanItem[];
  readonly roots: readonly TargetRoot[];
  readonly mode: RestoreMode;
  readonly targetPath: string;
  readonly places: readonly Buffer[];
  readonly restoredSnapshotId: SnapshotId;
  readonly safetySnapshotId: SnapshotId | null;
  readonly safetyRefused: boolean;
  readonly undoes: RunId | null;
  readonly expected: (item: PlanItem) => Expected;
  readonly stateDirectory: string;
  readonly records: RestoreRecords;
  readonly now: () => Instant;
  readonly startHands?: StartHands | undefined;
}

/**
 * Does what the plan says: puts entries in place, then deletes, then reads back. Whatever ends it early, what is done
 * stays, nothing half-done does, and the record says what was done. Nothing is deleted after a failure, except what was
 * moved aside for something that is in place.
 */
export async function runRestore(work: RestoreWork, asked: Asked): Promise<RestoreOutcome> {
  const target = new TargetTree(work.ops);
  // The roots first: when one of them is another folder now, nothing is begun.
  try {
    for (const root of work.roots) target.open(topOf(root));
  } catch (error) {
    target.close();
    throw planningFailure(error);
  }
  const head = headOf(work);
  const journal = Journal.create(work.stateDirectory, work.runId);
  const context = contextOf(work, asked, target, journal);
  let endedBy: StillpointError | null = null;
  try {
    journal.append({ record: 'start', version: journalVersion, head });
    await journal.sync();
    const { putter, failure } = await asked.report.phase('write', () => write(context, work));
    endedBy = failure;
    journal.append({ record: 'ended' });
    await journal.sync();
    saveRecord(context, work, head, failure !== null);
    journal.remove();
    if (!endedBy) await asked.report.phase('verify-files', () => verify(context, putter));
  } catch (error) {
    endedBy ??= asStillpointError(error);
  } finally {
    await context.threads?.hands.close();
    context.durability.close();
    target.close();
    leave(journal);
  }
  return outcomeOf(context, work, endedBy);
}

/** Of a journal that could not be ended, what is on disk counts. From now on the next helper that starts may take it. */
function leave(journal: Journal): void {
  try {
    journal.close();
  } catch {
    // What could not be written down is found out by looking.
  }
}

async function write(
  context: RestoreContext,
  work: RestoreWork,
): Promise<{ putter: EntryPutter; failure: StillpointError | null }> {
  const { report, mode } = context;
  const puts = work.items.filter(isPut);
  // As planned, before anything is moved aside.
  const deletions = work.items
    .filter(({ action }) => action === 'delete')
    .map((item) => ({ item, path: pathBefore(item) }));
  const files = puts.filter(({ action, type }) => action !== 'same' && type !== 'dir');
  report.totals(
    files.length,
    files.reduce(
      (sum, { stored, type, action }) => sum + (type === 'file' && action !== 'metadata' ? (stored?.size ?? 0) : 0),
      0,
    ),
  );
  const directories = new DirectoryFinisher(context);
  const aside = new AsideEntries(context);
  const putter = new EntryPutter(context, directories, aside);
  let failure: StillpointError | null = null;
  try {
    await putter.putAll(puts);
  } catch (error) {
    failure = asStillpointError(error);
  }
  const touched = new Set<PlanDirectory>(putter.touched);
  try {
    const due = deletions.filter(({ item }) => (item.insideOf ? aside.has(item.insideOf) : failure === null));
    // What is aside has been replaced for good: a cancel does not stop its removal half-way.
    const unstoppable = failure ? { ...context, signal: new AbortController().signal } : context;
    for (const directory of await deleteEntries(unstoppable, due, () => putter.takeNumber())) touched.add(directory);
  } catch (error) {
    failure ??= asStillpointError(error);
  }
  try {
    for (const directory of aside.removeAll()) touched.add(directory);
    directories.setTimesAgain(touched, mode === 'exact' && failure === null);
  } catch (error) {
    failure ??= asStillpointError(error);
  }
  return { putter, failure };
}

async function verify(context: RestoreContext, { written }: EntryPutter): Promise<void> {
  const { files, bytes } = context.proved;
  context.report.totals(
    files + written.length,
    written.reduce((sum, { found }) => sum + Number(found.size), bytes),
  );
  if (files > 0) context.report.advance(files, bytes);
  await (context.threads ? verifyOnThreads(context, context.threads.hands, written) : verifyFiles(context, written));
}

/** Entries to put in place, and those in place that others are to be linked to. */
function isPut({ action, stored, type }: PlanItem): boolean {
  if (action === 'delete') return false;
  return action !== 'same' || (type !== 'dir' && (stored?.links ?? 0n) > 1n);
}

function topOf(root: TargetRoot): PlanDirectory {
  return { root, parent: null, name: Buffer.alloc(0), snapshotPath: '/', tree: null, node: null };
}

function contextOf(work: RestoreWork, asked: Asked, target: TargetTree, journal: Journal): RestoreContext {
  const { source, tree, mode, abilities, expected, roots, runId } = work;
  return {
    target,
    source,
    tree,
    mode,
    abilities,
    journal,
    expected,
    signal: asked.signal,
    report: asked.report,
    warnings: new EntryWarnings(),
    zeros: new Set(),
    durability: new Durability(target),
    threads: threadsOf(work),
    tempPrefix: `.stillpoint-restore-${runId.slice(0, 12)}`,
    tally: newTally(),
    proved: new ProofCount(),
    changes: [],
    trees: [],
    rootNumbers: new Map(roots.map((root, index) => [root, index])),
  };
}

function threadsOf({
  source: { packs },
  startHands,
  abilities: { isPrivileged },
}: RestoreWork): RestoreContext['threads'] {
  return packs && startHands ? { packs, hands: startHands({ key: packs.key, isPrivileged }) } : null;
}

function headOf(work: RestoreWork): RestoreHead {
  const { runId, source, restoredSnapshotId, safetySnapshotId, safetyRefused, targetPath, places } = work;
  const { mode, undoes, uid, roots } = work;
  return {
    runId,
    repositoryId: source.id,
    restoredSnapshotId,
    safetySnapshotId,
    safetyRefused,
    targetPath,
    places: places.map((place) => place.toString('base64')),
    mode,
    undoes,
    uid,
    startedAt: work.now(),
    roots: roots.map((root) => ({
      path: root.path.toString('base64'),
      deviceId: String(root.deviceId),
      inode: String(root.inode),
    })),
  };
}

/** An undo that did not come to its end can be tried again; so can the one of what it did. */
function saveRecord(context: RestoreContext, work: RestoreWork, head: RestoreHead, interrupted: boolean): void {
  work.records.save(
    newRecord({ head, finishedAt: work.now(), interrupted, changes: changeRecords(context), trees: context.trees }),
  );
  if (interrupted) return;
  const undone = head.undoes && work.records.load(head.undoes);
  if (undone) work.records.save({ ...undone, undoneBy: head.runId });
}

function outcomeOf(
  { tally, warnings }: RestoreContext,
  work: RestoreWork,
  endedBy: StillpointError | null,
): RestoreOutcome {
  const { replaced, added, deleted, metadataOnly, bytesWritten, verified } = tally;
  const planned = work.items.filter(({ action, isHidden }) => action !== 'same' && !isHidden).length;
  const notDone = Math.max(0, planned - replaced - added - deleted - metadataOnly);
  return {
    replaced,
    added,
    deleted,
    metadataOnly,
    bytesWritten,
    verified,
    notDone,
    endedBy,
    warnings: warnings.list,
    warningsTotal: warnings.total,
  };
}
