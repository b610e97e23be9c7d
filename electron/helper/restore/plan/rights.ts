import { hasCode } from '../../system/errno.ts';
import { mountOf } from '../../system/mounts.ts';
import { displayPath } from '../display-path.ts';
import { type Found, localPath, type PlanDirectory, type PlanItem, stepsTo, type TargetRoot } from './plan-item.ts';
import type { PlanNotes } from './plan-notes.ts';

/** In whose name files are written. */
export interface Actor {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/**
 * Folders that cannot be written, by their permission bits: ACLs and security modules can still say otherwise, and what
 * counts is the attempt. Root is refused by a read-only filesystem only.
 */
export function noteRights(
  notes: PlanNotes,
  items: readonly PlanItem[],
  roots: readonly TargetRoot[],
  actor: Actor,
  look: (directory: PlanDirectory) => Found | null,
): void {
  for (const root of roots) {
    if (!isReadOnly(root)) continue;
    const path = displayPath(root.path);
    notes.say({ code: 'no-rights', text: `${path} is on a filesystem that is read-only.`, paths: [path], asks: true });
  }
  if (actor.uid === 0) return;
  const checked = new Set<PlanDirectory>();
  const made = new Set(
    items
      .filter(({ action, type }) => action === 'add' || (action === 'replace' && type === 'dir'))
      .map(({ directory }) => directory),
  );
  for (const { action, in: directory } of items) {
    if (action === 'same' || action === 'metadata' || checked.has(directory) || made.has(directory)) continue;
    checked.add(directory);
    const found = lookIfThere(look, directory);
    if (found && !mayWrite(found, actor))
      notes.add('no-rights', displayPath(localPath(directory.root, stepsTo(directory))));
  }
}

/** What is not there yet is made, or told of when it is put back. */
function lookIfThere(look: (directory: PlanDirectory) => Found | null, directory: PlanDirectory): Found | null {
  try {
    return look(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  }
}

function mayWrite({ mode, uid, gid }: Found, actor: Actor): boolean {
  const shift = actor.uid === uid ? 6 : actor.gid === gid || actor.groups.includes(gid) ? 3 : 0;
  return ((mode >> shift) & 0o3) === 0o3;
}

function isReadOnly(root: TargetRoot): boolean {
  try {
    return mountOf(displayPath(root.path)).options.includes('ro');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return false;
    throw error;
  }
}
