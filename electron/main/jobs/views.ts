import type { RepositoryId, SourceId } from '../../../shared/domain/ids.ts';
import { type GrowthFacts, projectGrowth } from '../../../shared/domain/keep/growth.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { QuietRecord } from '../../../shared/ipc/schedule.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Timeline } from '../../../shared/ipc/timeline.ts';
import type { Scheduler } from '../../schedule/index.ts';
import type { CareBook } from './care/care-book.ts';
import type { Catalog, DrawnSnapshot } from './catalog-port.ts';
import type { DrawnCache } from './drawn-cache.ts';
import type { Clock } from './ports.ts';
import type { QuietTimes } from './quiet-times.ts';
import type { Passwords, RepositoryAccess } from './repository-access.ts';
import type { RunService } from './run-service.ts';
import type { SourceDirectory } from './source-directory.ts';
import { type SourcePlan, sourcePlan } from './source-plan.ts';
import { aheadMs, sourceViews } from './source-views.ts';
import { composeTimeline } from './timeline.ts';
import type { Trials } from './trials.ts';

export type RepositoryView = IpcResult<'repositories.list'>[number];

export interface ViewsOptions {
  readonly access: Pick<RepositoryAccess, 'isRefused' | 'list'>;
  readonly catalog: Pick<Catalog, 'failedForgets' | 'latestBackups' | 'snapshotCounts'>;
  readonly drawn: Pick<DrawnCache, 'get'>;
  readonly runs: Pick<RunService, 'active'>;
  readonly sources: Pick<SourceDirectory, 'listOrLastKnown'>;
  readonly passwords: Pick<Passwords, 'get'> & { isRemembered(id: RepositoryId): boolean };
  readonly care: Pick<CareBook, 'of'>;
  readonly scheduler: Pick<Scheduler, 'pausedUntil' | 'state' | 'windows'>;
  readonly scheduledStillPoints: () => boolean;
  readonly quietTimes: Pick<QuietTimes, 'get' | 'of'>;
  readonly trials: Pick<Trials, 'of'>;
  readonly now: Clock;
}

/** What windows, tray and notices show, each from the same facts. */
export class Views {
  readonly #options: ViewsOptions;

  constructor(options: ViewsOptions) {
    this.#options = options;
  }

  async sources(repositories?: readonly RepositoryStatus[] | null): Promise<SourceView[]> {
    const { access, catalog, drawn, runs, sources, scheduledStillPoints, trials, now } = this.#options;
    const [registered, statuses, { snapshots, damages }, latestBackups, failedForgets] = await Promise.all([
      sources.listOrLastKnown(),
      repositories === undefined ? access.list().catch(() => null) : repositories,
      drawn.get(),
      catalog.latestBackups(msToInstant(now() + aheadMs)),
      catalog.failedForgets(msToInstant(now() + aheadMs)),
    ]);
    return sourceViews({
      sources: registered,
      repositories: statuses,
      snapshots,
      damages,
      latestBackups,
      failedForgets,
      active: runs.active,
      planOf: (source) => this.planOf(source),
      scheduledStillPoints: scheduledStillPoints(),
      trials: trials.of(registered),
      now: now(),
    });
  }

  async repositories(): Promise<RepositoryView[]> {
    const { access, care, catalog, drawn, passwords, now } = this.#options;
    const [repositories, counts, { snapshots, damages }] = await Promise.all([
      access.list(),
      catalog.snapshotCounts(),
      drawn.get(),
    ]);
    return repositories.map((repository) => {
      const growth = projectGrowth({
        now: now(),
        freeBytes: repository.freeBytes,
        additions: additionsTo(repository.id, snapshots),
      });
      return {
        ...repository,
        passwordRemembered: passwords.isRemembered(repository.id),
        snapshots: counts.find(({ repositoryId }) => repositoryId === repository.id)?.snapshots ?? 0,
        growthPerDay: growth.bytesPerDay,
        fullAt: growth.fullAt,
        credentialsRefused: access.isRefused(repository),
        passwordKnown: passwords.get(repository.id) !== undefined,
        care: care.of(repository.id, damages),
      };
    });
  }

  async timeline(): Promise<Timeline> {
    const { sources, drawn, quietTimes, now } = this.#options;
    const [registered, { snapshots, failures }, quiet] = await Promise.all([
      sources.listOrLastKnown(),
      drawn.get(),
      quietTimes.get(),
    ]);
    return composeTimeline(
      registered,
      snapshots,
      failures,
      now(),
      (source) => this.planOf(source),
      ({ id }) => quiet.get(id) ?? [],
    );
  }

  quietOf(id: SourceId): Promise<QuietRecord> {
    return this.#options.quietTimes.of(id);
  }

  planOf(source: Source): SourcePlan {
    return sourcePlan(this.#options.scheduler, source, this.#options.now());
  }
}

/** The first of each source is what was there already, and no growth. */
function additionsTo(id: RepositoryId, snapshots: readonly DrawnSnapshot[]): GrowthFacts['additions'] {
  return snapshots.flatMap(({ mark, sourceId, sourceName }) =>
    mark.repositoryId === id && mark.newBytes !== null
      ? [{ at: mark.time, bytes: mark.newBytes, source: sourceId ?? sourceName }]
      : [],
  );
}
