import type { RepositoryId, SourceId } from '../../../shared/domain/ids.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { machineZone, type Scheduler } from '../../schedule/index.ts';
import type { Catalog } from './catalog-port.ts';
import type { CatalogSync } from './catalog-sync.ts';
import type { NoticeBoard } from './notices/notice-board.ts';
import { type NoticeFacts, noticesFor, undecided } from './notices/notices-for.ts';
import type { Clock } from './ports.ts';
import type { RunService } from './run-service.ts';
import { lacksConsent } from './source-health.ts';
import { aheadMs } from './source-views.ts';
import { type TrayModel, trayModel } from './tray-model.ts';
import type { Unplug } from './unplug.ts';
import type { RepositoryView, Views } from './views.ts';

/** Everything that is known of all sources at one moment, for whoever tells of it. */
export interface Situation {
  readonly sources: readonly SourceView[];
  /** Null: could not be found out. */
  readonly repositories: readonly RepositoryView[] | null;
  readonly latestBackups: readonly RunView[];
  /**
   * Nothing is said of these yet: after a start or a resume a catch-up may still make it good, and after a run its snapshot
   * is read in a moment.
   */
  readonly mayCatchUp: ReadonlySet<SourceId>;
  readonly now: number;
}

export interface EverydayOptions {
  readonly views: Views;
  readonly catalog: Pick<Catalog, 'latestBackups'>;
  readonly runs: Pick<RunService, 'active'>;
  readonly sync: Pick<CatalogSync, 'reading'>;
  readonly scheduler: Pick<Scheduler, 'pausedUntil'>;
  readonly unplug: Pick<Unplug, 'awaits' | 'facts' | 'look'>;
  readonly board: NoticeBoard;
  readonly showTray: (model: TrayModel) => void;
  /** Tells those who are away. */
  readonly alerts: { ended(run: RunView): void; look(situation: Situation): Promise<void> };
  readonly scheduledStillPoints: () => boolean;
  readonly notifySuccess: () => boolean;
  /** Why nothing can be backed up at all; empty when it can. */
  readonly problem: () => string;
  readonly report: (what: string, error: unknown) => void;
  readonly now: Clock;
}

/** After a start or a resume nobody is told of what a catch-up may make good, nor what the end of a long reading may. */
export const graceMs = 15 * 60_000;
/** Changes come in bursts; words and ages go on by themselves. */
const burstMs = 300;
const everyMs = 60_000;
const successMs = 10 * 60_000;

/** Follows what is going on and keeps notices, alerts and tray true to it. */
export class Everyday {
  readonly #options: EverydayOptions;
  readonly #successes = new Map<string, { readonly run: RunView; readonly at: number }>();
  /** Since when a repository was found being read. */
  readonly #readSince = new Map<RepositoryId, number>();
  #startedAt: number;
  #burst: NodeJS.Timeout | undefined;
  #every: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #isStopped = true;

  constructor(options: EverydayOptions) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  start(): void {
    this.#isStopped = false;
    this.beginAgain();
    this.#every = setInterval(() => this.changed(), everyMs);
    this.#every.unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#burst);
    clearInterval(this.#every);
    this.#burst = undefined;
  }

  /** After a start or a sleep: what was missed meanwhile may be caught up with before anybody is told. */
  beginAgain(): void {
    this.#startedAt = this.#options.now();
    this.changed();
  }

  /** Something may be different now; looked at soon. */
  changed(): void {
    if (this.#isStopped || this.#burst) return;
    this.#burst = setTimeout(() => {
      this.#burst = undefined;
      void this.look();
    }, burstMs);
    this.#burst.unref();
  }

  ended(run: RunView): void {
    if (run.kind !== 'backup' || run.sourceId === null) return;
    this.#options.alerts.ended(run);
    if (run.outcome === 'done') this.#successes.set(run.sourceId, { run, at: this.#options.now() });
    else this.#successes.delete(run.sourceId);
    this.changed();
  }

  /** Looks now, after what is being looked at already. Never rejects. */
  look(): Promise<void> {
    this.#work = this.#work.then(() => this.#look()).catch((error) => this.#options.report('what is going on', error));
    return this.#work;
  }

  async #look(): Promise<void> {
    const { views, catalog, runs, sync, scheduler, unplug, board, showTray, alerts, now } = this.#options;
    const before = { active: runs.active, reading: sync.reading };
    const repositories = await views.repositories().catch(() => null);
    const problem = this.#options.problem();
    const [known, latestBackups] = await Promise.all([
      views.sources(repositories).catch((error) => {
        if (problem === '') throw error;
        return null;
      }),
      catalog.latestBackups(msToInstant(now() + aheadMs)),
    ]);
    if (this.#isStopped) return;
    const sources = known ?? [];
    for (const source of sources) {
      if (views.planOf(source).isWaitingForDisk) unplug.awaits(source.policy.repositoryId);
    }
    if (repositories) unplug.look(repositories);
    const unread = this.#unread(sources, before);
    const situation: Situation = {
      sources,
      repositories,
      latestBackups,
      mayCatchUp: this.#mayCatchUp(sources, latestBackups).union(unread),
      now: now(),
    };
    showTray(
      trayModel({
        sources,
        active: runs.active,
        pausedUntil: scheduler.pausedUntil(),
        problem,
        ejectable: (repositories ?? []).filter(({ removable, mountPoint }) => removable && mountPoint !== ''),
        now: now(),
        zone: machineZone(),
      }),
    );
    const facts = this.#noticeFacts(situation);
    board.update(noticesFor(facts), known === null ? (id) => id !== 'cannot-run' : undecided(facts));
    if (known !== null) await alerts.look(situation);
  }

  #noticeFacts(situation: Situation): NoticeFacts {
    const { scheduler, unplug, scheduledStillPoints, notifySuccess, now } = this.#options;
    const { latestBackups } = situation;
    const isAllowed = scheduledStillPoints();
    const lacking = situation.sources.filter(({ id, last }) =>
      lacksConsent({
        last,
        lastRun: latestBackups.find(({ sourceId }) => sourceId === id) ?? null,
        scheduledStillPoints: isAllowed,
      }),
    );
    const successes = [...this.#successes.values()].filter(({ at }) => now() - at < successMs);
    return {
      ...situation,
      unplug: unplug.facts,
      pausedUntil: scheduler.pausedUntil(),
      successes: notifySuccess() ? successes.map(({ run }) => run) : [],
      problem: this.#options.problem(),
      lackingConsent: new Set(lacking.map(({ id }) => id)),
    };
  }

  /**
   * Sources of which what was read together may be of different moments: a run counts as ended before its snapshot is in
   * the catalog, and a snapshot is there before its evidence. That a run failed needs neither.
   */
  #unread(
    sources: readonly SourceView[],
    before: { readonly active: readonly RunView[]; readonly reading: readonly RepositoryId[] },
  ): ReadonlySet<SourceId> {
    const { runs, sync, now } = this.#options;
    const reading = new Set([...before.reading, ...sync.reading]);
    for (const id of this.#readSince.keys()) if (!reading.has(id)) this.#readSince.delete(id);
    for (const id of reading) this.#readSince.set(id, this.#readSince.get(id) ?? now());
    // A disk that hangs must not keep anybody from being told.
    const isRead = (id: RepositoryId): boolean =>
      now() - (this.#readSince.get(id) ?? Number.NEGATIVE_INFINITY) >= graceMs;
    const isActive = (active: readonly RunView[], id: SourceId): boolean =>
      active.some(({ kind, sourceId }) => kind === 'backup' && sourceId === id);
    return new Set(
      sources.flatMap(({ id, health, policy }) => {
        const hasEnded = isActive(before.active, id) && !isActive(runs.active, id);
        return hasEnded || (health !== 'failed' && !isRead(policy.repositoryId)) ? [id] : [];
      }),
    );
  }

  /** What ended in this start is told at once; what is older may be history in a moment. */
  #mayCatchUp(sources: readonly SourceView[], latestBackups: readonly RunView[]): ReadonlySet<SourceId> {
    const startedAt = this.#startedAt;
    if (this.#options.now() - startedAt >= graceMs) return new Set();
    const isNews = (id: SourceId): boolean =>
      latestBackups.some(({ sourceId, finishedAt }) => sourceId === id && Date.parse(finishedAt ?? '') >= startedAt);
    return new Set(sources.filter(({ id }) => !isNews(id)).map(({ id }) => id));
  }
}
