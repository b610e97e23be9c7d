import type { RepositoryStatus } from '../../../../shared/domain/repository.ts';
import { checkJob } from '../check-job.ts';
import type { RepositoryAccess } from '../repository-access.ts';
import type { RunRequest } from '../run-service.ts';
import type { CareBook } from './care-book.ts';

/** The check that the plan of a repository says is next. */
export function plannedCheck(
  access: Pick<RepositoryAccess, 'call' | 'requireReady'>,
  book: CareBook,
  { id, name }: RepositoryStatus,
): RunRequest {
  const of = book.plan(id)?.of ?? 1;
  const wish = of === 1 ? { readData: true } : { readData: true, share: { part: 'next' as const, of } };
  return checkJob(access, id, name, wish, (check) => book.made(id, check), 'schedule');
}
