import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { isStillpointError, type StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import type { Documents } from '../documents.ts';
import { misuse } from '../failures.ts';
import {
  decodeSnapshotFile,
  encodeSnapshotFile,
  retagSnapshotFile,
  type SnapshotFile,
} from '../format/snapshot-file.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import { unknownSnapshot } from './failures.ts';
import { localOffset } from './local-offset.ts';

export interface Snapshot extends SnapshotFile {
  readonly id: SnapshotId;
}

export interface SnapshotList {
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
  /** Files that cannot be read: one damaged snapshot does not hide the others. */
  readonly damaged: readonly { readonly id: SnapshotId; readonly error: StillpointError }[];
}

export interface SnapshotsDependencies {
  readonly documents: Documents;
  /** Whether the tree and all below it are durable and listed in an index that was read under this lock. */
  readonly isComplete: (tree: BlobId, lock: HeldLock) => boolean;
  readonly isWriting: () => boolean;
}

export class Snapshots {
  readonly #with: SnapshotsDependencies;
  /** Snapshot files never change, so what was decoded once stays right. */
  readonly #known = new Map<SnapshotId, Snapshot>();

  constructor(dependencies: SnapshotsDependencies) {
    this.#with = dependencies;
  }

  async list(signal?: AbortSignal): Promise<SnapshotList> {
    const snapshots: Snapshot[] = [];
    const damaged: { id: SnapshotId; error: StillpointError }[] = [];
    const breather = new Breather();
    for (const { name } of await this.#with.documents.list('snapshot')) {
      await breather.breathe(signal);
      const id = name as SnapshotId;
      try {
        const snapshot = await this.#find(id);
        if (snapshot) snapshots.push(snapshot);
      } catch (error) {
        if (!isStillpointError(error, 'repository-damaged') && !isStillpointError(error, 'unsupported-format'))
          throw error;
        damaged.push({ id, error });
      }
    }
    snapshots.sort((one, other) => Number(one.timeNs - other.timeNs) || (one.id < other.id ? -1 : 1));
    return { snapshots, damaged };
  }

  /** `unknown-snapshot` when there is none with this id, `repository-damaged` when it cannot be read. */
  async load(id: SnapshotId): Promise<Snapshot> {
    const snapshot = await this.#find(id);
    if (!snapshot) throw unknownSnapshot(id);
    return snapshot;
  }

  /**
   * Makes a snapshot visible, in one atomic step. Only after the writer's run has ended well, and only of a tree that
   * this run stored or that `hasSubtree` found whole: so everything a reader needs is durable before it can look. Its time
   * is written by this machine's wall clock unless it says another: keep rules go by that.
   */
  async publish(lock: HeldLock, snapshot: SnapshotFile): Promise<Snapshot> {
    this.#assertPublishable(lock, snapshot.tree);
    const offsetMinutes = snapshot.offsetMinutes ?? localOffset(snapshot.timeNs);
    await lock.verifyHeld();
    return this.#save(encodeSnapshotFile({ ...snapshot, offsetMinutes }), lock);
  }

  /** The file as it is: whoever writes the snapshot again elsewhere keeps what it does not know. Undefined: no such file. */
  loadText(id: SnapshotId): Promise<string | undefined> {
    return this.#with.documents.load('snapshot', id);
  }

  /** As `publish`, of a whole document: one that was made of another (`derivedSnapshotFile`). */
  async publishText(lock: HeldLock, text: string): Promise<Snapshot> {
    const { tree } = decodeSnapshotFile(text);
    this.#assertPublishable(lock, tree);
    await lock.verifyHeld();
    return this.#save(text, lock);
  }

  /**
   * The same snapshot with other tags and another id. The new file is durable before the old one is removed: after a
   * crash in between both are there, and either serves. Any lock will do: no data becomes unreachable.
   */
  async rewriteTags(
    lock: HeldLock,
    id: SnapshotId,
    change: (tags: readonly string[]) => readonly string[],
  ): Promise<Snapshot> {
    lock.assertHeld();
    const old = await this.load(id);
    const tags = change(old.tags);
    if (tags.length === old.tags.length && tags.every((tag, index) => tag === old.tags[index])) return old;
    const text = await this.#with.documents.load('snapshot', id);
    if (text === undefined) throw unknownSnapshot(id);
    const renewed = await this.#save(retagSnapshotFile(text, id, tags), lock);
    await lock.verifyHeld();
    await this.#with.documents.remove('snapshot', id);
    this.#known.delete(id);
    return renewed;
  }

  /** Removes the snapshot's file only; its data stays until a prune. Needs an exclusive lock. Gone already is no error. */
  async remove(lock: HeldLock, ids: readonly SnapshotId[], signal?: AbortSignal): Promise<void> {
    if (lock.mode !== 'exclusive') throw misuse('Removing snapshots needs an exclusive lock.');
    for (const id of ids) {
      throwIfAborted(signal);
      await lock.verifyHeld();
      await this.#with.documents.remove('snapshot', id);
      this.#known.delete(id);
    }
  }

  #assertPublishable(lock: HeldLock, tree: BlobId): void {
    lock.assertHeld();
    if (this.#with.isWriting()) throw misuse('A snapshot cannot be published while its packs are still being written.');
    if (!this.#with.isComplete(tree, lock))
      throw misuse(`A snapshot cannot be published of tree ${tree.slice(0, 8)}, which is not known to be complete.`);
  }

  async #find(id: SnapshotId): Promise<Snapshot | undefined> {
    const known = this.#known.get(id);
    if (known) return known;
    const text = await this.#with.documents.load('snapshot', id);
    if (text === undefined) return undefined;
    const snapshot = decoded(id, text);
    this.#known.set(id, snapshot);
    return snapshot;
  }

  /**
   * What was written is not remembered: whoever looks at it next reads what is there. On a line that stalls it may be tried
   * for long: no longer than the lock is held.
   */
  async #save(text: string, { lost }: HeldLock): Promise<Snapshot> {
    return decoded((await this.#with.documents.save('snapshot', text, { signal: lost })) as SnapshotId, text);
  }
}

function decoded(id: SnapshotId, text: string): Snapshot {
  return { ...decodeSnapshotFile(text), id };
}
