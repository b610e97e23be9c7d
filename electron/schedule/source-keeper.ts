import { isDeepStrictEqual } from 'node:util';
import type { RunId, SourceId } from '../../shared/domain/ids.ts';
import type { RunResult } from '../../shared/domain/run.ts';
import { due } from '../../shared/domain/schedule/due.ts';
import type { Decision, NotRun } from '../../shared/domain/schedule/facts.ts';
import { slotsBetween } from '../../shared/domain/schedule/slots.ts';
import type { Source } from '../../shared/domain/source.ts';
import { asStillpointError, cancelled, StillpointError } from '../../shared/errors/index.ts';
import { ActivityWatch } from './activity-watch.ts';
import type { BackupTrigger, Look, SchedulerOptions } from './contract.ts';
import { factsOf, gatherWorld, lastSuccessAt, presenceOf, type World } from './gather.ts';
import type { Held } from './held-by-child.ts';
import type { NewEntry } from './journal/entries.ts';
import type { History } from './journal/fold.ts';
import { Journal } from './journal/journal.ts';
import { leaseHeld } from './lease.ts';
import type { Parts } from './parts.ts';
import { settle } from './settle.ts';
import type { Turns } from './turns.ts';

export interface KeeperOptions extends Pick<SchedulerOptions, 'ports' | 'by' | 'report' | 'onDamage'> {
  readonly parts: Parts;
  readonly turns: Turns;
  /** Aborted when nothing is to be begun any more. */
  readonly stopped: AbortSignal;
  readonly onChange: () => void;
}

type Running = { readonly runId: RunId; readonly slot: number | null; readonly trigger: BackupTrigger };
/** Does a run; `askedAt` is when it is in the journal as begun. */
export type Perform = (askedAt: number) => Promise<RunResult>;
type Plan = { readonly decision: Decision; readonly entries: readonly NewEntry[] };

/** A person waits so long for a process that only looks whether something is due. */
const askedPatienceMs = 5_000;
/** A clock that is set differs by less than this from one that was wrong. */
const clockSlackMs = 5 * 60_000;

/** One source: its journal, what was seen of it last, and what is done with it. */
export class SourceKeeper {
  readonly #journal: Journal;
  readonly #options: KeeperOptions;
  readonly #id: SourceId;
  readonly #activity: ActivityWatch;
  #running: Running | null = null;
  #lastLook: Look | null = null;
  #waitsForRepository = false;
  #damageTold = false;
  #lastSnapshotAt: number | null | undefined;

  constructor(id: SourceId, options: KeeperOptions) {
    this.#id = id;
    this.#options = options;
    this.#journal = new Journal(options.parts.journalFile(id), () => options.ports.now());
    this.#activity = new ActivityWatch(options.ports);
  }

  get running(): Running | null {
    return this.#running;
  }

  get lastLook(): Look | null {
    return this.#lastLook;
  }

  get waitsForRepository(): boolean {
    return this.#waitsForRepository;
  }

  /** As it was read last. */
  get history(): History {
    return this.#journal.last;
  }

  get lastSnapshotAt(): number | null {
    return latest(lastSuccessAt(this.history.runs), this.#lastSnapshotAt ?? null);
  }

  get unchangedAt(): number | null {
    return this.#activity.unchangedAt;
  }

  /** Reads what others wrote, without deciding anything. */
  async refresh(): Promise<void> {
    await this.#journal.read();
  }

  /** What was seen may be old: the machine slept, a disk came. */
  forget(): void {
    this.#lastSnapshotAt = undefined;
  }

  /** Never rejects. What was begun has ended when it resolves. */
  async look(source: Source, world: World): Promise<Look> {
    const leave = await this.#options.turns.enter(`source:${this.#id}`);
    let look: Look;
    try {
      look = await this.#look(source, world);
    } catch (error) {
      look = { source, kind: 'problem', error: asStillpointError(error) };
    } finally {
      await this.#journal.read().catch(() => undefined);
      leave();
    }
    this.#tellDamage(source);
    this.#lastLook = look;
    this.#options.onChange();
    return look;
  }

  /** A backup that a person asked for. */
  async runAsked(source: Source, runId: RunId, perform: Perform): Promise<RunResult> {
    const { turns, parts } = this.#options;
    const leave = await turns.enter(`source:${this.#id}`);
    try {
      const taken = await parts.lease(this.#id, askedPatienceMs);
      if (taken.kind === 'held') throw leaseHeld(source.name, taken.by);
      try {
        await this.#settleOpen(source);
        await this.#setSchedule(source, null);
        const running = { runId, slot: null, trigger: 'person' } as const;
        const { result, settled } = await this.#perform(source, running, [], perform);
        if (settled) return result;
        throw endUnknown(source);
      } finally {
        await taken.lease.release();
      }
    } finally {
      leave();
    }
  }

  /** Settles what an ended process left, if nobody runs the source. False: somebody does. */
  async settle(source: Source): Promise<boolean> {
    const leave = await this.#options.turns.enter(`source:${this.#id}`);
    try {
      const taken = await this.#options.parts.lease(this.#id, 0);
      if (taken.kind === 'held') return false;
      try {
        await this.#settleOpen(source);
        return true;
      } finally {
        await taken.lease.release();
      }
    } finally {
      leave();
    }
  }

  /** Once: it stays as it is until the journal is made smaller. */
  #tellDamage(source: Source): void {
    const { damaged } = this.history;
    if (this.#damageTold || damaged === 0) return;
    this.#damageTold = true;
    const text = damageText(source.name, damaged);
    const { onDamage, report } = this.#options;
    if (onDamage) onDamage(source, text);
    else report('reading a history', new StillpointError({ kind: 'io', message: text, guidance: '' }));
  }

  async #look(source: Source, world: World): Promise<Look> {
    const history = await this.#journal.read();
    const isCurrent = history.open.length === 0 && this.#hasSchedule(history, source);
    if (isCurrent) {
      const { decision, entries } = await this.#plan(source, history, world, false);
      if (decision.kind !== 'run' && entries.length === 0) return lookOf(source, decision);
    }
    const first = await this.#underLease(source, undefined);
    if (first !== 'wait') return first;
    this.#waitsForRepository = true;
    this.#options.onChange();
    this.#options.ports.wanted?.(source.policy.repositoryId);
    const leave = await this.#options.turns.enter(repositoryKey(source));
    this.#waitsForRepository = false;
    const second = await this.#underLease(source, leave);
    if (second === 'wait') throw new Error('it was our turn');
    return second;
  }

  /** `wait`: a run is due, and another of this process writes to the repository. */
  async #underLease(source: Source, hisTurn: (() => void) | undefined): Promise<Look | 'wait'> {
    const { parts, turns, ports } = this.#options;
    let leave = hisTurn;
    try {
      this.#throwIfStopped();
      const taken = await parts.lease(this.#id, 0);
      if (taken.kind === 'held') return { source, kind: 'busy', by: taken.by };
      try {
        await this.#settleOpen(source);
        const world = await gatherWorld(ports, parts);
        await this.#setSchedule(source, world);
        const { decision, entries } = await this.#plan(source, await this.#journal.read(), world, true);
        if (decision.kind !== 'run') {
          await this.#journal.append(...entries);
          return lookOf(source, decision);
        }
        leave ??= turns.tryEnter(repositoryKey(source));
        if (!leave) return 'wait';
        return await this.#runDue(source, decision, entries, taken.lease);
      } finally {
        await this.#journal.tidy().catch((error) => this.#options.report('making a journal smaller', error));
        await taken.lease.release();
      }
    } finally {
      leave?.();
    }
  }

  async #runDue(
    source: Source,
    decision: Extract<Decision, { kind: 'run' }>,
    entries: readonly NewEntry[],
    lease: Held,
  ): Promise<Look> {
    const { ports, report } = this.#options;
    const { slot, trigger, lost } = decision;
    this.#throwIfStopped();
    const runId = ports.newRunId();
    const running = { runId, slot, trigger };
    const signal = abortedWith(lease.lost);
    const { result, settled } = await this.#perform(source, running, entries, (askedAt) =>
      ports.startBackup({ source, runId, slot, trigger, askedAt, signal }),
    );
    if (!settled) return { source, kind: 'problem', error: endUnknown(source) };
    if (result.outcome === 'done' || result.outcome === 'warnings') {
      await ports
        .afterBackup?.({ source, signal }, result)
        .catch((error) => report(`after the backup of ${source.name}`, error));
    }
    return { source, kind: 'ran', slot, trigger, result, lost };
  }

  /** The beginning is in the journal before, the end after. Not settled: it is not known how it ended. */
  async #perform(
    source: Source,
    running: Running,
    entries: readonly NewEntry[],
    work: Perform,
  ): Promise<
    { readonly result: RunResult; readonly settled: true } | { readonly result: null; readonly settled: false }
  > {
    const { by, report } = this.#options;
    const { repositoryId } = source.policy;
    const askedAt = await this.#journal.append(...entries, { type: 'began', ...running, by, repositoryId });
    this.#running = running;
    this.#options.onChange();
    try {
      const result = await work(askedAt).catch((error: unknown) => {
        report(`the backup of ${source.name}`, error);
        return null;
      });
      // Who was cut off from the work does not know what became of it; the repository does.
      if (result === null || result.outcome === 'interrupted') {
        const found = await this.#settleOpen(source, running.runId);
        return found ? { result: found, settled: true } : { result: null, settled: false };
      }
      await this.#journal.append({ type: 'ended', runId: running.runId, outcome: result.outcome });
      return { result, settled: true };
    } finally {
      this.#running = null;
      this.#lastSnapshotAt = undefined;
      this.#options.onChange();
    }
  }

  /** Ends runs that have none. The result of the wanted one; null when it is not known. */
  async #settleOpen(source: Source, wanted?: RunId): Promise<RunResult | null> {
    const { ports, parts } = this.#options;
    let found: RunResult | null = null;
    for (const { runId, startedAt, repositoryId, trigger } of (await this.#journal.read()).open) {
      const left = { runId, source, startedAt, repositoryId, bySchedule: trigger !== 'person' };
      const settled = await settle(left, ports, parts);
      if (!settled) continue;
      const { result, endedAt } = settled;
      await this.#journal.append({ type: 'ended', runId, outcome: result.outcome, recovered: true, endedAt });
      if (runId === wanted) found = result;
    }
    return found;
  }

  #hasSchedule({ schedule }: History, source: Source): boolean {
    const limit = this.#options.ports.now() + clockSlackMs;
    return schedule !== null && schedule.since <= limit && isDeepStrictEqual(schedule.schedule, source.policy.schedule);
  }

  /** A schedule counts from when it is first seen. What passed under the one before is written down first. */
  async #setSchedule(source: Source, known: World | null): Promise<void> {
    const { ports, parts } = this.#options;
    const history = await this.#journal.read();
    if (this.#hasSchedule(history, source)) return;
    const entries: NewEntry[] = [];
    if (history.schedule) {
      const before = { ...source, policy: { ...source.policy, schedule: history.schedule.schedule } };
      const world = known ?? (await gatherWorld(ports, parts));
      const { decision } = await this.#plan(before, history, world, false);
      const lost = [...decision.lost, ...owedOf(decision)];
      const until = decision.kind === 'idle' ? decision.accountedUntil : decision.slot;
      if (lost.length > 0) entries.push({ type: 'accounts', until, notRun: lost });
    }
    const since = ports.now();
    await this.#journal.append(...entries, { type: 'schedule-set', since, schedule: source.policy.schedule });
  }

  /** What `due` decides, and what of it is to be written down. */
  async #plan(source: Source, history: History, world: World, isFresh: boolean): Promise<Plan> {
    const { ports, report } = this.#options;
    const lastSnapshotAt = await this.#lastSnapshot(source, history, world, isFresh);
    const { activity, problem } = await this.#activity.since(source, lastSnapshotAt);
    if (problem !== undefined) report(`looking what changed in ${source.name}`, problem);
    const known = {
      ...{ source, schedule: source.policy.schedule, since: history.schedule?.since ?? ports.now() },
      ...{ history, world, lastSnapshotAt, activity, now: ports.now(), zone: ports.zone() },
    };
    let decision = due(factsOf(known, 'as-interrupted'));
    if (history.open.some(({ repositoryId }) => repositoryId === source.policy.repositoryId)) {
      // What it may have served is not given up before it is known, and nothing is made twice meanwhile.
      const { lost, accountedUntil } = due(factsOf(known, 'as-under-way'));
      if (decision.kind === 'run') throw endUnknown(source);
      decision = { ...decision, lost, accountedUntil };
    }
    const entries: NewEntry[] = [];
    const { lost, accountedUntil, kind } = decision;
    if (lost.length > 0 || (kind === 'run' && accountedUntil !== history.accountedUntil)) {
      const joins = this.#joins(source, history, lost[0]) ? { joins: true as const } : {};
      entries.push({ type: 'accounts', until: accountedUntil, notRun: [...lost], ...joins });
    }
    if (decision.kind === 'held-back' && history.heldAt(decision.slot)?.because !== decision.because) {
      entries.push({ type: 'held-back', slot: decision.slot, because: decision.because });
    }
    return { decision, entries };
  }

  /** Whether nothing lies between what was missed before and this. Only a clock can say so. */
  #joins({ policy: { schedule } }: Source, { accountedUntil, missed }: History, first: NotRun | undefined): boolean {
    const hasClock = schedule.kind === 'hourly' || schedule.kind === 'daily';
    if (!hasClock || !first || accountedUntil === null || missed.at(-1)?.to !== accountedUntil) return false;
    return slotsBetween(schedule, accountedUntil, first.from, this.#options.ports.zone()).length === 1;
  }

  /** Asked of the repository when something is about to be begun; else what is known does: asking wakes a disk. */
  async #lastSnapshot(source: Source, history: History, world: World, isFresh: boolean): Promise<number | null> {
    const presence = presenceOf(source, world);
    const canAsk = presence === 'ready' || presence === 'read-only';
    if (canAsk && (isFresh || this.#lastSnapshotAt === undefined)) {
      const found = await this.#options.ports.lastSnapshotAt(source);
      if (found !== 'unknown') this.#lastSnapshotAt = found;
      if (found !== 'unknown' && isFresh) return found;
    }
    return latest(lastSuccessAt(history.runs), this.#lastSnapshotAt ?? null);
  }

  #throwIfStopped(): void {
    if (this.#options.stopped.aborted) throw cancelled();
  }
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

export function repositoryKey(source: Source): string {
  return `repository:${source.policy.repositoryId}`;
}

function lookOf(source: Source, decision: Exclude<Decision, { kind: 'run' }>): Look {
  const { lost } = decision;
  if (decision.kind === 'idle') return { source, kind: 'idle', nextAt: decision.nextAt, lost };
  const { slot, because, retryAt } = decision;
  return { source, kind: 'held-back', slot, because, retryAt, lost };
}

/** A slot that is owed when there is another schedule: it is not served any more. */
function owedOf(decision: Decision): NotRun[] {
  if (decision.kind === 'idle') return [];
  const because = decision.kind === 'held-back' ? decision.because : 'not-running';
  return [{ from: decision.slot, to: decision.slot, slots: 1, because }];
}

/** Aborts with an error of ours, for whoever asks why. */
function abortedWith(lost: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(cancelled());
  if (lost.aborted) abort();
  lost.addEventListener('abort', abort, { once: true });
  return controller.signal;
}

export function damageText(name: string, lines: number): string {
  const what = lines === 1 ? 'A line of the history' : `${lines} lines of the history`;
  return `${what} of ${name} cannot be read. What ${lines === 1 ? 'it' : 'they'} said is not known; the rest counts.`;
}

function endUnknown(source: Source): StillpointError {
  return new StillpointError({
    kind: 'helper-crashed',
    message: `How the backup of ${source.name} ended is not known yet: its repository cannot be asked.`,
    guidance: 'It is found out as soon as the repository is there again.',
    retryable: true,
  });
}
