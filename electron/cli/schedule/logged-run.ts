import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunEvent, RunResult, RunTrigger } from '../../../shared/domain/run.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import type { HelperService } from '../../helper/server/service.ts';
import type { RunLogs } from '../../schedule/index.ts';
import { resultOfError } from './outcome-of.ts';

/** To the log at most once a second. */
const progressEveryMs = 1_000;

export interface LoggedBackup {
  readonly source: Source;
  readonly runId: RunId;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly trigger: RunTrigger;
  readonly signal: AbortSignal;
}

export interface LoggedRunParts {
  readonly service: HelperService;
  readonly logs: RunLogs;
  readonly onEvent: (event: RunEvent) => void;
  /** A log that cannot be written is told, and does not end the backup. */
  readonly onLogProblem: (error: unknown) => void;
}

/**
 * A backup whose events are kept where the app keeps its own, in the same form. It never rejects: what could not begin has
 * a result and a log all the same. The log is complete when it resolves.
 */
export async function loggedBackup(
  { source, runId, askedAt, trigger, signal }: LoggedBackup,
  { service, logs, onEvent, onLogProblem }: LoggedRunParts,
): Promise<RunResult> {
  const log = logWriter(logs, runId, onLogProblem);
  const title = `Back up ${source.name}`;
  const asked = msToInstant(askedAt);
  let hasBegun = false;
  let hasEnded = false;
  const tell = (told: RunEvent): void => {
    const event = told.type === 'run-started' ? { ...told, title } : told;
    hasBegun ||= event.type === 'run-started';
    hasEnded ||= event.type === 'run-finished';
    log.add(event);
    onEvent(event);
  };
  const about = { kind: 'backup', sourceId: source.id, repositoryId: source.policy.repositoryId } as const;
  await log.ready();
  const result = await service
    .call('backup.run', { sourceId: source.id, runId, askedAt: asked, trigger }, { signal, onEvent: tell })
    .catch((error: unknown) => resultOfError(runId, error));
  const at = msToInstant(Date.now());
  if (!hasBegun) tell({ type: 'run-started', runId, at, ...about, askedAt: asked, title, trigger });
  if (!hasEnded) tell({ type: 'run-finished', runId, at, result });
  await log.written();
  return result;
}

/** Events in their order; the disk is not waited for while a run is under way. */
export function logWriter(logs: RunLogs, runId: RunId, onProblem: (error: unknown) => void) {
  let lastProgressAt = Number.NEGATIVE_INFINITY;
  let hasProblem = false;
  let last: Promise<void> = Promise.resolve();
  const problem = (error: unknown): void => {
    if (!hasProblem) onProblem(error);
    hasProblem = true;
  };
  return {
    ready: (): Promise<void> => logs.prepare().catch(problem),
    add(event: RunEvent): void {
      if (event.type === 'progress') {
        if (performance.now() - lastProgressAt < progressEveryMs) return;
        lastProgressAt = performance.now();
      }
      last = logs.append(runId, event).catch(problem);
    },
    written: (): Promise<void> => last,
  };
}
