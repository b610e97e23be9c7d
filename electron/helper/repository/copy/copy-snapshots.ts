import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { isStillpointError, type StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import { damaged } from '../failures.ts';
import { quoteName } from '../format/names.ts';
import { derivedSnapshotFile } from '../format/snapshot-file.ts';
import { decodeTree } from '../format/tree.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import { BlobReader } from '../pack/blob-reader.ts';
import type { Snapshot, Snapshots } from '../snapshots/snapshots.ts';
import type { RepositoryWriter } from '../writer/repository-writer.ts';
import { letGoOf, readStored, type StoredBlob, type StoredSource, type WantedBlob } from './read-stored.ts';
import { KnownCopies } from './similar.ts';
import { SourceTrees } from './tree-store.ts';

/** Where snapshots come from. Its index was read under the lock that is held there. */
export interface CopySource extends StoredSource {
  readonly snapshots: Snapshots;
}

/** Where they go. */
export interface CopyTarget {
  readonly snapshots: Snapshots;
  readonly hasSubtree: (id: BlobId, signal?: AbortSignal) => Promise<boolean>;
  readonly hasBlob: (type: 'data', id: BlobId) => boolean;
  readonly withWriter: <Result>(
    lock: HeldLock,
    options: { readonly signal?: AbortSignal | undefined },
    work: (writer: RepositoryWriter) => Promise<Result>,
  ) => Promise<Result>;
}

/** Both shared will do: nothing is removed on either side. */
export interface CopyLocks {
  readonly source: HeldLock;
  readonly target: HeldLock;
}

export interface CopyProgress {
  /** Snapshots that are there now, copied or found. */
  readonly snapshots: number;
  readonly totalSnapshots: number;
  /** Bytes of content read so far, and how many are known to be needed: more with each group of snapshots. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface CopyOptions {
  /** Only these; without them all. */
  readonly ids?: ReadonlySet<SnapshotId> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

export interface CopyReport {
  readonly copied: readonly { readonly from: SnapshotId; readonly to: SnapshotId }[];
  /** Were there before. */
  readonly known: readonly { readonly from: SnapshotId; readonly to: SnapshotId }[];
  /** Not copied, because something they need cannot be read. */
  readonly failed: readonly { readonly from: SnapshotId; readonly error: StillpointError }[];
  /** Bytes of content that were read and stored there, before compression. */
  readonly bytes: number;
  /** What that takes there. */
  readonly bytesStored: number;
}

/** A group of snapshots is published when so much of it was new, so that packs are full and a kill loses little. */
const groupBytes = 512 * 1024 * 1024;
const groupSnapshots = 64;
/** Ids of new blobs held in memory for a group, about. */
const groupBlobs = 500_000;

/** Trees read at a time: a line takes its time for each. */
const treesAtOnce = 8;

interface Group {
  readonly writer: RepositoryWriter;
  readonly trees: SourceTrees;
  /** By this group. */
  readonly stored: Set<BlobId>;
}

interface Wanted {
  readonly blobs: Map<BlobId, number>;
  bytes: number;
}

/**
 * Copies snapshots, the oldest first. Every blob is opened, compared with its hash and sealed with the other key; trees
 * keep their ids. Each group is published when everything it needs is durable. What an interrupted copy stored is used.
 */
export async function copySnapshots(
  source: CopySource,
  target: CopyTarget,
  lock: HeldLock,
  options: CopyOptions = {},
): Promise<CopyReport> {
  lock.assertHeld();
  return new Copying(source, target, lock, options).run();
}

class Copying {
  readonly #source: CopySource;
  readonly #target: CopyTarget;
  readonly #lock: HeldLock;
  readonly #options: CopyOptions;
  readonly #copied: { from: SnapshotId; to: SnapshotId }[] = [];
  readonly #known: { from: SnapshotId; to: SnapshotId }[] = [];
  readonly #failed: { from: SnapshotId; error: StillpointError }[] = [];
  readonly #breather = new Breather();
  #total = 0;
  #bytes = 0;
  #bytesWanted = 0;
  #bytesStored = 0;

  constructor(source: CopySource, target: CopyTarget, lock: HeldLock, options: CopyOptions) {
    this.#source = source;
    this.#target = target;
    this.#lock = lock;
    this.#options = options;
  }

  async run(): Promise<CopyReport> {
    const { ids, signal } = this.#options;
    const theirs = await this.#source.snapshots.list(signal);
    for (const { id, error } of theirs.damaged) if (ids?.has(id) ?? true) this.#failed.push({ from: id, error });
    const copies = new KnownCopies((await this.#target.snapshots.list(signal)).snapshots);
    const wanted = theirs.snapshots.filter(({ id }) => ids?.has(id) ?? true);
    this.#total = wanted.length;
    const missing: Snapshot[] = [];
    for (const snapshot of wanted) {
      const copy = copies.find(snapshot);
      if (copy === undefined) missing.push(snapshot);
      else this.#known.push({ from: snapshot.id, to: copy.id });
    }
    this.#report();
    for (let at = 0; at < missing.length; ) at += await this.#copyGroup(missing.slice(at, at + groupSnapshots));
    return {
      copied: this.#copied,
      known: this.#known,
      failed: this.#failed,
      bytes: this.#bytes,
      bytesStored: this.#bytesStored,
    };
  }

  /** As many of the snapshots as are a group; how many that were. */
  async #copyGroup(snapshots: readonly Snapshot[]): Promise<number> {
    const { signal } = this.#options;
    throwIfAborted(signal);
    let taken = 0;
    const done = await this.#target.withWriter(this.#lock, { signal }, async (writer) => {
      const wanted: Wanted = { blobs: new Map(), bytes: 0 };
      const trees = new SourceTrees(this.#source, new BlobReader(this.#source.backend, this.#source.sealer));
      const looked = new Set<BlobId>();
      const group: Group = { writer, trees, stored: new Set() };
      const readable: Snapshot[] = [];
      for (const snapshot of snapshots) {
        taken += 1;
        if (await this.#try(snapshot, () => this.#look(snapshot, trees, looked, wanted))) readable.push(snapshot);
        if (wanted.bytes >= groupBytes || wanted.blobs.size >= groupBlobs) break;
      }
      await this.#copyData(writer, wanted);
      const whole: Snapshot[] = [];
      for (const snapshot of readable)
        if (await this.#try(snapshot, () => this.#storeTrees(snapshot, group))) whole.push(snapshot);
      await writer.verifyPacks();
      this.#bytesStored += writer.progress.bytesStored;
      return whole;
    });
    for (const snapshot of done) await this.#publish(snapshot);
    return taken;
  }

  async #publish({ id }: Snapshot): Promise<void> {
    throwIfAborted(this.#options.signal);
    const text = await this.#source.snapshots.loadText(id);
    if (text === undefined) throw damaged(`Snapshot ${id.slice(0, 8)} vanished while it was copied.`, { snapshot: id });
    const copy = derivedSnapshotFile(text, id, { keepParent: false });
    this.#copied.push({ from: id, to: (await this.#target.snapshots.publishText(this.#lock, copy)).id });
    this.#report();
  }

  /** False when something of it cannot be read: the others are copied all the same. */
  async #try({ id }: Snapshot, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged')) throw error;
      this.#failed.push({ from: id, error });
      return false;
    }
  }

  /** Finds the content that is not there yet. What was found whole there is not looked at again. */
  async #look(snapshot: Snapshot, trees: SourceTrees, looked: Set<BlobId>, wanted: Wanted): Promise<void> {
    const { signal } = this.#options;
    const waiting = [snapshot.tree];
    while (waiting.length > 0) {
      await this.#breather.breathe(signal);
      const next: BlobId[] = [];
      for (let id = waiting.pop(); id !== undefined; id = next.length < treesAtOnce ? waiting.pop() : undefined) {
        if (looked.has(id) || (await this.#target.hasSubtree(id, signal))) continue;
        looked.add(id);
        next.push(id);
      }
      for (const { plaintext } of await Promise.all(next.map((id) => trees.load(id)))) {
        for (const { content, subtree } of decodeTree(plaintext).nodes) {
          if (subtree) waiting.push(subtree);
          for (const id of content ?? []) this.#want(id, wanted);
        }
      }
    }
  }

  #want(id: BlobId, wanted: Wanted): void {
    if (wanted.blobs.has(id) || this.#target.hasBlob('data', id)) return;
    const place = this.#source.index.find('data', id);
    const bytes = place === undefined ? 0 : place.uncompressedLength || place.length;
    wanted.blobs.set(id, bytes);
    wanted.bytes += bytes;
    this.#bytesWanted += bytes;
  }

  async #copyData(writer: RepositoryWriter, wanted: Wanted): Promise<void> {
    const blobs: WantedBlob[] = [...wanted.blobs.keys()].map((id) => ({ type: 'data', id }));
    for await (const blob of readStored(this.#source, blobs, this.#options.signal)) {
      // One that cannot be read is missed when a tree that needs it is to be stored.
      if (!('error' in blob)) {
        await writer.saveStored(blob.type, blob.id, blob.plaintext, blob.compressed);
        // It is sealed in a pack.
        letGoOf(blob);
      }
      this.#bytes += wanted.blobs.get(blob.id) ?? 0;
      this.#report();
    }
  }

  /** From the leaves up, each when everything it refers to is stored. */
  async #storeTrees(snapshot: Snapshot, group: Group): Promise<void> {
    const { writer, trees, stored } = group;
    const { signal } = this.#options;
    const open: Open[] = [{ id: snapshot.tree, where: `${snapshot.id.slice(0, 8)}:` }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      await this.#breather.breathe(signal);
      const { id, where, ready } = next;
      if (stored.has(id) || (await this.#target.hasSubtree(id, signal))) continue;
      const blob = ready ?? (await trees.load(id));
      const { nodes } = decodeTree(blob.plaintext);
      if (ready === undefined) {
        open.push({ id, where, ready: blob });
        for (const { subtree, name } of nodes)
          if (subtree) open.push({ id: subtree, where: `${where}/${quoteName(name)}` });
        continue;
      }
      for (const { name, content } of nodes) assertStored(writer, content ?? [], `${where}/${quoteName(name)}`);
      await writer.saveTreeBytes(blob.plaintext, blob.compressed);
      stored.add(id);
      trees.forget(id);
    }
  }

  #report(): void {
    this.#options.onProgress?.({
      snapshots: this.#known.length + this.#copied.length,
      totalSnapshots: this.#total,
      bytes: this.#bytes,
      totalBytes: this.#bytesWanted,
    });
  }
}

/** A tree to be stored; `ready` when what is below it was seen to. */
interface Open {
  readonly id: BlobId;
  readonly where: string;
  readonly ready?: StoredBlob;
}

function assertStored(writer: RepositoryWriter, content: readonly BlobId[], where: string): void {
  for (const blob of content) {
    if (writer.hasBlob('data', blob)) continue;
    throw damaged(`${where} cannot be copied: its part ${blob.slice(0, 8)} is missing or damaged.`, { blob, where });
  }
}
