import type { RepositoryId, RunId } from '../../shared/domain/ids.ts';
import type { RunEvent, RunResult } from '../../shared/domain/run.ts';
import type { Source } from '../../shared/domain/source.ts';
import { type Instant, msToInstant } from '../../shared/domain/time.ts';
import type { SchedulerPorts } from './contract.ts';
import type { Parts } from './parts.ts';
import { interrupted } from './run-logs/interrupted.ts';
import { recoveredResult } from './run-logs/recovered.ts';

export interface LeftRun {
  readonly runId: RunId;
  /** Undefined when it is not registered any more. */
  readonly source: Source | undefined;
  /** Milliseconds since the epoch; for a run that left no log. */
  readonly startedAt: number;
  /** Null where only its log, or nothing, tells it. */
  readonly repositoryId: RepositoryId | null;
  readonly bySchedule: boolean;
}

export interface Settled {
  readonly result: RunResult;
  /** The last that is known of the run, milliseconds since the epoch. */
  readonly endedAt: number;
}

/**
 * Finds out how a run ended whose process is gone, and gives its log that end. Called under the lease of its source: nobody
 * does it any more. What the log says itself is believed, but for `interrupted`, which whoever wrote it may not have known
 * better: a snapshot that is there was published. Null: the repository cannot be asked now.
 */
export async function settle(
  run: LeftRun,
  ports: Pick<SchedulerPorts, 'repositories' | 'snapshotOfRun'>,
  logs: Pick<Parts, 'readLog' | 'appendLog'>,
): Promise<Settled | null> {
  const { runId, source } = run;
  const events = await logs.readLog(runId);
  const told = events.findLast((event) => event.type === 'run-finished');
  const lastAt = events.at(-1)?.at ?? msToInstant(run.startedAt);
  const settled = (result: RunResult): Settled => ({ result, endedAt: Date.parse(lastAt) });
  if (told && told.result.outcome !== 'interrupted') return settled(told.result);
  const repositoryId = run.repositoryId ?? repositoryOf(events);
  const found = await asked(runId, repositoryId, ports);
  if (found.kind === 'unknown') return null;
  const result =
    found.kind === 'published'
      ? recoveredResult(runId, events, found, source?.policy.requiredLevel ?? null)
      : (told?.result ?? interrupted(runId, events, found.kind === 'gone' ? 'cannot-be-asked' : 'none-published'));
  if (told?.result === result) return settled(result);
  if (events[0]?.type !== 'run-started') await logs.appendLog(runId, startOf(run, repositoryId, lastAt));
  await logs.appendLog(runId, { type: 'run-finished', runId, at: lastAt, result });
  return settled(result);
}

async function asked(
  runId: RunId,
  repositoryId: RepositoryId | null,
  ports: Pick<SchedulerPorts, 'repositories' | 'snapshotOfRun'>,
): Promise<Awaited<ReturnType<SchedulerPorts['snapshotOfRun']>> | { readonly kind: 'gone' }> {
  const known = await ports.repositories();
  if (repositoryId === null || !known.some(({ id }) => id === repositoryId)) return { kind: 'gone' };
  return ports.snapshotOfRun(repositoryId, runId);
}

function repositoryOf([start]: readonly RunEvent[]): RepositoryId | null {
  return start?.type === 'run-started' ? start.repositoryId : null;
}

/** A run that was ended before its log began is in the history all the same. */
function startOf({ runId, source, bySchedule }: LeftRun, repositoryId: RepositoryId | null, at: Instant): RunEvent {
  return {
    type: 'run-started',
    runId,
    at,
    kind: 'backup',
    sourceId: source?.id ?? null,
    repositoryId,
    askedAt: at,
    title: `Back up ${source?.name ?? 'a source that is not set up here any more'}`,
    trigger: bySchedule ? 'schedule' : 'person',
  };
}
