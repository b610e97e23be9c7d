import type { RunId, SourceId } from '../../shared/domain/ids.ts';
import type { RunEvent, RunResult } from '../../shared/domain/run.ts';
import { nextRuns } from '../../shared/domain/schedule/next-runs.ts';
import { windowBands } from '../../shared/domain/schedule/windows.ts';
import type { Source } from '../../shared/domain/source.ts';
import { asStillpointError, StillpointError } from '../../shared/errors/index.ts';
import { ClockJump } from './clock-jump.ts';
import type { Look, PokeReason, SchedulerOptions, SourceScheduleState } from './contract.ts';
import { gatherWorld } from './gather.ts';
import { nextLookIn } from './next-look.ts';
import { type Parts, partsOf } from './parts.ts';
import type { PausedUntil } from './pause-file.ts';
import { settle } from './settle.ts';
import { type Perform, SourceKeeper } from './source-keeper.ts';
import { stateOf } from './source-state.ts';
import { Turns } from './turns.ts';

/** Looks at which nothing is known to happen are this far apart. */
const usualMs = 60_000;

/**
 * Runs what is due. The app and the command line compose the same over their own ports; leases and journals make them one
 * scheduler with one history.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #parts: Parts;
  readonly #turns = new Turns();
  readonly #keepers = new Map<SourceId, SourceKeeper>();
  readonly #looking = new Map<SourceId, Promise<Look>>();
  readonly #sources = new Map<SourceId, Source>();
  readonly #listeners = new Set<() => void>();
  readonly #stopped = new AbortController();
  readonly #jump: ClockJump;
  #timer: NodeJS.Timeout | undefined;
  /** By the clock that only counts. */
  #plannedAt: number | null = null;
  #isRunning = false;
  #isGathering = false;
  #pausedUntil: PausedUntil | null = null;
  #problem: StillpointError | null = null;
  #pauseProblem: string | null = null;

  /** `parts` are for simulations. */
  constructor(options: SchedulerOptions, parts: Parts = partsOf(options)) {
    this.#options = options;
    this.#parts = parts;
    this.#jump = new ClockJump(options.ports.now, options.ports.monotonic);
  }

  /** Settles what an ended process left, looks at once, and then whenever it is time. Never rejects. */
  async start(): Promise<void> {
    this.#isRunning = true;
    await this.#readPause();
    await this.#settleAll();
    this.#lookSoon(0);
  }

  /** No more looks, and nothing is begun any more. Runs under way are not touched; `idle` waits for them. */
  stop(): void {
    this.#isRunning = false;
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** Resolves when no run of this scheduler is under way. */
  async idle(): Promise<void> {
    while (this.#looking.size > 0) await Promise.all(this.#looking.values());
  }

  /** Looks at every source once, and resolves when what was begun has ended. Rejects when the sources are not known. */
  async tick(): Promise<readonly Look[]> {
    return Promise.all(await this.#begin());
  }

  /** Reads the histories, so that `state` tells of every source. Decides and writes nothing. */
  async refresh(): Promise<void> {
    const sources = await this.#options.ports.sources();
    this.#know(sources);
    await this.#readPause();
    for (const source of sources) await this.#keeper(source).refresh();
  }

  /** Looks soon, whatever was planned. */
  poke(reason: PokeReason): void {
    if (reason !== 'run-ended') for (const keeper of this.#keepers.values()) keeper.forget();
    if (this.#isRunning) this.#lookSoon(0);
  }

  /** Null for a source that has not been looked at. */
  state(sourceId: SourceId): SourceScheduleState | null {
    const keeper = this.#keepers.get(sourceId);
    const source = this.#sources.get(sourceId);
    if (!keeper || !source) return null;
    const { now, zone } = this.#options.ports;
    const { schedule, conditions } = source.policy;
    const plan = { schedule, conditions, now: now(), zone: zone(), lastSnapshotAt: keeper.lastSnapshotAt };
    return stateOf(source, keeper, nextRuns(plan, 50), this.#problem);
  }

  /** When runs of the source may begin; empty: at any time. */
  windows(source: Source, from: number, to: number): { readonly from: number; readonly to: number }[] {
    const { windows } = source.policy.conditions;
    return windows.length === 0 ? [] : windowBands(windows, from, to, this.#options.ports.zone());
  }

  /** Called when the state of a source, or the pause, may have changed. Returns how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As it was read last; over when its time has passed. */
  pausedUntil(): PausedUntil | null {
    const until = this.#pausedUntil;
    return typeof until === 'number' && until <= this.#options.ports.now() ? null : until;
  }

  /** Null resumes, and looks at once. Rejects with `io` when it could not be kept. */
  async pause(until: PausedUntil | null): Promise<void> {
    await this.#parts.writePause(until);
    this.#pausedUntil = until;
    this.#changed();
    this.poke('asked');
  }

  /**
   * A backup that a person asked for: under the same lease, in the same history. Waits for a run of this scheduler; throws
   * `busy`, naming who, when another process runs the source. Whoever queues runs besides queues in `perform`, and never
   * calls this while something is held that `startBackup` waits for.
   */
  async runAsked(source: Source, runId: RunId, perform: Perform): Promise<RunResult> {
    const result = await this.#keeper(source).runAsked(source, runId, perform);
    this.poke('run-ended');
    return result;
  }

  /**
   * The end of a backup's log that has none. `under-way`: whoever does it lives. `unknown`: the repository cannot be asked
   * now; ask again later. Otherwise the event, which is in the log by then; undefined for a log without a beginning.
   */
  async settleRun(runId: RunId): Promise<'under-way' | 'unknown' | RunEvent | undefined> {
    const { ports } = this.#options;
    const [start] = await this.#parts.readLog(runId);
    if (start?.type !== 'run-started') return undefined;
    const source = (await ports.sources()).find(({ id }) => id === start.sourceId);
    if (source && !(await this.#keeper(source).settle(source))) return 'under-way';
    // What is not in a journal was made without one: by an older version, or of a source that is gone.
    const { repositoryId, trigger } = start;
    const left = { runId, source, repositoryId, startedAt: Date.parse(start.at), bySchedule: trigger === 'schedule' };
    if ((await settle(left, ports, this.#parts)) === null) return 'unknown';
    return (await this.#parts.readLog(runId)).findLast((event) => event.type === 'run-finished');
  }

  async #settleAll(): Promise<void> {
    try {
      for (const source of await this.#options.ports.sources()) await this.#keeper(source).settle(source);
    } catch (error) {
      this.#options.report('settling runs that ended with their process', error);
    }
  }

  /** Begins a look at every source that is not looked at already. */
  async #begin(): Promise<Promise<Look>[]> {
    const { ports } = this.#options;
    if (this.#jump.happened()) for (const keeper of this.#keepers.values()) keeper.forget();
    try {
      const sources = await ports.sources();
      this.#know(sources);
      await this.#readPause();
      const world = sources.length === 0 ? null : await gatherWorld(ports, this.#parts);
      this.#problem = null;
      return sources.map((source) => this.#look(source, () => this.#keeper(source).look(source, world ?? never())));
    } catch (thrown) {
      this.#problem = asStillpointError(thrown);
      this.#changed();
      throw this.#problem;
    }
  }

  #look(source: Source, begin: () => Promise<Look>): Promise<Look> {
    const running = this.#looking.get(source.id);
    if (running) return running;
    const look = begin().then((seen) => {
      this.#looking.delete(source.id);
      this.#options.onLook?.(seen);
      this.#lookSoon(nextLookIn(seen, this.#options.ports.now()));
      return seen;
    });
    this.#looking.set(source.id, look);
    return look;
  }

  /** At the latest then; what is planned sooner stays. */
  #lookSoon(inMs: number): void {
    if (!this.#isRunning) return;
    const at = performance.now() + inMs;
    if (this.#plannedAt !== null && this.#plannedAt <= at) return;
    clearTimeout(this.#timer);
    this.#plannedAt = at;
    this.#timer = setTimeout(() => void this.#onTimer(), inMs);
  }

  /** Does not wait for runs: other sources are looked at meanwhile. */
  async #onTimer(): Promise<void> {
    this.#plannedAt = null;
    if (this.#isGathering) return this.#lookSoon(1_000);
    this.#isGathering = true;
    try {
      await this.#begin();
    } catch (error) {
      this.#options.report('looking whether something is due', error);
    } finally {
      this.#isGathering = false;
      this.#lookSoon(usualMs);
    }
  }

  #know(sources: readonly Source[]): void {
    this.#sources.clear();
    for (const source of sources) this.#sources.set(source.id, source);
    for (const id of this.#keepers.keys()) if (!this.#sources.has(id)) this.#keepers.delete(id);
  }

  #keeper(source: Source): SourceKeeper {
    const known = this.#keepers.get(source.id);
    if (known) return known;
    const { ports, by, report, onDamage } = this.#options;
    const keeper = new SourceKeeper(source.id, {
      ...{ ports, by, report, parts: this.#parts, turns: this.#turns },
      ...(onDamage === undefined ? {} : { onDamage }),
      stopped: this.#stopped.signal,
      onChange: () => this.#changed(),
    });
    this.#keepers.set(source.id, keeper);
    return keeper;
  }

  async #readPause(): Promise<void> {
    const { until, problem } = await this.#parts.readPause();
    if (problem !== null && problem !== this.#pauseProblem) {
      const guidance = 'Pause them again, or resume: either replaces the file.';
      this.#options.report('reading the pause', new StillpointError({ kind: 'io', message: problem, guidance }));
    }
    this.#pauseProblem = problem;
    if (until === this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function never(): never {
  throw new Error('there is a world where there is a source');
}
