import type { RepositoryId, RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { RunEvent, RunKind, RunResult } from '../../../shared/domain/run.ts';
import { type Instant, msToInstant } from '../../../shared/domain/time.ts';
import { asStillpointError, cancelled, StillpointError, serializeError } from '../../../shared/errors/index.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { missingEnd, resultWithout } from '../../schedule/run-logs/interrupted.ts';
import type { RunLogs } from '../../schedule/run-logs/run-logs.ts';
import { foldLog, foldRun, newRun } from './fold-run.ts';
import { outcomeOf } from './outcome.ts';
import type { Broadcast, Clock } from './ports.ts';
import { type QueueKey, RunQueue } from './run-queue.ts';
import { Throttle } from './throttle.ts';

/** What a job hands over to be run. */
export interface RunRequest {
  readonly kind: RunKind;
  readonly title: string;
  readonly sourceId: SourceId | null;
  readonly repositoryId: RepositoryId | null;
  /** What it may not share with another run. */
  readonly keys: readonly QueueKey[];
  /** Does it. A rejection becomes an outcome of the run. */
  readonly perform: (run: RunHandle) => Promise<RunResult>;
}

export interface RunHandle {
  readonly runId: RunId;
  readonly askedAt: Instant;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

export interface RunServiceOptions {
  readonly logs: RunLogs;
  readonly broadcast: Broadcast;
  readonly newRunId: () => RunId;
  readonly now: Clock;
  /** Keeps the result where `runs.list` finds it, before the run counts as ended. */
  readonly keep: (run: RunView) => Promise<void>;
  /** A run has ended, its log is complete and its result is kept. Called once for each. */
  readonly onFinished: (run: RunView) => void;
  /** A run began or ended: whether any is under way. */
  readonly onActivity: (isActive: boolean) => void;
  readonly report: (what: string, error: unknown) => void;
}

/** To the window at most ten times a second, to the log at most once. */
const windowIntervalMs = 100;
const logIntervalMs = 1_000;

interface ActiveRun {
  readonly request: RunRequest;
  readonly abort: AbortController;
  view: RunView;
  hasBegun: boolean;
  hasEnded: boolean;
  lastLoggedProgress: number;
}

/** Runs from the click to the result: queue, events, log, view, cancel. */
export class RunService {
  readonly #options: RunServiceOptions;
  readonly #queue = new RunQueue();
  readonly #active = new Map<RunId, ActiveRun>();
  readonly #toWindow: Throttle<RunId, RunView>;

  constructor(options: RunServiceOptions) {
    this.#options = options;
    this.#toWindow = new Throttle(windowIntervalMs, (run) => options.broadcast({ type: 'run', run }));
  }

  /** Runs that have not ended, in the order they were asked for. */
  get active(): RunView[] {
    return [...this.#active.values()].map(({ view }) => view);
  }

  /** Asked for now; begins when nothing else holds its keys. */
  start(request: RunRequest): RunId {
    const runId = this.#options.newRunId();
    const { kind, title, sourceId, repositoryId } = request;
    const askedAt = msToInstant(this.#options.now());
    const view = { ...newRun({ runId, kind, title, sourceId, repositoryId, askedAt }), summary: 'Waiting to begin.' };
    const run: ActiveRun = {
      request,
      abort: new AbortController(),
      view,
      hasBegun: false,
      hasEnded: false,
      lastLoggedProgress: 0,
    };
    this.#active.set(runId, run);
    this.#options.onActivity(true);
    this.#toWindow.now(runId, view);
    void this.#run(run);
    return runId;
  }

  /** A run that waits is withdrawn; one under way is asked to stop and keeps what it stored. */
  cancel(runId: RunId): void {
    const run = this.#active.get(runId);
    if (!run) throw unknownRun();
    if (!run.hasEnded) run.abort.abort(cancelled());
  }

  cancelAll(): void {
    for (const { abort } of this.#active.values()) abort.abort(cancelled());
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /**
   * The view of a run from its log, for whoever fills the catalog. A log without an end gets one: nobody is left who
   * could write it. Undefined for a run that is under way, or a log without a beginning.
   */
  async fromLog(runId: RunId): Promise<RunView | undefined> {
    if (this.#active.has(runId)) return undefined;
    const events = await this.#options.logs.read(runId);
    const end = missingEnd(events);
    if (end) await this.#options.logs.append(runId, end);
    return foldLog(end ? [...events, end] : events);
  }

  async #run(run: ActiveRun): Promise<void> {
    const { runId, askedAt } = run.view;
    const { signal } = run.abort;
    let leave: (() => void) | undefined;
    let result: RunResult;
    try {
      leave = await this.#queue.enter(run.request.keys, signal);
      result = await run.request.perform({ runId, askedAt, signal, onEvent: (event) => this.#onEvent(run, event) });
    } catch (error) {
      result = this.#resultOf(run, error);
    } finally {
      leave?.();
    }
    if (!run.hasEnded) this.#end(run, result);
    // Appends of one run are in order: after this read, everything is on disk.
    await this.#options.logs.read(runId).catch((error) => this.#options.report('run log', error));
    await this.#options.keep(run.view).catch((error) => this.#options.report('keeping a result', error));
    this.#active.delete(runId);
    if (run.view.error?.kind === 'password-needed' && run.view.repositoryId) {
      const { repositoryId, title } = run.view;
      const reason = `Its password is needed to ${title.charAt(0).toLowerCase()}${title.slice(1)}.`;
      this.#options.broadcast({ type: 'password-needed', repositoryId, reason });
    }
    this.#options.onFinished(run.view);
    if (this.#active.size === 0) this.#options.onActivity(false);
  }

  #onEvent(run: ActiveRun, told: RunEvent): void {
    if (told.runId !== run.view.runId || run.hasEnded) return;
    const event = told.type === 'run-started' ? named(told, run.view) : told;
    if (event.type === 'run-started') run.hasBegun = true;
    if (event.type === 'run-finished') {
      this.#end(run, event.result, event.at);
      return;
    }
    this.#begin(run);
    run.view = foldRun(run.view, event);
    if (event.type === 'progress') {
      this.#toWindow.push(run.view.runId, run.view);
      const now = this.#options.now();
      if (now - run.lastLoggedProgress < logIntervalMs) return;
      run.lastLoggedProgress = now;
    } else {
      this.#toWindow.now(run.view.runId, run.view);
    }
    this.#log(run, event);
  }

  /** Every log begins with its start, also of a run that failed before whoever does it could say so. */
  #begin(run: ActiveRun): void {
    if (run.hasBegun) return;
    run.hasBegun = true;
    const { runId, kind, title, sourceId, repositoryId, askedAt } = run.view;
    const at = msToInstant(this.#options.now());
    const event: RunEvent = { type: 'run-started', runId, at, kind, title, sourceId, repositoryId, askedAt };
    run.view = foldRun(run.view, event);
    this.#log(run, event);
  }

  #end(run: ActiveRun, result: RunResult, at = msToInstant(this.#options.now())): void {
    this.#begin(run);
    run.hasEnded = true;
    const event: RunEvent = { type: 'run-finished', runId: run.view.runId, at, result };
    run.view = foldRun(run.view, event);
    this.#log(run, event);
    this.#toWindow.now(run.view.runId, run.view);
  }

  #log(run: ActiveRun, event: RunEvent): void {
    this.#options.logs.append(run.view.runId, event).catch((error) => this.#options.report('run log', error));
  }

  #resultOf(run: ActiveRun, thrown: unknown): RunResult {
    const error = asStillpointError(thrown);
    if (error.kind === 'internal') this.#options.report(run.view.title, thrown);
    const outcome = outcomeOf(error);
    const shown = outcome === 'cancelled' ? null : serializeError(error);
    return resultWithout(run.view.runId, outcome, error.message, shown, run.view);
  }
}

/** What was asked for is known better here: its name, and the source that a restore belongs to. */
function named(event: Extract<RunEvent, { type: 'run-started' }>, run: RunView): RunEvent {
  return {
    ...event,
    title: run.title,
    sourceId: event.sourceId ?? run.sourceId,
    repositoryId: event.repositoryId ?? run.repositoryId,
  };
}

export function unknownRun(): StillpointError {
  return new StillpointError({
    kind: 'unknown-run',
    message: 'This run is not under way any more.',
    guidance: 'Look at its result in Activity.',
  });
}
