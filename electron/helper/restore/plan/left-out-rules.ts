import { constants } from 'node:fs';
import type { TreeNode } from '../../repository/index.ts';
import {
  type AskedEntry,
  cacheTagBytes,
  cacheTagName,
  type Excludes,
  type FolderExcludes,
  isCacheTag,
} from '../../sources/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { statxCached } from '../../system/statx.ts';
import type { SnapshotSource } from '../snapshot-source.ts';
import type { TargetTree } from '../target/target-tree.ts';
import type { Found, PlanDirectory } from './plan-item.ts';
import { parseSnapshotPath } from './selection.ts';
import { type SourceRoot, startsWith } from './source-roots.ts';

const tagName = Buffer.from(cacheTagName);
const { S_IFREG, S_IFDIR, O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/** The rules a snapshot was made with, below the place it was made of. */
export interface RootRules {
  readonly root: Pick<SourceRoot, 'treeSteps'>;
  readonly excludes: Excludes;
}

interface Folder {
  /** Nothing in it is known to the snapshot but its mark: what else is there was left out, or would have been. */
  readonly isCache: boolean;
  readonly excludes: FolderExcludes;
  readonly path: Buffer;
  /** Whether something was left out for what it is. */
  readonly isLimited: boolean;
}

/**
 * What presets and own rules kept out of a snapshot when it was made, asked of what is at the target now: its absence in
 * the snapshot means nothing. Where in doubt (a mark that cannot be read) it was left out.
 */
export class LeftOutRules {
  readonly #rules: readonly RootRules[];
  readonly #source: Pick<SnapshotSource, 'loadData'>;
  readonly #target: TargetTree;
  readonly #folders = new WeakMap<PlanDirectory, Folder | null>();
  readonly #cachesThen = new WeakSet<PlanDirectory>();

  constructor(rules: readonly RootRules[], source: Pick<SnapshotSource, 'loadData'>, target: TargetTree) {
    // A place without rules inside one with some has none.
    this.#rules = rules.every(({ excludes }) => excludes.isEmpty) ? [] : rules;
    this.#source = source;
    this.#target = target;
  }

  /** To be told of every directory of the snapshot before anything in it is asked about. */
  async see(directory: PlanDirectory, nodes: readonly TreeNode[]): Promise<void> {
    if (!this.#rules.some(({ excludes }) => excludes.cacheTags)) return;
    const tag = nodes.find(({ name, type }) => type === 'file' && name.equals(tagName));
    if (tag && (await this.#isTag(tag))) this.#cachesThen.add(directory);
  }

  /** Whether an entry that is there now was left out, or would have been. No folder above it may have been. */
  leftOut(parent: PlanDirectory, name: Buffer, now: Pick<Found, 'type' | 'size'>): boolean {
    const isDirectory = now.type === 'dir';
    if (this.#rules.length === 0) return false;
    const folder = this.#folderOf(parent);
    if (folder === null) return false;
    if (folder.isCache) return true;
    const path = folder.path.length === 0 ? name : Buffer.concat([folder.path, Buffer.from('/'), name]);
    const stat = folder.isLimited ? this.#statOf(parent, name, now) : undefined;
    return folder.excludes.leavesOut({ name, path, stat }, isDirectory) !== undefined;
  }

  /** A flag that cannot be read counts as set. */
  #statOf(parent: PlanDirectory, name: Buffer, { type, size }: Pick<Found, 'type' | 'size'>): AskedEntry['stat'] {
    if (type !== 'file' && type !== 'dir') return undefined;
    const mode = type === 'file' ? S_IFREG : S_IFDIR;
    try {
      return { mode, size, isNoDump: statxCached(this.#target.entry(parent, name)).isNoDump === true };
    } catch {
      return { mode, size, isNoDump: true };
    }
  }

  #folderOf(directory: PlanDirectory): Folder | null {
    const known = this.#folders.get(directory);
    if (known !== undefined) return known;
    const steps = parseSnapshotPath(directory.snapshotPath, 'selection');
    const around = this.#rules.filter(({ root }) => startsWith(steps, root.treeSteps));
    const [rules] = around.toSorted((a, b) => b.root.treeSteps.length - a.root.treeSteps.length);
    const folder = rules === undefined ? null : this.#newFolder(directory, steps, rules);
    this.#folders.set(directory, folder);
    return folder;
  }

  #newFolder(directory: PlanDirectory, steps: readonly Buffer[], { root, excludes }: RootRules): Folder {
    const below = steps.slice(root.treeSteps.length);
    const path = Buffer.concat(below.flatMap((step, index) => (index === 0 ? [step] : [Buffer.from('/'), step])));
    const mayBeCache = excludes.cacheTags && below.length > 0;
    const isCache = mayBeCache && (this.#cachesThen.has(directory) || this.#isCacheNow(directory));
    return { isCache, path, excludes: excludes.in(path, false), isLimited: excludes.limits !== undefined };
  }

  async #isTag({ size, content }: TreeNode): Promise<boolean> {
    const [first] = content ?? [];
    if (size < BigInt(cacheTagBytes) || first === undefined) return false;
    try {
      const bytes = await this.#source.loadData(first);
      return bytes.length < cacheTagBytes || isCacheTag(bytes);
    } catch {
      return true;
    }
  }

  #isCacheNow(directory: PlanDirectory): boolean {
    const { ops } = this.#target;
    try {
      const path = this.#target.entry(directory, tagName);
      const stat = ops.lstatIfThere(path);
      if (!stat?.isFile() || stat.size < BigInt(cacheTagBytes)) return false;
      return isCacheTag(firstBytes(ops, path));
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
      if (hasCode(error, 'EACCES', 'EPERM', 'EIO')) return true;
      throw error;
    }
  }
}

function firstBytes(ops: FileOps, path: Buffer): Buffer {
  const fd = ops.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  try {
    const start = Buffer.alloc(cacheTagBytes);
    const count = ops.readSync(fd, start, 0, start.length, 0);
    return start.subarray(0, count);
  } finally {
    ops.closeSync(fd);
  }
}
