import type { FileOps } from '../../system/file-ops.ts';
import { displayPath } from '../display-path.ts';
import { linkOfOthers, targetChanged } from '../errors.ts';
import { linksOnTheWay } from './links-on-the-way.ts';
import type { TargetRoot } from './plan-item.ts';
import type { PlanNotes } from './plan-notes.ts';

export interface OriginalPlace {
  /** The part of the original path that is there. */
  readonly named: Buffer;
  /** Where it leads. */
  readonly anchor: TargetRoot;
  /** Our own backups are named by where links lead: one on the way is newer. Nobody knows of those of other programs. */
  readonly isOwnBackup: boolean;
  /** What is written is written with root's rights. */
  readonly isPrivileged: boolean;
}

/**
 * A link on the way to the original place leads all that is replaced and deleted somewhere else, so it is asked about. With
 * root's rights it is refused (`target-escapes`): whoever may change the link chose what root touches. Only one that is root's
 * alone is asked about then, too.
 */
export function noteLinks(ops: FileOps, original: OriginalPlace, notes: PlanNotes): void {
  const { named, anchor, isOwnBackup, isPrivileged } = original;
  if (anchor.path.equals(named)) return;
  const { place, links } = linksOnTheWay(ops, named);
  const [first] = links;
  const [path, there] = [displayPath(named), displayPath(anchor.path)];
  if (first === undefined || !place.equals(anchor.path))
    throw targetChanged(`The way to ${path} is being changed while the restore is prepared.`, { path });
  const ofOthers = links.find(({ isRootsAlone }) => !isRootsAlone);
  if (isPrivileged && ofOthers) throw linkOfOthers(path, displayPath(ofOthers.path), there);
  const link = displayPath(first.path);
  const over =
    link === path ? `${path} is a link${isOwnBackup ? ' by now' : ''}` : `${path} is reached over the link ${link}`;
  const then = isOwnBackup ? '' : ' Where it led when this snapshot was made, no snapshot of another program says.';
  notes.say({
    code: 'type-change',
    text: `${over}: what is put back, replaced or deleted is in ${there}.${then}`,
    paths: [path, there],
    asks: true,
  });
}
