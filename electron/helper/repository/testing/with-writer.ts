import type { Repository } from '../repository.ts';
import type { RepositoryWriter } from '../writer/repository-writer.ts';

/** Runs `work` with a writer under a shared lock of its own. */
export function withWriter<Result>(
  repository: Repository,
  work: (writer: RepositoryWriter) => Promise<Result>,
): Promise<Result> {
  return repository.locks.withLock({ mode: 'shared' }, (lock) => repository.withWriter(lock, {}, work));
}
