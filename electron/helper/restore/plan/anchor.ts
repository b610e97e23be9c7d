import { constants, realpathSync } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { splitPath } from '../target/target-tree.ts';
import { localPath, type PlanDirectory, type TargetRoot } from './plan-item.ts';

export interface Anchor {
  readonly root: TargetRoot;
  /** Names below it that are not there as directories yet. */
  readonly missing: readonly Buffer[];
}

/**
 * The deepest directory of a path that is there. The path as the user names it may lead over symlinks (`/home` on
 * another disk); that is resolved here, once, and from then on nothing may be a symlink. `named`: how many of the steps are
 * named so; what stands below them is not followed, and is in the way where it is no directory.
 */
export function findAnchor(ops: FileOps, steps: readonly Buffer[], named = steps.length): Anchor {
  const { root, missing } = deepestOf(ops, steps.slice(0, named));
  const below = steps.slice(named);
  if (missing.length > 0) return { root, missing: [...missing, ...below] };
  let deepest = root;
  for (const [index, name] of below.entries()) {
    const path = localPath(deepest, [name]);
    const next = rootAt(ops, path);
    if (!next?.path.equals(path)) return { root: deepest, missing: below.slice(index) };
    deepest = next;
  }
  return { root: deepest, missing: [] };
}

function deepestOf(ops: FileOps, steps: readonly Buffer[]): Anchor {
  for (let length = steps.length; length > 0; length -= 1) {
    const root = rootAt(ops, pathOf(steps.slice(0, length)));
    if (root) return { root, missing: steps.slice(length) };
  }
  const root = rootAt(ops, Buffer.from('/'));
  if (!root) throw new Error('the root directory cannot be opened');
  return { root, missing: steps };
}

function rootAt(ops: FileOps, path: Buffer): TargetRoot | null {
  return ops.run(() => {
    try {
      const canonical = realpathSync.native(path, { encoding: 'buffer' });
      const fd = ops.openSync(canonical, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      try {
        const { dev, ino } = ops.fstatSync(fd);
        return { path: canonical, deviceId: dev, inode: ino };
      } finally {
        ops.closeSync(fd);
      }
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
      throw error;
    }
  });
}

export function pathOf(steps: readonly Buffer[]): Buffer {
  return steps.length === 0 ? Buffer.from('/') : Buffer.concat(steps.flatMap((step) => [Buffer.from('/'), step]));
}

export function stepsOfPath(path: string): Buffer[] {
  return splitPath(Buffer.from(path));
}

export function directoryBelow(
  parent: PlanDirectory,
  name: Buffer,
  rest: Pick<PlanDirectory, 'snapshotPath' | 'tree' | 'node'>,
): PlanDirectory {
  return { root: parent.root, parent, name, ...rest };
}
