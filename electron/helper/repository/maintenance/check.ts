import type { BlobId } from '../../../../shared/domain/ids.ts';
import { asStillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { MasterKey } from '../crypto/master-key.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { Documents } from '../documents.ts';
import type { PackId } from '../format/ids.ts';
import type { Tree } from '../format/tree.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { ListedBlobs } from '../index/listed-blobs.ts';
import { loadIndex } from '../index/load-index.ts';
import { BlobReader } from '../pack/blob-reader.ts';
import type { Snapshot, SnapshotList } from '../snapshots/snapshots.ts';
import { TreeCache } from '../trees/tree-cache.ts';
import { findAffected } from './affected.ts';
import { checkData } from './check-data.ts';
import { checkKeys } from './check-keys.ts';
import { checkPacks } from './check-packs.ts';
import { checkTrees } from './check-trees.ts';
import {
  type CheckContext,
  type CheckProgress,
  type CheckReport,
  type DataRead,
  type Finding,
  maxAffected,
} from './finding.ts';
import type { StartInspecting } from './inspecting.ts';
import type { LookAhead } from './look-ahead.ts';
import { type DataShare, isInShare } from './share.ts';
import { TreeBytes } from './tree-bytes.ts';

/** Each tree is read once: only those that damage leads back to are read again. Bytes. */
const keptTrees = 1024 * 1024;

export interface CheckOptions {
  /** Also read every byte. */
  readonly readData?: boolean | undefined;
  /** Then only of these packs. Default: of all. */
  readonly share?: DataShare | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CheckProgress) => void) | undefined;
}

export interface CheckDependencies {
  readonly backend: Backend;
  readonly sealer: Sealer;
  /** What threads make a sealer of. */
  readonly key: MasterKey;
  readonly startInspecting?: StartInspecting | undefined;
  /** What was begun before the key was known. */
  readonly lookAhead?: LookAhead | undefined;
  readonly documents: Documents;
  readonly listSnapshots: (signal?: AbortSignal) => Promise<SnapshotList>;
}

/**
 * Looks whether everything a snapshot needs is there and whole. Damage is a finding, never an exception; only a cancel
 * and a place that went away end the check. Hold a shared lock meanwhile: a prune would look like damage.
 * Snapshots are listed before the index is read, so that a snapshot published meanwhile cannot seem incomplete.
 */
export async function checkRepository(
  dependencies: CheckDependencies,
  options: CheckOptions = {},
): Promise<CheckReport> {
  try {
    return await lookThrough(dependencies, options);
  } finally {
    // Nothing was read of what was begun, or the check ended before it got there.
    await dependencies.lookAhead?.close();
  }
}

async function lookThrough(dependencies: CheckDependencies, options: CheckOptions): Promise<CheckReport> {
  const { backend, sealer, documents } = dependencies;
  const findings: Finding[] = [];
  const context: CheckContext = {
    signal: options.signal,
    report: (finding) => findings.push(finding),
    progress: (progress) => options.onProgress?.(progress),
  };
  const snapshots = await readSnapshots(dependencies, context);
  const index = await readIndex(documents, context);
  const reader = new BlobReader(backend, sealer);
  const cache = new TreeCache(keptTrees);
  const loadBlob = (id: BlobId): Promise<Buffer> => reader.load(index, 'tree', id);
  const loadTree = (id: BlobId): Promise<Tree> => cache.load(id, loadBlob);
  const used = new Uint8Array(index.size);
  const sizes = new Map<string, number>();
  for (const { name, size } of await backend.list('pack', { signal: options.signal })) sizes.set(name, size);
  if (snapshots.length === 0 && sizes.size > 0) await reportNoSnapshots(documents, sizes.size, context);
  await checkKeys(backend, context);
  await checkPacks(sizes, index, context);
  const trees = new TreeBytes(backend, sealer, index, sizes);
  const { key, startInspecting: start, lookAhead: ahead } = dependencies;
  const { share } = options;
  const isChosen = (id: PackId): boolean => share === undefined || isInShare(share, id);
  const wholeIn = (id: PackId, listed: ListedBlobs) => trees.wholeIn(id, listed);
  const data = { backend, sealer, key, index, sizes, isChosen, start, ahead, wholeIn };
  const readData = (within: CheckContext) => checkData(data, within);
  const lookAtTrees = async (within: CheckContext): Promise<void> => {
    await checkTrees({ index, loadBlob: (id) => trees.load(id), used }, snapshots, within);
    reportUnused(index, used, within);
  };
  // Threads look through the packs while this one goes through the trees.
  let dataRead: DataRead | undefined;
  if (options.readData && start) dataRead = await bothAtOnce(lookAtTrees, readData, context);
  else await lookAtTrees(context);
  if (options.readData && !start) dataRead = await readData(context);
  return {
    findings: await withAffected(findings, index, snapshots, loadTree, options.signal),
    snapshots: snapshots.length,
    packs: index.packCount,
    blobs: index.size,
    readAllData: dataRead !== undefined && share === undefined,
    dataRead: dataRead && share && { ...share, ...dataRead },
  };
}

/** What the second finds is told after what the first finds. Where one fails the other is ended, and waited for. */
async function bothAtOnce<Result>(
  first: (context: CheckContext) => Promise<void>,
  second: (context: CheckContext) => Promise<Result>,
  context: CheckContext,
): Promise<Result> {
  const failed = new AbortController();
  const signal = context.signal ? AbortSignal.any([context.signal, failed.signal]) : failed.signal;
  const found: Finding[] = [];
  const endOther = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  const seconds = second({ ...context, signal, report: (finding) => found.push(finding) }).catch(endOther);
  const [one, other] = await Promise.allSettled([first({ ...context, signal }).catch(endOther), seconds]);
  throwIfAborted(context.signal);
  if (failed.signal.aborted) throw failed.signal.reason;
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
  for (const finding of found) context.report(finding);
  return other.value;
}

async function readSnapshots(
  { listSnapshots }: CheckDependencies,
  context: CheckContext,
): Promise<readonly Snapshot[]> {
  context.progress({ phase: 'snapshots', done: 0, total: 1 });
  const { snapshots, damaged } = await listSnapshots(context.signal);
  for (const { id, error } of damaged) {
    const text = `Snapshot ${id.slice(0, 8)} cannot be read: ${error.message}`;
    context.report({ severity: 'error', code: 'snapshot-damaged', text, affects: [`${id.slice(0, 8)}:/`], file: id });
  }
  return snapshots;
}

/** Perhaps all were forgotten; perhaps they were not listed. */
async function reportNoSnapshots(documents: Documents, packs: number, context: CheckContext): Promise<void> {
  const again = await documents.list('snapshot');
  // Damaged ones are findings by themselves.
  if (again.length > 0) return;
  const text = `No snapshot is listed, twice, and there are ${packs} packs. If not every snapshot was forgotten, and this is not what the first backup left when it was interrupted, the place does not show all it holds.`;
  context.report({ severity: 'warning', code: 'snapshots-none', text, affects: [] });
}

async function readIndex(documents: Documents, context: CheckContext): Promise<BlobIndex> {
  const { blobs } = await loadIndex(documents, {
    signal: context.signal,
    onProgress: ({ done, total }) => context.progress({ phase: 'index', done, total }),
    onDamage: (file, cause) => {
      const error = asStillpointError(cause);
      if (error.kind !== 'repository-damaged' && error.kind !== 'unsupported-format') throw error;
      const text = `${error.message} What only it lists cannot be found until the index is rebuilt from the packs.`;
      context.report({ severity: 'error', code: 'index-damaged', text, affects: [], file });
    },
  });
  return blobs;
}

function reportUnused(index: BlobIndex, used: Uint8Array, context: CheckContext): void {
  let count = 0;
  for (const mark of used) if (mark === 0) count += 1;
  if (count === 0) return;
  const text = `${count} of ${index.size} blobs are in no snapshot. A prune frees their space.`;
  context.report({ severity: 'info', code: 'blobs-unused', text, affects: [] });
}

/** Names the files that damaged or missing packs touch; the walk for it is only made when there is such damage. */
async function withAffected(
  findings: readonly Finding[],
  index: BlobIndex,
  snapshots: readonly Snapshot[],
  loadTree: (id: BlobId) => Promise<Tree>,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  const lostPacks = new Set(findings.filter(({ code }) => code === 'pack-missing').map(({ file }) => file));
  const blobsOf = new Map<string, readonly string[]>();
  if (lostPacks.size > 0) {
    for (const { id, blobs } of index.packs())
      if (lostPacks.has(id))
        blobsOf.set(
          id,
          blobs.map((blob) => blob.id),
        );
  }
  const touched = (finding: Finding): readonly string[] => {
    if (finding.code === 'pack-missing') return blobsOf.get(finding.file ?? '') ?? [];
    return finding.code === 'blob-damaged' && finding.blob ? [finding.blob] : [];
  };
  const blobs = new Set(findings.flatMap(touched));
  if (blobs.size === 0) return findings;
  const affected = await findAffected(blobs, snapshots, loadTree, signal);
  return findings.map((finding) => {
    const places = touched(finding).flatMap((blob) => affected.get(blob) ?? []);
    return places.length > 0 ? { ...finding, affects: [...new Set(places)].slice(0, maxAffected) } : finding;
  });
}
