import { hasCode } from '../../system/errno.ts';
import type { Found, PlanDirectory } from '../plan/plan-item.ts';
import { foundOf } from '../target/found.ts';
import type { TargetTree } from '../target/target-tree.ts';

/** Null also where the directory itself is not there (any more). */
export function look(target: TargetTree, directory: PlanDirectory, name: Buffer): Found | null {
  try {
    return name.length === 0 ? foundOf(target.ops.fstatSync(target.open(directory))) : target.lookAt(directory, name);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  }
}
