import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { Source } from '../../../shared/domain/source.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import type { DrawnSnapshot, FoundDamage } from './catalog-port.ts';
import { meetsPolicy, sourceHealth } from './source-health.ts';

export interface SourceFacts {
  readonly sources: readonly Source[];
  /** Null: could not be found out. */
  readonly repositories: readonly RepositoryStatus[] | null;
  /** In order of time. */
  readonly snapshots: readonly DrawnSnapshot[];
  readonly damages: readonly FoundDamage[];
  readonly latestBackups: readonly RunView[];
  readonly active: readonly RunView[];
}

/** Sources with their health and their newest snapshots. Safety snapshots are no backups. */
export function sourceViews(facts: SourceFacts): SourceView[] {
  const marks = Map.groupBy(
    facts.snapshots.filter(({ mark }) => mark.kind === 'backup'),
    ({ sourceId }) => sourceId,
  );
  return facts.sources.map((source) => {
    const own: SnapshotMark[] = (marks.get(source.id) ?? []).map(({ mark }) => mark);
    const last = own.at(-1) ?? null;
    const lastGood = own.findLast((mark) => meetsPolicy(mark, source.policy.requiredLevel)) ?? null;
    const repository = facts.repositories && findRepository(facts.repositories, source);
    const running = facts.active.find(({ kind, sourceId }) => kind === 'backup' && sourceId === source.id);
    return {
      ...source,
      last,
      lastGood,
      runningRunId: running?.runId ?? null,
      ...sourceHealth({
        source,
        repository,
        last,
        lastGood,
        damage: facts.damages.find(({ repositoryId }) => repositoryId === last?.repositoryId) ?? null,
        lastRun: facts.latestBackups.find(({ sourceId }) => sourceId === source.id) ?? null,
        isRunning: running !== undefined,
      }),
    };
  });
}

function findRepository(repositories: readonly RepositoryStatus[], source: Source): RepositoryStatus | undefined {
  return repositories.find(({ id }) => id === source.policy.repositoryId);
}
