import type { RunResult } from '../../../shared/domain/run.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { asStillpointError, StillpointError } from '../../../shared/errors/index.ts';
import { type Look, machineZone, RunLogs, Scheduler, type SchedulerPorts } from '../../schedule/index.ts';
import { placesOf } from '../places.ts';
import { newRunId } from '../run-ids.ts';
import type { Session } from '../session.ts';
import { type LoggedBackup, loggedBackup, logWriter } from './logged-run.ts';
import { schedulerPorts } from './ports.ts';
import { Unlocking } from './unlocking.ts';

export interface ComposedSchedule {
  readonly scheduler: Scheduler;
  readonly ports: SchedulerPorts;
  /** A backup with its log, for `Scheduler.runAsked`. */
  backup(run: Omit<LoggedBackup, 'signal'>): Promise<RunResult>;
  /** Deletes what the keep rules no longer keep; undefined when that is nothing. */
  forget(source: Source): Promise<RunResult | undefined>;
  /** What went wrong beside the point has been told so often. */
  readonly problems: () => number;
}

/** The scheduler over the helper in this process; its history is the app's. Nobody is ever asked anything. */
export function composeSchedule(session: Session, onLook?: (look: Look) => void): ComposedSchedule {
  const { service, output, passwords } = session;
  const places = placesOf();
  const logs = new RunLogs(places.runs);
  let problems = 0;
  const report = (what: string, error: unknown): void => {
    problems++;
    const known = typeof error === 'string' ? asStillpointError(new Error(error)) : asStillpointError(error);
    output.result({ type: 'problem', what, message: known.message }, `While ${what}: ${known.message}`);
  };
  const unlocking = new Unlocking(service, { ...passwords, ask: null }, ({ name }, error) =>
    output.error(new StillpointError({ ...detailsOf(error), message: `${name}: ${error.message}` })),
  );
  const onLogProblem = (error: unknown): void => report('keeping the log of a run', error);
  const onEvent = output.runEvent.bind(output);

  const backup = (run: Omit<LoggedBackup, 'signal'>, signal = session.signal): Promise<RunResult> =>
    loggedBackup({ ...run, signal }, { service, logs, onEvent, onLogProblem });

  /** Its log is written when it has ended: until then nobody could tell that it is under way. */
  const forget = async (source: Source): Promise<RunResult | undefined> => {
    const { signal } = session;
    const zone = machineZone();
    const { going } = await service.call('keep.plan', { sourceId: source.id, zone }, { signal });
    if (going === 0) return undefined;
    const runId = newRunId();
    const log = logWriter(logs, runId, onLogProblem);
    const events: Parameters<typeof log.add>[0][] = [];
    const result = await service.call(
      'keep.apply',
      { sourceId: source.id, runId, zone },
      { signal, onEvent: (event) => void events.push(event) },
    );
    await log.ready();
    for (const event of events) log.add(event);
    await log.written();
    return result;
  };

  const ports = schedulerPorts({
    service,
    repositories: () => unlocking.list(),
    startBackup: ({ source, runId, askedAt, signal }) =>
      backup({ source, runId, askedAt, trigger: 'schedule' }, AbortSignal.any([signal, session.signal])),
  });
  const scheduler = new Scheduler({
    ports,
    folder: places.schedule,
    runsFolder: places.runs,
    by: 'command-line',
    report,
    onDamage: ({ id }, text) => output.result({ type: 'damaged-history', sourceId: id, text }, text),
    ...(onLook === undefined ? {} : { onLook }),
  });
  return { scheduler, ports, backup, forget, problems: () => problems };
}

function detailsOf({ kind, message, guidance, field, retryable }: StillpointError) {
  return { kind, message, guidance, field, retryable };
}
