import { isTrialWanted, type TrialState } from '../../../shared/domain/freeze-trial.ts';
import type { SourceId } from '../../../shared/domain/ids.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import { lateAt } from '../../../shared/domain/schedule/late.ts';
import type { Source } from '../../../shared/domain/source.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import type { DrawnSnapshot, FailedForgets, FoundDamage } from './catalog-port.ts';
import { type HealthFacts, heldBackWords, meetsPolicy, sourceHealth } from './source-health.ts';
import { sourceNotes } from './source-notes.ts';
import type { SourcePlan } from './source-plan.ts';
import { usualLevel } from './usual-level.ts';

export interface SourceFacts {
  readonly sources: readonly Source[];
  /** Null: could not be found out. */
  readonly repositories: readonly RepositoryStatus[] | null;
  /** In order of time. */
  readonly snapshots: readonly DrawnSnapshot[];
  readonly damages: readonly FoundDamage[];
  readonly latestBackups: readonly RunView[];
  readonly failedForgets: readonly FailedForgets[];
  readonly active: readonly RunView[];
  readonly planOf: (source: Source) => SourcePlan;
  readonly scheduledStillPoints: boolean;
  /** Of sources that lie on the filesystem the system runs from, as far as it is known. */
  readonly trials: ReadonlyMap<SourceId, TrialState>;
  readonly now: number;
}

/** Clocks of machines that share a repository differ by less. What lies further ahead was made by a clock that was wrong. */
export const aheadMs = 10 * 60_000;

/**
 * Sources with their health, their newest snapshots and their next run. Safety snapshots are no backups, and neither is what
 * lies in the future: it would hide for years whatever fails.
 */
export function sourceViews(facts: SourceFacts): SourceView[] {
  const marks = Map.groupBy(
    facts.snapshots.filter(({ mark }) => mark.kind === 'backup'),
    ({ sourceId }) => sourceId,
  );
  const asks = wantedTrials(facts);
  return facts.sources.map((source) => {
    const { policy } = source;
    // What is kept elsewhere does not make this repository's copy newer.
    const own: SnapshotMark[] = (marks.get(source.id) ?? [])
      .map(({ mark }) => mark)
      .filter(({ repositoryId }) => repositoryId === policy.repositoryId);
    const believed = own.filter(({ time }) => time <= facts.now + aheadMs);
    const future = own.at(-1);
    const aheadAt = future && future !== believed.at(-1) ? future.time : null;
    const last = believed.at(-1) ?? null;
    const lastGood = believed.findLast((mark) => meetsPolicy(mark, policy.requiredLevel)) ?? null;
    const repository = facts.repositories && findRepository(facts.repositories, source);
    const running = facts.active.find(({ kind, sourceId }) => kind === 'backup' && sourceId === source.id);
    const plan = facts.planOf(source);
    const { nextRunAt } = plan;
    const heldBack = heldBackWords(plan, repository);
    const lateSince = passed(lateAtOf(source, lastGood, plan, facts.now), facts.now);
    return {
      ...source,
      last,
      lastGood,
      runningRunId: running?.runId ?? null,
      nextRunAt,
      heldBack: running ? '' : heldBack,
      lateSince,
      notes: sourceNotes({
        ...{ source, repository, aheadAt },
        failedForgets: facts.failedForgets.find(({ sourceId }) => sourceId === source.id),
        trial: asks.get(source.id),
      }),
      ...healthOf({
        source,
        repository,
        last,
        lastGood,
        hasOnlyFuture: last === null && aheadAt !== null,
        usual: usualLevel(believed),
        damage:
          facts.damages.find(({ repositoryId }) => repositoryId === policy.repositoryId && own.length > 0) ?? null,
        lastRun: facts.latestBackups.find(({ sourceId }) => sourceId === source.id) ?? null,
        isRunning: running !== undefined,
        lateSince,
        heldBack,
        scheduledStillPoints: facts.scheduledStillPoints,
        now: facts.now,
      }),
    };
  });
}

/** Its health. What waits is as safe as it was: that a disk is away hides neither a good snapshot nor what is wrong with it. */
function healthOf(facts: HealthFacts): Pick<SourceView, 'health' | 'healthText' | 'safeMeanwhile'> {
  const found = sourceHealth(facts);
  if (found.health !== 'waiting' || !facts.repository) return found;
  const { health } = sourceHealth({ ...facts, repository: { ...facts.repository, state: 'ready' } });
  return health === 'safe' ? { ...found, safeMeanwhile: true } : found;
}

/** Null: never, or it is not known yet since when the source has its schedule. */
function lateAtOf(
  { policy }: Source,
  lastGood: SnapshotMark | null,
  { since, unchangedAt }: SourcePlan,
  now: number,
): number | null {
  if (since === null && lastGood === null) return null;
  const { schedule, conditions, lateAfterHours } = policy;
  const lastGoodAt = lastGood?.time ?? null;
  return lateAt({ schedule, conditions, lateAfterHours, lastGoodAt, since: since ?? now, unchangedAt, now });
}

function passed(at: number | null, now: number): number | null {
  return at !== null && at <= now ? at : null;
}

function findRepository(repositories: readonly RepositoryStatus[], source: Source): RepositoryStatus | undefined {
  return repositories.find(({ id }) => id === source.policy.repositoryId);
}

/** One trial is for everything on its filesystem: the first source that lies there asks. */
function wantedTrials({ sources, trials }: SourceFacts): ReadonlyMap<SourceId, TrialState> {
  const asks = new Map<SourceId, TrialState>();
  for (const { id } of sources) {
    const trial = trials.get(id);
    const isAsked = [...asks.values()].some(({ mountPoint }) => mountPoint === trial?.mountPoint);
    if (trial !== undefined && isTrialWanted(trial) && !isAsked) asks.set(id, trial);
  }
  return asks;
}
