import type { RepositoryId, RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { RunEvent, RunKind, RunResult, RunTrigger } from '../../../shared/domain/run.ts';
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
  /** Whoever wants it. A run that a schedule began asks nobody anything. */
  readonly trigger?: RunTrigger;
  /** Where it was known before the run was asked for. */
  readonly runId?: RunId;
  /** When it is in the history as begun, milliseconds since the epoch. Default: when it is handed over. */
  readonly askedAt?: number;
  /** What it may not share with another run. */
  readonly keys: readonly QueueKey[];
  /**
   * Holds what other processes must not use meanwhile, around waiting for the keys and doing it: whoever holds that never
   * waits for somebody who waits for it.
   */
  readonly hold?: (run: HeldRun, work: (askedAt?: number) => Promise<RunResult>) => Promise<RunResult>;
  /** Does it. A rejection becomes an outcome of the run. */
  readonly perform: (run: RunHandle) => Promise<RunResult>;
}

export interface HeldRun {
  readonly runId: RunId;
  readonly signal: AbortSignal;
  /** Says what is waited for, instead of that it waits to begin. */
  readonly say: (words: string) => void;
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
  /** The end of a backup that its own process did not write: whether it lives, and whether its snapshot is there. */
  readonly settle: (runId: RunId) => Promise<'under-way' | 'unknown' | RunEvent | undefined>;
  /** A run waits for a repository that another one uses. */
  readonly wanted: (id: RepositoryId) => void;
  readonly report: (what: string, error: unknown) => void;
}

/** A run as its log tells it. */
export interface LoggedRun {
  readonly view: RunView;
  /** False: how it ended cannot be found out now, and has to be asked again. */
  readonly isSettled: boolean;
}

/** To the window at most ten times a second, to the log at most once. */
const windowIntervalMs = 100;
const logIntervalMs = 1_000;

interface ActiveRun {
  readonly request: RunRequest;
  readonly ended: PromiseWithResolvers<RunResult>;
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
  #isClosing = false;
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
    return this.#begun(request).view.runId;
  }

  /** The same, with its result, once its log and its result are kept; `ended` never rejects. */
  run(request: RunRequest): { readonly runId: RunId; readonly ended: Promise<RunResult> } {
    const { view, ended } = this.#begun(request);
    return { runId: view.runId, ended: ended.promise };
  }

  #begun(request: RunRequest): ActiveRun {
    const { kind, title, sourceId, repositoryId, runId = this.#options.newRunId(), trigger = 'person' } = request;
    const askedAt = msToInstant(request.askedAt ?? this.#options.now());
    const asked = newRun({ runId, kind, title, sourceId, repositoryId, askedAt, trigger });
    const view = { ...asked, summary: 'Waiting to begin.' };
    const run: ActiveRun = {
      request,
      ended: Promise.withResolvers(),
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
    return run;
  }

  /** A run that waits is withdrawn; one under way is asked to stop and keeps what it stored. */
  cancel(runId: RunId): void {
    const run = this.#active.get(runId);
    if (!run) throw unknownRun();
    if (!run.hasEnded) run.abort.abort(cancelled());
  }

  /** The app is closing. What a schedule began was not given up by anybody: it is interrupted, and made up for. */
  cancelAll(): void {
    this.#isClosing = true;
    for (const { abort } of this.#active.values()) abort.abort(cancelled());
  }

  /** Something short that is no run, while no run holds these keys and none begins with them. */
  async exclusively<T>(keys: readonly QueueKey[], work: () => Promise<T>): Promise<T> {
    const leave = await this.#queue.enter(keys, new AbortController().signal);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /**
   * The view of a run from its log, for whoever fills the catalog. A log without an end gets one where nobody is left who
   * could write it. Undefined for a run that is under way, here or elsewhere, or a log without a beginning.
   */
  async fromLog(runId: RunId): Promise<LoggedRun | undefined> {
    if (this.#active.has(runId)) return undefined;
    const events = await this.#options.logs.read(runId);
    const missing = missingEnd(events);
    if (!missing) return settled(foldLog(events));
    const isBackup = events[0]?.type === 'run-started' && events[0].kind === 'backup';
    const end = isBackup ? await this.#settle(runId) : undefined;
    if (end === 'under-way') return undefined;
    if (end === undefined) await this.#options.logs.append(runId, missing);
    const view = foldLog([...events, typeof end === 'object' ? end : missing]);
    return view && { view, isSettled: end !== 'unknown' };
  }

  /** A backup that its log calls interrupted, after its snapshot was found; undefined when nothing new is known of it. */
  async settledAnew(runId: RunId): Promise<RunView | undefined> {
    const end = await this.#settle(runId);
    if (typeof end === 'string' || end?.type !== 'run-finished' || end.result.outcome === 'interrupted')
      return undefined;
    return foldLog(await this.#options.logs.read(runId));
  }

  /** Whether a backup whose log has no end published its snapshot is for its repository to tell. */
  async #settle(runId: RunId): ReturnType<RunServiceOptions['settle']> {
    try {
      return await this.#options.settle(runId);
    } catch (error) {
      this.#options.report('settling a run', error);
      return 'unknown';
    }
  }

  async #run(run: ActiveRun): Promise<void> {
    const { runId } = run.view;
    const result = await this.#held(run);
    if (!run.hasEnded) this.#end(run, result);
    // Appends of one run are in order: after this read, everything is on disk.
    await this.#options.logs.read(runId).catch((error) => this.#options.report('run log', error));
    await this.#options.keep(run.view).catch((error) => this.#options.report('keeping a result', error));
    this.#active.delete(runId);
    const mayAsk = run.view.trigger === 'person';
    if (mayAsk && run.view.error?.kind === 'password-needed' && run.view.repositoryId) {
      const { repositoryId, title } = run.view;
      const reason = `Its password is needed to ${title.charAt(0).toLowerCase()}${title.slice(1)}.`;
      this.#options.broadcast({ type: 'password-needed', repositoryId, reason });
    }
    this.#options.onFinished(run.view);
    run.ended.resolve(result);
    if (this.#active.size === 0) this.#options.onActivity(false);
  }

  /** Never rejects. */
  async #held(run: ActiveRun): Promise<RunResult> {
    const { runId } = run.view;
    const { signal } = run.abort;
    const ended: { result?: RunResult } = {};
    // Whoever holds something around it learns of the end when the log has it.
    const work = async (askedAt?: number): Promise<RunResult> => {
      if (askedAt !== undefined) run.view = { ...run.view, askedAt: msToInstant(askedAt) };
      const told = await this.#perform(run).catch((error) => this.#resultOf(run, error));
      const result = this.#isClosing ? closedOver(run.view, told) : told;
      ended.result = result;
      if (!run.hasEnded) this.#end(run, result);
      await this.#options.logs.read(runId).catch(() => undefined);
      return result;
    };
    const { hold } = run.request;
    if (!hold) return work();
    try {
      const known = await hold({ runId, signal, say: (words) => this.#say(run, words) }, work);
      // Whoever holds it may have found out better how it ended, and has put that into the log.
      if (known !== ended.result) run.view = foldLog(await this.#options.logs.read(runId)) ?? run.view;
      return known;
    } catch (error) {
      if (!ended.result) return this.#resultOf(run, error);
      this.#options.report(run.view.title, error);
      return ended.result;
    }
  }

  async #perform(run: ActiveRun): Promise<RunResult> {
    const { runId, askedAt } = run.view;
    const { signal } = run.abort;
    this.#say(run, 'Waiting to begin.');
    const { keys, repositoryId } = run.request;
    if (repositoryId !== null && this.#queue.isBusy(keys)) this.#options.wanted(repositoryId);
    const leave = await this.#queue.enter(keys, signal);
    try {
      return await run.request.perform({ runId, askedAt, signal, onEvent: (event) => this.#onEvent(run, event) });
    } finally {
      leave();
    }
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

  #say(run: ActiveRun, summary: string): void {
    if (run.hasBegun || run.view.summary === summary) return;
    run.view = { ...run.view, summary };
    this.#toWindow.now(run.view.runId, run.view);
  }

  /** Every log begins with its start, also of a run that failed before whoever does it could say so. */
  #begin(run: ActiveRun): void {
    if (run.hasBegun) return;
    run.hasBegun = true;
    const { runId, kind, title, sourceId, repositoryId, askedAt, trigger } = run.view;
    const at = msToInstant(this.#options.now());
    const event: RunEvent = { type: 'run-started', runId, at, kind, title, sourceId, repositoryId, askedAt, trigger };
    run.view = foldRun(run.view, event);
    this.#log(run, event);
  }

  #end(run: ActiveRun, told: RunResult, at = msToInstant(this.#options.now())): void {
    const result = this.#isClosing ? closedOver(run.view, told) : told;
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
    trigger: run.trigger,
    sourceId: event.sourceId ?? run.sourceId,
    repositoryId: event.repositoryId ?? run.repositoryId,
  };
}

function closedOver({ kind, trigger }: RunView, result: RunResult): RunResult {
  if (kind !== 'backup' || trigger !== 'schedule' || result.outcome !== 'cancelled') return result;
  return {
    ...result,
    outcome: 'interrupted',
    summary: 'Interrupted: Stillpoint was closed. The next run continues from what was stored.',
  };
}

function settled(view: RunView | undefined): LoggedRun | undefined {
  return view && { view, isSettled: true };
}

export function unknownRun(): StillpointError {
  return new StillpointError({
    kind: 'unknown-run',
    message: 'This run is not under way any more.',
    guidance: 'Look at its result in Activity.',
  });
}
