import { isStillpointError } from '../../../../shared/errors/index.ts';
import { displayPath } from '../display-path.ts';
import { endsRestore, entryProblem } from '../errors.ts';
import { itemPath, localPath, type PlanItem, stepsToItem } from '../plan/plan-item.ts';
import type { RestoreContext } from './restore-context.ts';

/**
 * Lists what happened to one entry, so that the others are still restored; throws what would happen to every further
 * one as well: a full or read-only target, a cancel, a repository that is gone, a target that became another folder.
 */
export function listOrEnd({ warnings }: RestoreContext, item: PlanItem, error: unknown): void {
  const ending = endsRestore(error, displayPath(localPath(item.in.root, stepsToItem(item))));
  if (ending) throw ending;
  const isOfEntry = isStillpointError(error, 'repository-damaged') || isErrno(error);
  if (!isOfEntry) throw error;
  warnings.add(itemPath(item), entryProblem(error));
}

function isErrno(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string';
}
