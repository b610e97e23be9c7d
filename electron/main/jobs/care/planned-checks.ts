import type { HeldCheck } from '../../../../shared/domain/care.ts';
import type { RepositoryStatus } from '../../../../shared/domain/repository.ts';
import type { Scheduler } from '../../../schedule/index.ts';
import type { Clock } from '../ports.ts';
import type { RepositoryAccess } from '../repository-access.ts';
import type { RunRequest, RunService } from '../run-service.ts';
import type { CareBook } from './care-book.ts';

export interface PlannedChecksOptions {
  readonly book: CareBook;
  readonly access: Pick<RepositoryAccess, 'call' | 'list'>;
  readonly runs: Pick<RunService, 'active' | 'start'>;
  readonly scheduler: Pick<Scheduler, 'pausedUntil'>;
  readonly job: (repository: RepositoryStatus) => RunRequest;
  /** What a window shows has changed. */
  readonly changed: () => void;
  readonly report: (what: string, error: unknown) => void;
  readonly now: Clock;
}

/** Checks are not urgent: looked at so often. */
const everyMs = 60_000;

/**
 * Begins the checks that a plan says are due, one at a time and when nobody needs the repository. It asks nobody: what is
 * missing holds a check back, and is shown.
 */
export class PlannedChecks {
  readonly #options: PlannedChecksOptions;
  #every: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: PlannedChecksOptions) {
    this.#options = options;
  }

  start(): void {
    this.#every ??= setInterval(() => void this.look(), everyMs);
    this.#every.unref();
  }

  stop(): void {
    clearInterval(this.#every);
    this.#every = undefined;
  }

  /** Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error) => this.#options.report('planned checks', error))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { access, book, changed, job, now, runs } = this.#options;
    const repositories = await access.list();
    let isNews = false;
    for (const repository of repositories) {
      const dueAt = book.dueAt(repository.id);
      const isDue = dueAt !== null && dueAt <= now();
      const because = isDue ? await this.#obstacle(repository) : null;
      isNews = book.hold(repository.id, because) || isNews;
      if (isDue && because === null) runs.start(job(repository));
    }
    if (isNews) changed();
  }

  async #obstacle({ id, state, network }: RepositoryStatus): Promise<HeldCheck | null> {
    const { access, now, runs, scheduler } = this.#options;
    const paused = scheduler.pausedUntil();
    if (paused === 'forever' || (paused !== null && paused > now())) return 'paused';
    if (state === 'password-needed') return 'password';
    if (state === 'waiting' || state === 'other') return 'away';
    const active = runs.active;
    if (active.some(({ kind, repositoryId }) => kind === 'check' || repositoryId === id)) return 'busy';
    const { onMains, metered } = await access.call('machine.conditions', {});
    if (onMains === false) return 'battery';
    return network && metered === true ? 'metered' : null;
  }
}
