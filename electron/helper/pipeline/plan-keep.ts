import { decideFates } from '../../../shared/domain/keep/decide.ts';
import { forecastKeep } from '../../../shared/domain/keep/forecast.ts';
import type { KeepPlan } from '../../../shared/domain/keep/plan.ts';
import { plannedRuns } from '../../../shared/domain/keep/planned-runs.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { msToInstant, nsToInstant } from '../../../shared/domain/time.ts';
import { throwIfAborted } from '../../../shared/errors/index.ts';
import type { Repository } from '../repository/index.ts';
import type { ForgetJob } from './forget.ts';
import { snapshotsOfSource } from './source-snapshots.ts';

const maxListed = 10_000;
const forecastMs = 2 * 366 * 86_400_000;

export interface KeepPlanJob extends Omit<ForgetJob, 'runId'> {
  /** When runs will be made. */
  readonly plan: Pick<Policy, 'schedule' | 'conditions'>;
}

/** What `forget` would do now, and when the rest would go if every planned run were made. Looks only. */
export async function planKeep(repository: Repository, job: KeepPlanJob, signal: AbortSignal): Promise<KeepPlan> {
  const now = Date.now();
  const { rules, zone, plan } = job;
  const snapshots = await snapshotsOfSource(repository, job, signal);
  const fates = decideFates(snapshots, rules, zone, now);
  const staying = new Set(fates.filter(({ keep }) => keep).map(({ id }) => id));
  const ends = await forecastKeep({
    snapshots: snapshots.filter(({ id }) => staying.has(id)),
    rules,
    zone,
    runs: plannedRuns({ ...plan, zone, from: now, until: now + forecastMs }),
    breathe: async () => {
      throwIfAborted(signal);
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
  });
  const byId = new Map(fates.map((fate) => [fate.id, fate]));
  const listed = snapshots.map(({ id, snapshot }) => {
    const { keep = true, rules: kept = [], because = null } = byId.get(id) ?? {};
    const end = keep ? ends.get(id) : undefined;
    const goesAt = end === undefined ? null : msToInstant(Math.max(end, now));
    return { id, time: nsToInstant(snapshot.timeNs), keep, rules: [...kept], because, goesAt };
  });
  return { snapshots: listed.slice(0, maxListed), keeping: staying.size, going: fates.length - staying.size };
}
