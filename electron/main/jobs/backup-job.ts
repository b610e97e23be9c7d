import type { Source } from '../../../shared/domain/source.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunRequest } from './run-service.ts';

/** A backup of one source. A repository or password that is missing makes it wait; nothing is tried then. */
export function backupJob(access: Pick<RepositoryAccess, 'call' | 'requireReady'>, source: Source): RunRequest {
  const { repositoryId } = source.policy;
  return {
    kind: 'backup',
    title: `Back up ${source.name}`,
    sourceId: source.id,
    repositoryId,
    keys: [`source:${source.id}`, `repository:${repositoryId}`],
    perform: async ({ runId, askedAt, signal, onEvent }) => {
      await access.requireReady(repositoryId);
      return access.call('backup.run', { sourceId: source.id, runId, askedAt }, { signal, onEvent });
    },
  };
}
