import type { BlobId, RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../shared/errors/index.ts';
import { adoptPacks } from './adopt/adopt-packs.ts';
import { WatchForLeft } from './adopt/watch-for-left.ts';
import type { Backend } from './backend/contract.ts';
import { afterGrace } from './backend/decorators/after-grace.ts';
import { cancellable, untilAborted } from './backend/decorators/cancel.ts';
import { Chunker, currentChunkerVersion } from './chunker/chunker.ts';
import { deriveGearTable } from './chunker/gear-table.ts';
import { type CopyLocks, type CopyOptions, type CopyReport, copySnapshots } from './copy/copy-snapshots.ts';
import type { MasterKey } from './crypto/master-key.ts';
import { Sealer, sealOverhead } from './crypto/sealer.ts';
import { Documents } from './documents.ts';
import { misuse } from './failures.ts';
import type { BlobType } from './format/blob.ts';
import type { RepositoryConfig } from './format/config.ts';
import type { Tree } from './format/tree.ts';
import type { TreeText } from './format/tree-text.ts';
import type { BlobLocation } from './index/blob-index.ts';
import { type LoadIndexOptions, loadIndex } from './index/load-index.ts';
import { LoadedIndex } from './index/loaded-index.ts';
import { rescueIndex } from './index/rescue-index.ts';
import type { UnlockedKey } from './keys/key-store.ts';
import { Keys } from './keys/keys.ts';
import { type HeldLock, isHeld } from './locks/held-lock.ts';
import { Locks, lockTiming } from './locks/locks.ts';
import { type CheckOptions, checkRepository } from './maintenance/check.ts';
import type { CheckReport } from './maintenance/finding.ts';
import { type PartOfLook, type PruneOptions, type PrunePlan, planPrune } from './maintenance/prune.ts';
import {
  type Freeable,
  measureFreeable,
  planReclaim,
  type ReclaimOptions,
  type ReclaimPlan,
  type ScanOptions,
} from './maintenance/reclaim.ts';
import { BlobReader } from './pack/blob-reader.ts';
import { packTarget } from './pack/pack-assembler.ts';
import { type IndexRepair, type IndexRepairOptions, planIndexRepair } from './repair/repair-index.ts';
import { type PackRepair, type PackRepairOptions, planPackRepair } from './repair/repair-packs.ts';
import { planSnapshotRepair, type SnapshotRepair, type SnapshotRepairOptions } from './repair/repair-snapshots.ts';
import type { RepositorySettings, WithWriterOptions } from './repository-settings.ts';
import { nextSequence } from './sequence.ts';
import { Snapshots } from './snapshots/snapshots.ts';
import { measureRepository, type RepositoryStatistics, type StatisticsOptions } from './statistics/statistics.ts';
import type { Folder } from './trees/folders.ts';
import { KnownTrees } from './trees/known-trees.ts';
import { isSubtreeWhole } from './trees/tree-if-whole.ts';
import { type WalkedNode, walkTree } from './trees/walk.ts';
import { PackStore } from './writer/pack-store.ts';
import { RepositoryWriter } from './writer/repository-writer.ts';

/** How long a cancelled run may go on with what it has begun to store, ms. */
const graceMs = 5_000;

/** An open repository. Reading needs an index, loaded on first use; writing needs a lock. */
export class Repository {
  readonly id: RepositoryId;
  readonly backend: Backend;
  readonly keys: Keys;
  readonly locks: Locks;
  readonly snapshots: Snapshots;
  /** Version of the chunker that `chunker()` gives; record it with what it cut. */
  readonly chunkerVersion: number = currentChunkerVersion;
  readonly #config: RepositoryConfig;
  readonly #settings: RepositorySettings;
  readonly #sealer: Sealer;
  readonly #documents: Documents;
  readonly #reader: BlobReader;
  readonly #trees = new KnownTrees();
  readonly #gear: Uint32Array;
  readonly #masterKey: MasterKey;
  #index = new LoadedIndex();
  /** When the index was read, in `nextSequence` order; 0 when it was not. */
  #indexSequence = 0;
  /** The index in memory is good for reading alone. */
  #isRescued = false;
  #writing = false;
  readonly #left: WatchForLeft;
  #failures = 0;

  constructor(backend: Backend, config: RepositoryConfig, key: UnlockedKey, settings: RepositorySettings) {
    const { environment, cost } = settings;
    this.id = config.id;
    this.backend = backend;
    this.#config = config;
    this.#settings = settings;
    this.#masterKey = key.masterKey;
    this.#sealer = new Sealer(key.masterKey);
    this.#documents = new Documents(backend, this.#sealer, config.version);
    this.#reader = new BlobReader(backend, this.#sealer);
    this.#gear = deriveGearTable(key.masterKey, this.chunkerVersion);
    this.#left = new WatchForLeft(() => environment.nowNs());
    this.keys = new Keys(backend, environment, key, cost);
    this.locks = new Locks(this.#documents, environment, backend, settings.lockTiming ?? lockTiming);
    this.snapshots = new Snapshots({
      documents: this.#documents,
      isComplete: (tree, lock) => this.#indexSequence > lock.sequence && this.#index.completeTrees.has(tree),
      isWriting: () => this.#writing,
    });
  }

  /**
   * Brings the index in memory up to date with the files that are there now: only those that are new are read, unless one
   * that was read is gone. What is reused afterwards without being read is exactly what is in it.
   */
  async loadIndex(options: Omit<LoadIndexOptions, 'onDamage'> = {}): Promise<void> {
    if (this.#writing) throw misuse('The index cannot be read anew while a run is writing.');
    const sequence = nextSequence();
    const known = this.#index;
    const isEnough = this.#indexSequence > 0 && (await known.catchUp(this.#documents, options));
    const index = isEnough ? known : await loadIndex(this.#documents, options);
    // Whoever began later has read what is newer; and nobody takes from under a run what it read under its lock.
    if (this.#writing || sequence < this.#indexSequence) return;
    this.#index = index;
    this.#indexSequence = sequence;
    this.#isRescued = false;
  }

  /** The same for who only reads, also where an index file is damaged (see `index/rescue-index.ts`); writers read it anew. */
  async loadIndexToRead(options: Omit<LoadIndexOptions, 'onDamage'> = {}): Promise<void> {
    try {
      await this.loadIndex(options);
    } catch (error) {
      if (this.#writing || !isStillpointError(error, 'repository-damaged')) throw error;
      const rescued = await rescueIndex(this.#forMaintenance(), options);
      if (this.#writing) throw error;
      this.#index = rescued;
      this.#indexSequence = 0;
      this.#isRescued = true;
    }
  }

  /** Number of blobs and packs in the index in memory. */
  get indexed(): { readonly blobs: number; readonly packs: number } {
    return { blobs: this.#index.blobs.size, packs: this.#index.blobs.packCount };
  }

  /** Bytes that the index takes in memory. */
  get indexMemory(): number {
    return this.#index.blobs.memory;
  }

  /** Whether the index in memory has the blob. Call `loadIndex` first. */
  hasBlob(type: BlobType, id: BlobId): boolean {
    return this.#index.blobs.has(type, id);
  }

  /** Where the index in memory says the blob is: lets a reader of many blobs go pack by pack. */
  locateBlob(type: BlobType, id: BlobId): BlobLocation | undefined {
    return this.#index.blobs.find(type, id);
  }

  /** The keys of every blob, for threads that open packs by themselves. Secret: for this process only. */
  get keyForThreads(): MasterKey {
    return this.#masterKey;
  }

  /** Length of the blob's content in bytes, as the index in memory says; undefined when it does not have the blob. */
  blobLength(type: BlobType, id: BlobId): number | undefined {
    const place = this.#index.blobs.find(type, id);
    if (place === undefined) return undefined;
    return place.uncompressedLength > 0 ? place.uncompressedLength : place.length - sealOverhead;
  }

  /** The blob's content, its hash verified. `repository-damaged` names blob and pack in its context. */
  async loadBlob(type: BlobType, id: BlobId): Promise<Buffer> {
    await this.#ensureIndex();
    return this.#reader.load(this.#index.blobs, type, id);
  }

  /** A directory of a snapshot. Recently used ones are kept in memory. */
  async loadTree(id: BlobId): Promise<Tree> {
    await this.#ensureIndex();
    return this.#trees.load(id, (tree) => this.#reader.load(this.#index.blobs, 'tree', tree));
  }

  /** A directory to be looked at in part: of a large one only what is shown is decoded. Those shown last are kept. */
  async openFolder(id: BlobId): Promise<Folder> {
    return this.#trees.openFolder(id, (tree) => this.loadBlob('tree', tree));
  }

  /** A directory to be stored again with a few nodes changed; undefined where it is not written as ours are. */
  async openTree(id: BlobId): Promise<TreeText | undefined> {
    return this.#trees.openText(id, (tree) => this.loadBlob('tree', tree));
  }

  /** Keeps in memory what was stored in place of another tree, for when it is opened next. */
  keepTree(text: TreeText, before: TreeText): void {
    this.#trees.keepText(text, before);
  }

  /** Every node below a tree, directories before what is in them. */
  walk(root: BlobId, signal?: AbortSignal): AsyncGenerator<WalkedNode, void, undefined> {
    return walkTree(root, (id) => this.loadTree(id), signal);
  }

  /**
   * Whether the index in memory has the tree and every blob below it, so that it may be referred to without being read
   * again. A tree that cannot be read counts as absent. Answers are remembered for as long as no index file is gone.
   */
  async hasSubtree(id: BlobId, signal?: AbortSignal): Promise<boolean> {
    await this.#ensureIndex();
    return isSubtreeWhole(id, this.#index, (tree) => this.loadTree(tree), signal);
  }

  /**
   * Runs `work` with a writer. When it resolves, every pack and index of the run is durable. When `work` fails or is
   * cancelled, packs already written get their index, so that the next run finds them, and the error goes on. An index
   * older than the lock is read again first: what it lists may have been pruned before we had the lock.
   * One writer at a time per repository object.
   */
  async withWriter<Result>(
    lock: HeldLock,
    options: WithWriterOptions,
    work: (writer: RepositoryWriter) => Promise<Result>,
  ): Promise<Result> {
    lock.assertHeld();
    if (this.#writing) throw misuse('Two runs cannot write through one repository object at a time.');
    if (this.#indexSequence < lock.sequence) await this.loadIndex({ signal: options.signal });
    this.#writing = true;
    try {
      await this.#adoptLeftPacks(lock, options.signal);
      const writer = this.#newWriter(lock, options);
      try {
        const result = await work(writer);
        for (const tree of await writer.finish()) this.#index.completeTrees.add(tree);
        return result;
      } catch (error) {
        await writer.abandon(!isStillpointError(error, 'lock-lost') && isHeld(lock));
        throw error;
      }
    } catch (error) {
      this.#failures += 1;
      throw error;
    } finally {
      this.#writing = false;
    }
  }

  check(options: CheckOptions = {}): Promise<CheckReport> {
    return checkRepository(this.#forMaintenance(), options);
  }

  /** For each set of snapshots what could be given back without them. Hold a lock: see `maintenance/reclaim.ts`. */
  measureFreeable(sets: readonly ReadonlySet<SnapshotId>[], options: ScanOptions = {}): Promise<readonly Freeable[]> {
    return measureFreeable(this.#forMaintenance(), sets, options);
  }

  /** Finds what can be deleted once some snapshots are gone. Read the index anew when the plan was carried out. */
  planReclaim(lock: HeldLock, without: ReadonlySet<SnapshotId>, options: ReclaimOptions = {}): Promise<ReclaimPlan> {
    if (this.#writing) throw misuse('Space cannot be given back while a run is writing.');
    return planReclaim(this.#forMaintenance(lock), lock, without, options);
  }

  /** Finds what a prune would do; `carryOut` needs the exclusive lock. Read the index anew afterwards. */
  planPrune(lock: HeldLock, options?: PruneOptions): Promise<PrunePlan>;
  planPrune(lock: HeldLock, options: PruneOptions, look: PartOfLook): Promise<PrunePlan | Uint8Array>;
  planPrune(lock: HeldLock, options: PruneOptions = {}, look?: PartOfLook): Promise<PrunePlan | Uint8Array> {
    if (this.#writing) throw misuse('Nothing can be pruned while a run is writing.');
    const target = { packTarget: this.#settings.packTarget ?? packTarget };
    return planPrune({ ...this.#forMaintenance(lock), ...target }, lock, options, look);
  }

  /** What the index must be by the packs that are there: see `repair/`. Read the index anew when it was carried out. */
  planIndexRepair(lock: HeldLock, options: IndexRepairOptions = {}): Promise<IndexRepair> {
    if (this.#writing) throw misuse('The index cannot be repaired while a run is writing.');
    return planIndexRepair(this.#forMaintenance(lock), lock, options);
  }

  /** Damaged packs, and what of them can be saved. Read the index anew when it was carried out. */
  planPackRepair(lock: HeldLock, options: PackRepairOptions = {}): Promise<PackRepair> {
    if (this.#writing) throw misuse('Packs cannot be repaired while a run is writing.');
    return planPackRepair(this.#forMaintenance(lock), lock, { packTarget: this.#settings.packTarget, ...options });
  }

  /** Snapshots that are not whole by an index that is read now, and what of them is gone. */
  async planSnapshotRepair(options: SnapshotRepairOptions): Promise<SnapshotRepair> {
    await this.loadIndex({ signal: options.signal });
    return planSnapshotRepair(
      {
        snapshots: this.snapshots,
        hasSubtree: (id) => this.hasSubtree(id, options.signal),
        isListed: (id) => this.hasBlob('tree', id),
        loadTree: (id) => this.loadBlob('tree', id),
        blobLength: (id) => this.blobLength('data', id),
        withWriter: (lock, writing, work) => this.withWriter(lock, writing, work),
      },
      options,
    );
  }

  /** Copies snapshots of another repository here. Its lock and ours are held throughout; both indexes are read anew. A run may write there. */
  async copyFrom(other: Repository, locks: CopyLocks, options: CopyOptions = {}): Promise<CopyReport> {
    if (other.id === this.id) throw misuse('A repository cannot be copied into itself.');
    locks.source.assertHeld();
    await other.#readIndexToLook(options.signal);
    await this.loadIndex({ signal: options.signal });
    const source = { index: other.#index.blobs, version: other.#config.version, snapshots: other.snapshots };
    return copySnapshots({ ...source, backend: other.backend, sealer: other.#sealer }, this, locks.target, options);
  }

  /** What is stored, and what of it each snapshot needs. */
  async statistics(options: StatisticsOptions = {}): Promise<RepositoryStatistics> {
    await this.#readIndexToLook(options.signal);
    const index = this.#index.blobs;
    const loadTree = (id: BlobId) => this.#trees.load(id, (tree) => this.#reader.load(index, 'tree', tree));
    return measureRepository({ ...this.#forMaintenance(), index, loadTree }, options);
  }

  /** Cuts files at content-defined places that are secret to this repository. One per file being read. */
  chunker(): Chunker {
    return new Chunker(this.#gear);
  }

  /** Forgets what is in memory, and ends what was begun for a check. Locks must have been released before. */
  close(): void {
    this.#index = new LoadedIndex();
    this.#indexSequence = 0;
    this.#trees.clear();
    // It never fails, and nobody waits for it.
    void this.#settings.lookAhead?.close();
  }

  /**
   * With a lock every call ends when that is lost: one that is repeated for long must not delete or list anything when
   * somebody else has the repository by then.
   */
  #forMaintenance(lock?: Pick<HeldLock, 'lost'>): Parameters<typeof checkRepository>[0] {
    const listSnapshots: Snapshots['list'] = (signal) => this.snapshots.list(signal);
    const { startInspecting, lookAhead } = this.#settings;
    const backend = lock === undefined ? this.backend : cancellable(this.backend, lock.lost);
    const documents = lock === undefined ? this.#documents : new Documents(backend, this.#sealer, this.#config.version);
    const opened = { backend, sealer: this.#sealer, key: this.#masterKey, documents };
    return { ...opened, startInspecting, lookAhead, listSnapshots };
  }

  /** What interrupted runs stored is used again, under the lock that this run has and after the index was read under it. */
  async #adoptLeftPacks(lock: HeldLock, signal: AbortSignal | undefined): Promise<void> {
    const signs = { failures: this.#failures, others: this.locks.othersSeen };
    if (!this.#left.isDue(signs)) return;
    const hasOthers = async () => (await this.locks.list()).filter(({ stale }) => !stale).length > 1;
    const own = { documents: this.#documents, sealer: this.#sealer, index: this.#index, lock, hasOthers };
    const { isWaiting } = await adoptPacks({ ...own, backend: this.backend, signal });
    if (!isWaiting) this.#left.foundClean(signs);
  }

  #newWriter(lock: HeldLock, options: WithWriterOptions): RepositoryWriter {
    const index = this.#index;
    const signal = options.signal ? AbortSignal.any([options.signal, lock.lost]) : lock.lost;
    // What is on its way arrives and gets its index, as long as that is quick: a dead line holds up nobody who has cancelled.
    const late = afterGrace(signal, graceMs);
    const backend = cancellable(this.backend, late);
    const held = {
      assertHeld: () => lock.assertHeld(),
      verifyHeld: () => untilAborted(late, () => lock.verifyHeld()),
    };
    const documents = new Documents(backend, this.#sealer, this.#config.version);
    return new RepositoryWriter({
      sealer: this.#sealer,
      version: this.#config.version,
      index: index.blobs,
      makeStore: (onListed) =>
        new PackStore(backend, documents, index, held, onListed, () => this.#settings.environment.nowNs()),
      hasSubtree: (id) => this.hasSubtree(id),
      lockSettled: () => lock.settled(),
      signal,
      onProgress: options.onProgress,
      packTarget: this.#settings.packTarget ?? packTarget,
      crunching: this.#crunching(),
    });
  }

  #crunching(): ConstructorParameters<typeof RepositoryWriter>[0]['crunching'] {
    const { startCrunching: start } = this.#settings;
    if (start === undefined) return undefined;
    const settings = { key: this.#masterKey, gear: this.#gear, version: this.#config.version };
    return {
      start,
      settings: {
        ...settings,
        packTarget: this.#settings.packTarget ?? packTarget,
        known: this.#index.blobs.columns,
      },
    };
  }

  /** While a run writes, the index in memory is the one that was read under its lock: nothing in it can be gone. */
  async #readIndexToLook(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#writing) await this.loadIndex({ signal });
  }

  async #ensureIndex(): Promise<void> {
    if (this.#indexSequence === 0 && !this.#isRescued) await this.loadIndexToRead();
  }
}
